import { expect, it } from "vitest";
import { unwrittenMappings } from "./mappings.ts";

const mapping = (head: string, kib: Record<string, number>): string =>
  [
    head,
    "Size:               2048 kB",
    ...Object.entries(kib).map(([name, value]) => `${name}:    ${value} kB`),
    "VmFlags: rd ex mr mw me",
  ].join("\n");
const CLEAN = { Rss: 1024, Pss: 512, Shared_Dirty: 0, Private_Dirty: 0, Anonymous: 0, Swap: 0 };
const NODE = "08:01 131 /usr/lib/truebound-agent/bin/node";

it("what a process mapped of its program and never wrote is found, and nothing else", () => {
  const smaps = [
    mapping(`00400000-00600000 r-xp 00000000 ${NODE}`, CLEAN),
    mapping(`00600000-00700000 r--p 00200000 ${NODE}`, { ...CLEAN, Private_Dirty: 8, Anonymous: 8 }),
    mapping(`00700000-00800000 rw-p 00300000 ${NODE}`, CLEAN),
    mapping("00780000-00800000 r-xp 00000000 08:01 7    /usr/lib/unpacked-just-now.so", {
      ...CLEAN,
      Shared_Dirty: 12,
      Private_Dirty: 1012,
    }),
    mapping("00800000-00900000 r-xp 00000000 00:00 0", CLEAN),
    mapping("00900000-00a00000 r-xp 00000000 00:00 0                          [vdso]", CLEAN),
    mapping("00a00000-00b00000 r--p 00000000 08:01 9    /usr/lib/libc.so.6 (deleted)", CLEAN),
    mapping("00b00000-00c00000 r--s 00000000 08:01 9    /tmp/shared", CLEAN),
    mapping("00c00000-00d00000 r--p 00000000 08:01 9    /usr/lib/untouched.so", { ...CLEAN, Rss: 0 }),
    mapping("00c80000-00d00000 r--p 00000000 08:01 9    /usr/lib/swapped.so", { ...CLEAN, Swap: 4 }),
    mapping("00d00000-00e00000 r--p 00000000 08:01 9    /usr/lib/silent.so", { Rss: 4 }),
    mapping("7f0000000000-7f0000001000 r--p 00000000 08:01 9    /usr/lib/with a space.so", { ...CLEAN, Rss: 4 }),
  ].join("\n");
  expect(unwrittenMappings(`${smaps}\n`)).toEqual([
    { from: 0x400000n, bytes: 0x200000, resident: 1024 * 1024 },
    { from: 0x780000n, bytes: 0x80000, resident: 1024 * 1024 },
    { from: 0x7f0000000000n, bytes: 0x1000, resident: 4096 },
  ]);
});

import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { askTimesyncd } from "./timedatectl.ts";

const folder = mkdtempSync(join(tmpdir(), "truebound-timedatectl-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function program(name: string, script: string): string {
  const path = join(folder, name);
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
  return path;
}

it("asks timesyncd through timedatectl, and has a name for whatever goes wrong", async () => {
  const told = program(
    "told",
    `[ "$*" = timesync-status ] && printf 'Server: 192.0.2.7 (a)\\nStratum: 1\\nRoot distance: 1ms (max: 5s)\\nOffset: +2us\\nDelay: 3us\\n Packet count: 1\\n'`,
  );
  expect(await askTimesyncd(told)).toMatchObject({ kind: "ok", value: { offsetNs: 2_000n, stratum: 2, follows: "192.0.2.7" } });
  const troubles = {
    absent: join(folder, "nothing"),
    failed: program("failed", "echo 'Failed to connect to bus: Host is down' >&2; exit 1"),
    malformed: program("malformed", "echo something else"),
    too_long: program("too_long", "yes"),
  };
  for (const [kind, path] of Object.entries(troubles)) expect((await askTimesyncd(path)).kind).toBe(kind);
  expect(await askTimesyncd(troubles.failed)).toMatchObject({ why: expect.stringContaining("Host is down") });
});

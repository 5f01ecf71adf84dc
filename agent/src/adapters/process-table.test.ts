import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readProcessTable } from "./process-table.ts";

describe("the process table", () => {
  let root = "";
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "truebound-proc-"));
    mkdirSync(join(root, "self/ns"), { recursive: true });
    process(1, "init", "/sbin/init\0", "1 (init) S 0 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 7 0");
    process(40, "chronyd", "/usr/sbin/chronyd\0-F\x001\0", "40 (a) b) S 1 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 1234 0");
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  function process(pid: number, comm: string, cmdline: string, stat: string): void {
    mkdirSync(join(root, `${pid}`));
    for (const [name, text] of Object.entries({ comm: `${comm}\n`, cmdline, stat })) writeFileSync(join(root, `${pid}`, name), text);
  }
  const inNamespace = (inode: string) => symlinkSync(`pid:[${inode}]`, join(root, "self/ns/pid"));

  it("holds the daemons with their command lines and starts", () => {
    inNamespace("4026531836");
    expect(readProcessTable(root)).toEqual({
      processes: [{ pid: 40, comm: "chronyd", command: ["/usr/sbin/chronyd", "-F", "1"], startTicks: 1234n, maySetClock: null }],
      seesAll: true,
    });
  });
  it.each([
    ["0 0 4294967295", "0 0 4294967295", "0000000002000400", true],
    ["0 0 4294967295", "0 0 4294967295", "0000000000000400", false],
    ["0 0 4294967295", "0 1000 1", "000001ffffffffff", false],
    ["0 1000 1", "0 1000 1", "000001ffffffffff", null],
  ])("knows whether the kernel would let one set the clock: %s, %s, %s", (own, map, capabilities, may) => {
    inNamespace("4026531836");
    writeFileSync(join(root, "self/uid_map"), `${own}\n`);
    writeFileSync(join(root, "40/uid_map"), `         ${map}\n`);
    writeFileSync(join(root, "40/status"), `Name:\tchronyd\nCapEff:\t${capabilities}\nSeccomp:\t0\n`);
    expect(readProcessTable(root).processes[0]?.maySetClock).toBe(may);
  });
  it("says that it does not see all in a pid namespace of its own", () => {
    inNamespace("4026532999");
    expect(readProcessTable(root).seesAll).toBe(false);
  });
  it("says so where other users' processes are hidden, and where there is no /proc", () => {
    inNamespace("4026531836");
    rmSync(join(root, "1"), { recursive: true });
    expect(readProcessTable(root).seesAll).toBe(false);
    expect(readProcessTable(join(root, "nowhere"))).toEqual({ processes: [], seesAll: false });
  });
});

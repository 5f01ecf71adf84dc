import { describe, expect, it } from "vitest";
import { isPostmasterOf, judge, type PidFile, parsePidFile } from "./postmaster-pid.ts";
import type { ProcessFacts } from "./process-facts.ts";

const CLUSTER = "/data/postgres";
const WHOLE = `4356\n${CLUSTER}\n1795446146\n54999\n\n127.0.0.1\n  2147482        12\nready   \n`;

const postmaster: ProcessFacts = {
  pid: 4356,
  startTicks: "777",
  argv: ["/x/bin/postgres", "-D", CLUSTER],
  cwd: CLUSTER,
};
const file = (change: Partial<PidFile> = {}): PidFile => ({ pid: 4356, port: 54999, status: "ready", ...change });
const { pid, startTicks } = postmaster;
const process = { pid, startTicks };

describe("parsePidFile", () => {
  it("reads the whole file of a postmaster that serves", () => {
    expect(parsePidFile(WHOLE)).toEqual({ pid: 4356, port: 54999, status: "ready" });
  });

  it("reads a file that is still being written", () => {
    expect(parsePidFile(`4356\n${CLUSTER}\n1795446146\n`)).toEqual({ pid: 4356, port: undefined, status: undefined });
  });

  it.each(["", "\n", "abc\n", "-5\n/x\n", "0\n"])("finds no process in %j", (text) => {
    expect(parsePidFile(text)).toBeUndefined();
  });
});

describe("judge", () => {
  it.each([
    ["no file", undefined, postmaster, { kind: "free" }],
    ["a file of a dead process", file(), undefined, { kind: "free" }],
    ["a number that is now a shell's", file(), { ...postmaster, argv: ["sh"], cwd: "/" }, { kind: "stale", pid: 4356 }],
    ["a postmaster of other data", file(), { ...postmaster, cwd: "/other/postgres" }, { kind: "stale", pid: 4356 }],
    ["a postmaster that serves", file(), postmaster, { kind: "serving", process, port: 54999 }],
    ["one without a status yet", file({ status: undefined }), postmaster, { kind: "starting", process }],
    ["one that replays its log", file({ status: "starting" }), postmaster, { kind: "starting", process }],
    ["one that shuts down", file({ status: "stopping" }), postmaster, { kind: "stopping", process }],
  ])("%s", (_, found, facts, verdict) => {
    expect(judge(found, facts, CLUSTER)).toEqual(verdict);
  });
});

describe("isPostmasterOf", () => {
  it.each([
    ["its working folder", ["/x/postgres"], CLUSTER, true],
    ["its -D when the working folder is hidden", ["/x/postgres", "-D", CLUSTER], undefined, true],
    ["another -D when the working folder is hidden", ["/x/postgres", "-D", "/other"], undefined, false],
    ["no -D when the working folder is hidden", ["/x/postgres"], undefined, false],
    ["a child of the postmaster", ["postgres: checkpointer "], CLUSTER, false],
    ["a shell that stands in the cluster", ["bash"], CLUSTER, false],
    ["a kernel thread", [""], undefined, false],
  ])("goes by %s", (_, argv, cwd, answer) => {
    expect(isPostmasterOf({ argv, cwd }, CLUSTER)).toBe(answer);
  });
});

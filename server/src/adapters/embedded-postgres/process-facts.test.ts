import { describe, expect, it } from "vitest";
import { identify, isRunning, observe, parseStat } from "./process-facts.ts";

const stat = (name: string, state: string): string =>
  `42 (${name}) ${state} 1 42 42 0 -1 4194560 100 0 0 0 1 2 0 0 20 0 1 0 987654 1000 10 18446744073709551615\n`;

describe("parseStat", () => {
  it("takes the start time after a name that itself looks like fields", () => {
    expect(parseStat(stat("a) R 1 (b", "S"))).toEqual({ pid: 42, startTicks: "987654" });
  });

  it.each(["Z", "X"])("counts a process in state %s as gone", (state) => {
    expect(parseStat(stat("postgres", state))).toBeUndefined();
  });

  it.each(["", "42", "42 (x) S 1"])("makes nothing of %j", (text) => {
    expect(parseStat(text)).toBeUndefined();
  });
});

describe("identity", () => {
  it("recognises this process and no other that had its number", () => {
    const own = identify(process.pid);
    expect(own?.pid).toBe(process.pid);
    expect(own !== undefined && isRunning(own)).toBe(true);
    expect(isRunning({ pid: process.pid, startTicks: "1" })).toBe(false);
  });

  it("sees the command line and the folder of this process", () => {
    expect(observe(process.pid)).toMatchObject({ cwd: process.cwd() });
  });

  it("knows no process with a number above the kernel's limit", () => {
    expect(observe(2 ** 22 + 1)).toBeUndefined();
  });
});

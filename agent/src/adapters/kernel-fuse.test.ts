import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type FuseRules, KernelFuse } from "./kernel-fuse.ts";
import type { Libc } from "./libc.ts";

const RULES: FuseRules = { periodMs: 85_000, graceS: 5 };

/** A C library that only writes down what its alarm was set to; s, 0 = taken back. */
function library() {
  const alarms: number[] = [];
  const functions: Readonly<Record<string, (...given: never[]) => unknown>> = {
    dlsym: () => 1n,
    alarm: (seconds: number) => alarms.push(seconds),
  };
  const func = (declaration: string) => functions[/(\w+)\(/.exec(declaration)?.[1] ?? ""] ?? (() => 0);
  const koffi = { load: () => ({ func }), alloc: () => 1n, encode: () => undefined, array: () => undefined };
  const fuse = KernelFuse.light({ koffi } as unknown as Libc, RULES, "words");
  if (fuse === null) throw new Error("no fuse");
  return { fuse, alarms };
}

describe("the fuse of a process that was stopped for longer than its period", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("takes back an alarm that the timer's thread sets after the first beat, before its grace is over", () => {
    const { fuse, alarms } = library();
    vi.advanceTimersByTime(100_000);
    fuse.beat();
    // Both went on at once, and the thread came second. The next beat is a minute away.
    alarms.push(RULES.graceS);
    vi.advanceTimersByTime(RULES.graceS * 1000 - 1);
    expect(alarms.at(-1)).toBe(0);
    fuse.close();
  });
  it("has no timers of its own where beats are in time, nor once it is closed", () => {
    const { fuse } = library();
    vi.advanceTimersByTime(60_000);
    fuse.beat();
    expect(vi.getTimerCount()).toBe(0);
    vi.advanceTimersByTime(100_000);
    fuse.beat();
    fuse.close();
    expect(vi.getTimerCount()).toBe(0);
  });
});

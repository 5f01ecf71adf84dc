import { type HostReading, raw, type Steering, utc } from "@truebound/time";
import { describe, expect, it } from "vitest";
import { OpinionSource } from "./opinion-source.ts";
import type { CoarseAnswer } from "./read-answer.ts";

const MS = 1_000_000n;
const START = 1_795_445_400_000_000_000n;
const NOBODY: Steering = { kind: "unknown" };

/** A reading `ms` after the start, of a clock that was stepped by `step` ns before it. */
const reading = (ms: bigint, step = 0n): HostReading => ({
  rawBefore: raw(ms * MS),
  realtime: utc(START + ms * MS + step + 40n),
  rawAfter: raw(ms * MS + 80n),
  monotonic: ms * MS + 90n,
  boottime: ms * MS + 100n,
  boottimeResolution: 1n,
  rawEnd: raw(ms * MS + 120n),
});

/** What the program says that asked at `ms` a server that is `aheadMs` ahead of this clock, and had its answer 2 ms later. */
function answered(ms: bigint, aheadMs: number): CoarseAnswer {
  const t1Ms = Number(START / MS + ms);
  const stamps = { t1Ms, t4Ms: t1Ms + 2, replied: 2n * MS, elapsed: 2n * MS, originMs: t1Ms };
  const said = { rootDelayMs: 0, rootDispersionMs: 0, leap: 0, mode: 4, stratum: 1, precision: -20 };
  return { kind: "exchange", exchange: { ...stamps, receiveMs: t1Ms + 1 + aheadMs, transmitMs: t1Ms + 1 + aheadMs, ...said } };
}

function asking({
  answers = [] as readonly CoarseAnswer[],
  looks = [] as readonly HostReading[],
  found = ["192.0.2.1"] as (string | null)[],
}) {
  const [left, clocks, asked] = [[...answers], [...looks], [] as string[]];
  const source = new OpinionSource("ntp.example", 1123, {
    ask: async (address, port) => {
      asked.push(`${address}:${port}`);
      return left.shift() ?? { kind: "timeout" };
    },
    end: () => undefined,
    resolve: async (host) => (host === "ntp.example" ? (found.shift() ?? null) : null),
    look: () => clocks.shift() ?? reading(0n),
    steering: () => NOBODY,
  });
  return { source, asked };
}

describe("a second opinion as a source", () => {
  it.each([0, 5, -5, 500, -500])("holds the truth, %s ms, at the instant that it names", async (aheadMs) => {
    const { source, asked } = asking({ answers: [answered(1000n, aheadMs)], looks: [reading(1000n), reading(1003n)] });
    const taken = await source.take();
    if (taken.kind === "refused") throw new Error(taken.reason);
    const [{ raw: at, lo, hi }] = taken.readings;
    const truth = START + BigInt(aheadMs) * MS;
    expect([asked, at, lo <= truth && truth <= hi, hi - lo < 12n * MS]).toEqual([["192.0.2.1:1123"], 1003n * MS, true, true]);
  });
  it("says why it has none, by name: the program's trouble, a step of the clock meanwhile, no address", async () => {
    const { source } = asking({
      answers: [{ kind: "timeout" }, answered(1000n, 0)],
      looks: [reading(0n), reading(3n), reading(1000n), reading(1003n, 1_000n)],
    });
    expect([await source.take(), await source.take()]).toEqual([
      { kind: "refused", reason: "opinion_timeout" },
      { kind: "refused", reason: "opinion_clock_moved" },
    ]);
    expect(await asking({ found: [null] }).source.take()).toEqual({ kind: "refused", reason: "opinion_unresolved" });
  });
  it("where the program is not installed asks nobody, not even for the address", async () => {
    const ports = { ask: null, end: () => undefined, look: () => reading(0n), steering: () => NOBODY };
    const source = new OpinionSource("ntp.example", 123, { ...ports, resolve: () => Promise.reject(new Error("asked")) });
    expect(await source.take()).toEqual({ kind: "refused", reason: "opinion_not_installed" });
  });
  it("looks the name up again after three questions in vain, and keeps the address where that leads nowhere", async () => {
    const { source, asked } = asking({ found: ["192.0.2.1", null, "192.0.2.2"] });
    for (let turn = 0; turn < 7; turn++) await source.take();
    expect(asked.map((place) => place.split(":")[0]?.slice(-1)).join("")).toBe("1111112");
  });
});

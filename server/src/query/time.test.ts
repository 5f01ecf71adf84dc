import { utc } from "@truebound/time";
import { describe, expect, it } from "vitest";
import { SOUND_ASSUMPTIONS } from "../../../packages/testkit/src/fleet/sound-host.ts";
import { record } from "../fleet/record.fixture.ts";
import { askTime, timeHeader, utcBetween } from "./time.ts";

const SECOND = 1_000_000_000n;
const NOW = 1_800_000_000n * SECOND;
const known = (more: Partial<ReturnType<typeof record>> = {}) =>
  record({
    bootId: "here",
    status: "proven",
    bound: { lo: -2_000_000n, hi: 3_000_000n },
    asOf: utc(NOW - 2n * SECOND),
    assumptions: { ...SOUND_ASSUMPTIONS, rho_ppb: 200_000, oscillator_ppb: null, slew_ppm: 500 },
    ...more,
  });
const entry = (more: Partial<ReturnType<typeof record>> = {}, liveness: "reporting" | "silent" = "reporting", ageMs = 1500) =>
  ({ record: known(more), liveness, ageMs, summary: {} as never }) as const;

describe("what time it is", () => {
  it("lies within the server's own bound, widened by drift and slew since the last reading", () => {
    // 2 s at 200 ppm and 500 ppm: 1.4 ms either way, and the clock is read to a millisecond.
    expect(utcBetween(entry(), NOW)).toEqual({ lo: NOW - 3_400_000n, hi: NOW + 5_400_000n });
  });
  it("counts the age that a clock without steps would show, where its own says less", () => {
    expect(utcBetween(entry({}, "reporting", 4000), NOW)).toEqual({ lo: NOW - 4_800_000n, hi: NOW + 6_800_000n });
  });
  it.each([
    [entry({}, "silent"), "not_heard"],
    [entry({ status: "unverified" }), "not_proven"],
    [entry({ bound: null }), "not_proven"],
    [entry({ asOfMarked: true }), "not_proven"],
    [entry({ asOf: utc(NOW - 121n * SECOND) }), "too_old"],
    [entry({ asOf: utc(NOW + 121n * SECOND) }), "too_old"],
  ] as const)("is not known where the bound is not, %#", (one, reason) => expect(utcBetween(one, NOW)).toBe(reason));
  it("is said with what the clock shows, and is not known where no agent measures it", async () => {
    const wall = () => NOW;
    const fleet = () => ({ entries: () => [entry() as never], entry: () => null, mark: "1" });
    const said = await askTime({ fleet: fleet(), bootId: "here", wall });
    expect(timeHeader(said)).toBe(`at=${said.at}; earliest=${said.earliest}; latest=${said.latest}`);
    expect(said).toMatchObject({ at: "2027-01-15T08:00:00.000000000Z", earliest: "2027-01-15T07:59:59.996600000Z", reason: null });
    const other = await askTime({ fleet: fleet(), bootId: "elsewhere", wall });
    expect(other).toMatchObject({ earliest: null, latest: null, reason: "no_agent_here" });
  });
  it("is told as soon as the fleet's next look finds the agent that measures this clock", async () => {
    const entries: ReturnType<typeof entry>[] = [];
    const fleet = { entries: () => entries as never[], entry: () => null, mark: "1" };
    const ask = () => askTime({ fleet, bootId: "here", wall: () => NOW });
    expect(await ask()).toMatchObject({ reason: "no_agent_here" });
    entries.push(entry());
    fleet.mark = "2";
    expect(await ask()).toMatchObject({ reason: null, earliest: "2027-01-15T07:59:59.996600000Z" });
  });
});

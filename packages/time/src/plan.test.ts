import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { longestGap, paceFor } from "./pace.ts";
import { binding, holds, isOutOfReach, type Polled, prospect, type Situation, sampling } from "./plan.ts";
import { type Offers, waysTo } from "./plan-changes.ts";
import { costOf } from "./plan-cost.ts";
import { BILLION, type PartsPerBillion, ppb, seconds } from "./units.ts";

const NOTHING: Offers = { cappedSlew: null, calibratedDrift: null, isCertifiable: false };
const CAPPED = ppb(520_000n);
const STOCK = ppb(83_353_334n);

/** Sources with floors of so many seconds. */
const each = (...floors: number[]): Polled[] => floors.map((floor) => ({ floor: seconds(floor), apart: null }));

/** A host on a near network, three named sources, chronyd with `maxslewrate 500`, and no limit in its policy. */
const HOST: Situation = {
  limit: 1_000_000n,
  sample: { path: 30_000n, root: 23_000n, precision: 100n, stamp: 400n, offset: 5_000n },
  leastReach: 50_000n,
  slew: CAPPED,
  drift: ppb(200_000n),
  interleaved: false,
  slowest: { reading: BILLION, poll: 16n * BILLION },
  pacedBy: null,
  readLate: seconds(0.01),
  votes: each(1, 1, 1),
  sources: each(1, 1, 1),
  faults: 1,
  trusting: false,
  disagree: false,
  countsUnverified: false,
};
const host = (over: Partial<Situation> = {}): Situation => ({ ...HOST, ...over });
const kindsOf = (goal: "live" | "report", situation: Situation, offers: Partial<Offers> = {}) =>
  waysTo(goal, situation, { ...NOTHING, ...offers }).map(({ changes }) => changes.map(({ kind }) => kind));

describe("a plan", () => {
  it("is proved live where sample, slew and the drift of two late intervals fit", () => {
    const { live, report, terms } = prospect(host());
    // 2 · 16.8 s at 200 ppm, and at the widest half of one of them in a report.
    expect(terms).toEqual({ ...HOST.sample, slew: 262_603n, drift: 6_720_000n });
    expect(live).toBe(58_500n + 262_603n + 6_720_000n);
    expect(report).toBe(58_500n + 262_603n + 1_680_000n);
    expect(binding({ terms })).toBe("drift");
    expect([holds(host({ limit: live }), "live"), holds(host({ limit: live - 1n }), "live")]).toEqual([true, false]);
    expect([holds(host({ limit: report }), "report"), holds(host({ limit: report - 1n }), "report")]).toEqual([true, false]);
  });
  it.each([
    ["only paced by the limit", host(), {}, [["pace"]]],
    ["with chronyd as it comes", host({ slew: STOCK }), { cappedSlew: CAPPED }, [["slew", "pace"]]],
    ["whose readings come a second and a half late", host({ slew: ppb(1_000_000n), readLate: seconds(1.5) }), {}, [["pace", "late"]]],
    ["with sources of a pool, which are asked each 64 s", host({ votes: each(64, 64, 64) }), {}, [["pace", "name_sources"]]],
    [
      "with one vote",
      host({ votes: each(1) }),
      {},
      [
        ["pace", "sources"],
        ["pace", "trust"],
      ],
    ],
    ["with sources that disagree", host({ disagree: true }), {}, [["pace", "trust"]]],
    ["with a clock that is off", host({ sample: { ...HOST.sample, offset: 990_000n } }), {}, [["pace", "offset"]]],
    [
      "with a source that advertises a millisecond",
      host({ sample: { ...HOST.sample, root: 990_000n } }),
      { isCertifiable: true },
      [
        ["pace", "certificate"],
        ["pace", "nearer"],
      ],
    ],
    [
      "over a network that is too far",
      host({ sample: { ...HOST.sample, path: 2_000_000n }, leastReach: 2_000_000n }),
      {},
      [["pace", "nearer"]],
    ],
  ])("names the cheapest changes of a host %s", (_, situation, offers, wanted) => {
    expect(kindsOf("live", situation, offers)).toEqual(wanted);
  });
  it("of 100 µs needs a declared residual, since a source is not asked more often than each second", () => {
    const tight = host({ limit: 100_000n, sample: { ...HOST.sample, root: 0n, offset: 0n } });
    expect(kindsOf("live", tight)).toEqual([]);
    expect(kindsOf("live", tight, { calibratedDrift: ppb(15_000n) })).toEqual([["pace", "residual"]]);
    expect(sampling(tight, "live")?.poll).toBeLessThan(BILLION);
  });
  it("tells how much may be left of what is to become less, and more than that does not hold", () => {
    const far = host({ sample: { ...HOST.sample, path: 2_000_000n }, leastReach: 2_000_000n });
    const [way] = waysTo("live", far, NOTHING);
    const most = way?.changes.find(({ kind }) => kind === "nearer")?.atMost as bigint;
    const at = (path: bigint) => host({ pacedBy: HOST.limit, sample: { ...HOST.sample, root: 0n, path } });
    expect(holds(at(most), "live")).toBe(true);
    expect(holds(at(most + 10n), "live")).toBe(false);
  });
  it("is out of reach where path and root of the best sample fill the limit", () => {
    expect([isOutOfReach(host({ leastReach: 1_000_000n })), isOutOfReach(host({ leastReach: 1_000_001n }))]).toEqual([false, true]);
  });
  it("waits for the (F + 1)-th of its votes, and for the slowest of those that are trusted", () => {
    const votes = each(1, 16, 64);
    const pollOf = (over: Partial<Situation>) => prospect(host({ votes, pacedBy: HOST.limit, ...over })).pace.poll;
    expect([pollOf({ faults: 1 }), pollOf({ faults: 0 }) < 2n * BILLION, pollOf({ trusting: true })]).toEqual([
      16n * BILLION,
      true,
      64n * BILLION,
    ]);
  });
  it.each([
    [{ faults: 0, votes: each(1) }, false],
    [{ faults: 0, votes: each(1, 1) }, true],
    [{ faults: 1, votes: each(1, 1) }, false],
    [{ faults: 2, votes: each(1, 1, 1, 1) }, false],
    [{ faults: 1, votes: each(1), trusting: true }, true],
    [{ faults: 1, votes: [], trusting: true }, false],
    [{ disagree: true }, false],
  ])("has enough votes in %o: %s", (over, enough) => expect(prospect(host(over)).enoughVotes).toBe(enough));
  it("goes by how often sources were asked where that is known, until the pace is changed", () => {
    const slow = host({ votes: [{ floor: BILLION, apart: 8n * BILLION }], faults: 0, trusting: true });
    expect(prospect(slow).pace).toEqual({ reading: BILLION, poll: 8n * BILLION });
    expect(kindsOf("live", slow)).toEqual([["pace"]]);
  });
  it("asks peers at the policy's own interval, whatever the limit and whoever is named", () => {
    const peer: Polled = { floor: seconds(1), apart: null, isPeer: true };
    const slowest = { reading: BILLION, poll: 64n * BILLION };
    const peered = host({ slowest, votes: [...each(1), peer, peer], sources: each(1) });
    expect(prospect({ ...peered, pacedBy: HOST.limit }).pace.poll).toBe(64n * BILLION);
    expect(kindsOf("live", peered)).toEqual([]);
  });
  it("of one vote alone is none, but in a report that counts it", () => {
    const alone = host({ votes: each(1), pacedBy: HOST.limit, countsUnverified: true });
    expect([holds(alone, "live"), holds(alone, "report")]).toEqual([false, true]);
    expect(holds({ ...alone, countsUnverified: false }, "report")).toBe(false);
  });
  it("counts what a pace costs", () => {
    expect(costOf(host())).toMatchObject({ packetsPerDay: 2n * 3n * 5400n, diskBytesPerDay: 3n * 5400n * 39n });
  });
});

const situations = fc.record({
  limit: fc.bigInt(10_000n, 100_000_000n),
  path: fc.bigInt(0n, 30_000_000n),
  root: fc.bigInt(0n, 2_000_000n),
  offset: fc.bigInt(0n, 1_000_000n),
  slew: fc.constantFrom(0n, 500_000n, 520_000n, 5_000_000n, 83_353_334n, 226_000_000n),
  drift: fc.bigInt(0n, 500_000n),
  interleaved: fc.boolean(),
  floor: fc.constantFrom(1, 16, 64),
  paced: fc.boolean(),
});
const drawn = situations.map(({ path, root, offset, slew, drift, floor, paced, ...rest }) =>
  host({
    ...rest,
    sample: { path, root, precision: 100n, stamp: 500n, offset },
    slew: slew as PartsPerBillion,
    drift: drift as PartsPerBillion,
    votes: each(floor, floor, floor),
    pacedBy: paced ? rest.limit : null,
  }),
);

describe("whatever the host", () => {
  it("a way that a plan names makes the goal hold, and cannot do without any of its changes", () => {
    fc.assert(
      fc.property(drawn, fc.constantFrom("live" as const, "report" as const), (situation, goal) => {
        fc.pre(!holds(situation, goal));
        const offers = { cappedSlew: CAPPED, calibratedDrift: ppb(15_000n), isCertifiable: true };
        for (const { changes } of waysTo(goal, situation, offers)) {
          const applied = changes.reduce<Situation>((now, { kind, atMost }) => applyByHand(now, kind, atMost), situation);
          expect(holds(applied, goal)).toBe(true);
        }
      }),
    );
  });
  it("the pace is the longest for which one lost reply loses nothing, or no slower than it was wanted", () => {
    fc.assert(
      fc.property(drawn, (situation) => {
        fc.pre(situation.pacedBy !== null && situation.drift > 0n);
        const { slowest, sample, slew, drift, interleaved, limit } = situation;
        const least = sample.path + sample.root + sample.precision + sample.stamp + sample.offset;
        const { poll } = paceFor(limit, slowest, { least, slew, drift, interleaved });
        const need = sampling(situation, "live");
        if (need === null) expect(poll).toBe(slowest.poll);
        else if (poll < slowest.poll && poll > seconds(0.25)) {
          expect(longestGap(poll)).toBeLessThanOrEqual(need.poll);
          expect(longestGap(poll + 2n)).toBeGreaterThan(need.poll);
        }
      }),
    );
  });
});

/** Once more, without the module's own table. */
function applyByHand(now: Situation, kind: string, atMost: bigint | null): Situation {
  const { sample } = now;
  const most = atMost ?? 0n;
  const changes: Record<string, Partial<Situation>> = {
    slew: { slew: CAPPED },
    pace: { pacedBy: now.limit },
    name_sources: { votes: each(1, 1, 1) },
    offset: { sample: { ...sample, offset: most } },
    certificate: { sample: { ...sample, root: most } },
    residual: { drift: ppb(15_000n) },
    nearer: { sample: { ...sample, path: most, root: 0n } },
  };
  const change = changes[kind];
  if (change === undefined) throw new Error(`Cannot apply ${kind} by hand`);
  return { ...now, ...change };
}

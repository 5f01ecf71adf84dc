import { type BoundRow, DaemonWatch } from "@truebound/agent";
import type { Interval } from "@truebound/time";
import type { DaemonSays } from "@truebound/wire";
import { describe, expect, it } from "vitest";
import { type Onlooker, runScenario, type Scenario } from "./scenario.ts";

const S = 1_000_000_000n;
const LOOK = 30n * S;
const CHRONYD = {
  kind: "one",
  daemons: [{ kind: "chronyd", pid: 612, steers: true, startTicks: null, configPath: null, directives: [] }],
  bystanders: [],
  seesAll: true,
} as const;

const HEALTHY: Scenario = {
  name: "a healthy host for a day",
  seconds: 86_400,
  seed: 20_261_127,
  // A daemon that steers by 12 ppm, in an oscillator that wanders, and steps twice.
  clock: {
    driftPpb: 12_000,
    slewPpb: -12_000,
    aheadNs: 30_000,
    steps: [
      { atS: 20_000, byNs: 4_000_000 },
      { atS: 20_600, byNs: -4_000_000 },
    ],
  },
  sources: [1, 2, 3].map((last) => ({
    address: `192.0.2.${last}:123`,
    thereMs: 0.4 * last,
    backMs: 0.3 * last,
    jitterMs: 0.3,
    loss: 0.02,
    refid: 0x47505300 + last,
  })),
  pollS: 256,
  readingS: 30,
};

/** What a daemon claims at a reading, ns; null = nothing. */
type Claim = (truth: bigint, elapsedS: number) => { readonly offset: bigint; readonly error: bigint };

interface Watched {
  readonly events: readonly string[];
  readonly looks: number;
  readonly judged: number;
}

/** Beside the scenario's host, daemons that are asked every 30 s: of each, which events a watch tells of, and at which second. */
function watched(scenario: Scenario, claims: readonly Claim[]): readonly Watched[] {
  const watches = claims.map((claim) => ({ claim, watch: new DaemonWatch(), events: [] as string[], looks: 0, judged: 0 }));
  let [last, first] = [-LOOK, null as bigint | null];
  const looked: Onlooker["looked"] = (row, _, sources) => {
    const at = row.reading.rawAfter;
    first ??= at;
    if (at - last < LOOK) return;
    last = at;
    const elapsedS = Number((at - first) / S);
    const measured = row.status === "proven" || row.status === "holdover" ? row.throughout : null;
    const votes = sources.flatMap((bound) => (bound.kind === "bound" ? [offsetOf(row, bound.interval)] : []));
    for (const one of watches) {
      one.looks += 1;
      if (measured !== null) one.judged += 1;
      const told = one.watch.look({ ...SEEN, at, says: saysOf(row, one.claim, elapsedS), measured, votes });
      one.events.push(...told.map(({ kind }) => `${elapsedS} ${kind}`));
    }
  };
  runScenario(scenario, { looked });
  return watches;
}

const SEEN = { running: CHRONYD, trouble: null, baseless: null, followed: null };

function saysOf({ reading: { rawAfter, injected } }: BoundRow, claim: Claim, elapsedS: number): DaemonSays {
  const { offset, error } = claim(injected as bigint, elapsedS);
  const chronyd = { offset_ns: String(offset), root_delay_ns: "0", root_dispersion_ns: String(error), stratum: 2, follows: "192.0.2.1" };
  return { asked_raw_ns: String(rawAfter), raw_ns: String(rawAfter), chronyd: { ...chronyd, is_synchronised: true } };
}

/** UTC − RAW to UTC − REALTIME at a reading of an undisturbed host. */
const offsetOf = ({ reading }: BoundRow, { lo, hi }: Interval): Interval => {
  const realMinusRaw = reading.realtime - reading.rawAfter;
  return { lo: lo - realMinusRaw, hi: hi - realMinusRaw };
};

describe("the watch over a host's daemon", () => {
  it("finds nothing in a day of a healthy host, whatever its daemon's honest claim is worth", () => {
    // As wrong as it may be, within what it says.
    const honest = [50n, 20_000n, 5_000_000n].map(
      (error): Claim =>
        (truth, elapsedS) => ({ offset: truth + (BigInt(elapsedS % 7) * error) / 7n, error }),
    );
    for (const { events, looks, judged } of watched(HEALTHY, honest)) {
      expect(events).toEqual([]);
      expect(looks).toBeGreaterThan(2_800);
      expect(judged).toBeGreaterThan(2_700);
    }
  });

  it("tells within two looks of a claim that goes wrong, and within four that it is right again", () => {
    const wrong: Claim = (truth, elapsedS) => ({
      offset: truth + (elapsedS >= 3_600 && elapsedS < 7_200 ? 20_000_000n : 0n),
      error: 20_000n,
    });
    const [found] = watched({ ...HEALTHY, seconds: 10_000 }, [wrong]);
    const [begun, over, ...more] = found?.events.map((event) => event.split(" ")) ?? [];
    expect([begun?.[1], over?.[1], more]).toEqual(["daemon_bound_violated", "daemon_finding_over", []]);
    expect(Number(begun?.[0]) - 3_600).toBeLessThanOrEqual(80);
    // A bound as narrow as showed it comes with the next exchanges.
    expect(Number(over?.[0]) - 7_200).toBeLessThanOrEqual(160 + 2 * 256);
  });
});

import { type BoundRow, DaemonWatch } from "@truebound/agent";
import type { Interval } from "@truebound/time";
import { beforeAll, describe, expect, inject, it } from "vitest";
import {
  claiming,
  DAY_S,
  type DayPlan,
  dayScenario,
  type Fault,
  faultyDaemon,
  goneSight,
  type HonestKind,
  honestDaemon,
  kernelOf,
  LIE_NS,
  planOf,
  type SimulatedDaemon,
} from "./daemon-day.fixture.ts";
import { type Onlooker, runScenario } from "./scenario.ts";

const LOOK_S = 30;
/** More of them in the long run. */
const SEEDS = Array.from({ length: inject("long") === true ? 20 : 2 }, (_, index) => index + 1);
const HONEST: readonly HonestKind[] = ["chronyd", "ntpd", "timesyncd"];

interface Watched {
  /** "second kind why". */
  readonly events: readonly string[];
  readonly looks: number;
  /** Looks that had something proved to hold against the claim. */
  readonly judged: number;
}

/** Beside the plan's host, daemons that are asked every 30 s: of each, which events a watch tells of, and at which second. */
function watched<Name extends string>(plan: DayPlan, daemons: Readonly<Record<Name, SimulatedDaemon>>): Readonly<Record<Name, Watched>> {
  const watches = Object.entries<SimulatedDaemon>(daemons).map(([name, daemon]) => ({
    name,
    daemon,
    watch: new DaemonWatch(),
    seen: { events: [] as string[], looks: 0, judged: 0 },
  }));
  let lastS = -LOOK_S;
  const looked: Onlooker["looked"] = (row, _, sources) => {
    const elapsedS = elapsedSOf(row);
    if (elapsedS - lastS < LOOK_S) return;
    lastS = elapsedS;
    const proved = row.status === "proven" || row.status === "holdover" ? row.throughout : null;
    const spoken = sources.flatMap((bound) => (bound.kind === "bound" ? [offsetOf(row, bound.interval)] : []));
    const at = row.reading.rawAfter;
    for (const { daemon, watch, seen } of watches) {
      const { says, movedNs = 0n, ...sight } = daemon({ elapsedS, truth: row.reading.injected as bigint });
      const measured = proved && moved(proved, movedNs);
      const votes = spoken.map((one) => moved(one, movedNs));
      seen.looks += 1;
      if (measured !== null) seen.judged += 1;
      const told = watch.look({ ...sight, at, says: { asked_raw_ns: String(at), raw_ns: String(at), ...says }, measured, votes });
      seen.events.push(...told.map(({ kind, detail }) => `${elapsedS} ${kind} ${detail.why ?? ""}`.trim()));
    }
  };
  runScenario(dayScenario(plan), { looked });
  return Object.fromEntries(watches.map(({ name, seen }) => [name, seen])) as unknown as Readonly<Record<Name, Watched>>;
}

const moved = ({ lo, hi }: Interval, by: bigint): Interval => ({ lo: lo + by, hi: hi + by });

/** BOOTTIME goes on in a suspend. */
const elapsedSOf = ({ reading: { boottime } }: BoundRow): number => Math.round(Number(boottime / 1_000_000n) / 1000 - 1000);

/** UTC − RAW to UTC − REALTIME at a reading of an undisturbed host. */
const offsetOf = ({ reading }: BoundRow, { lo, hi }: Interval): Interval => {
  const realMinusRaw = reading.realtime - reading.rawAfter;
  return { lo: lo - realMinusRaw, hi: hi - realMinusRaw };
};

/** Each way to go wrong: which daemon does, which finding tells of it by which cause, and within how many seconds. */
const FAULTS: Readonly<Record<string, readonly [kind: HonestKind, finding: string, mostS: number, fault: Fault]>> = {
  "follows a liar": ["chronyd", "daemon_bound_violated", 90, (sight) => ({ ...sight, movedNs: BigInt(-LIE_NS) })],
  "steps away": ["ntpd", "daemon_bound_violated", 90, (sight) => ({ ...sight, movedNs: 400_000_000n })],
  // Its claim is as wide as the kernel's maxerror, which is narrow right after each of its polls only.
  "slews away by 40 ppm": [
    "timesyncd",
    "daemon_bound_violated",
    5_400,
    (sight, _, sinceS) => ({ ...sight, movedNs: BigInt(sinceS * -40_000) }),
  ],
  "shares the offset of a minority": ["chronyd", "daemon_in_minority_camp", 150, (sight, { truth }) => claiming(sight, () => lie(truth))],
  "is killed": ["ntpd", "daemon_dead no_process", 150, () => goneSight],
  hangs: ["chronyd", "daemon_dead does_not_answer", 150, (sight) => ({ ...sight, says: {}, trouble: "timeout" })],
  "tells the kernel nothing": [
    "timesyncd",
    "daemon_dead kernel_not_told",
    3 * 2048 + 150,
    (sight, _, sinceS) => ({ ...sight, says: kernelOf(sinceS * 500_000), trouble: "absent" }),
  ],
  "follows its own clock": [
    "chronyd",
    "unsynchronised_source_in_use follows_its_own_clock",
    150,
    (sight) => ({ ...sight, baseless: "follows_its_own_clock" }),
  ],
  "follows one that is not synchronised": [
    "ntpd",
    "unsynchronised_source_in_use source_is_not_synchronised",
    180,
    (sight, _, sinceS) => ({ ...sight, followed: { id: "192.0.2.1:123", replies: 9_999, unsynchronised: Math.round(sinceS) } }),
  ],
};
/** Where the clock would be right if the lying source were. */
const lie = (truth: bigint) => ({ offset_ns: String(truth + BigInt(LIE_NS)), root_delay_ns: "0", root_dispersion_ns: "400000" });

const WRONG_FOR_S = 3_600;
const wrongForAnHour: Fault = (sight, _, sinceS) => (sinceS >= WRONG_FOR_S ? sight : { ...sight, movedNs: BigInt(LIE_NS) });

describe.each(SEEDS)("a day of a host and its daemon, drawn from %i", (seed) => {
  const plan = planOf(seed);
  const daemon = (kind: HonestKind, fault?: Fault) =>
    fault === undefined ? honestDaemon(kind, plan) : faultyDaemon(honestDaemon(kind, plan), fault, plan);
  let days: Readonly<Record<string, Watched>> = {};
  beforeAll(() => {
    const twins = Object.entries(FAULTS).map(([name, [kind, , , fault]]) => [name, daemon(kind, fault)] as const);
    const honest = HONEST.map((kind) => [kind, daemon(kind)] as const);
    days = watched(plan, Object.fromEntries([...honest, ...twins, ["hour", daemon("chronyd", wrongForAnHour)]]));
  }, 300_000);
  const eventsOf = (name: string) => (days[name] as Watched).events.map((event) => event.split(" "));

  it.each(HONEST)("nothing is found of %s while it is honest: through lost network, suspend, restart, steps and a lying source", (name) => {
    const { events, looks, judged } = days[name] as Watched;
    expect(events).toEqual([]);
    expect(looks).toBeGreaterThan((DAY_S - 7_200) / LOOK_S - 60);
    expect(judged).toBeGreaterThan(looks - 60);
  });
  it.each(Object.entries(FAULTS))("a twin that %s is found, and nothing before", (name, [, finding, mostS]) => {
    const [first, ...more] = eventsOf(name);
    const found = [first, ...more].find((event) => event?.slice(1).join(" ").startsWith(finding));
    expect(Number(first?.[0])).toBeGreaterThanOrEqual(plan.faultS);
    expect(Number(found?.[0]) - plan.faultS).toBeLessThanOrEqual(mostS);
  });
  it("a twin that is wrong for an hour is told of within two looks, and once it is right again that is told too", () => {
    const [begun, over, ...more] = eventsOf("hour");
    expect([begun?.[1], over?.[1], more]).toEqual(["daemon_bound_violated", "daemon_finding_over", []]);
    expect(Number(begun?.[0]) - plan.faultS).toBeLessThanOrEqual(90);
    // A bound as narrow as showed it comes with the next exchanges.
    expect(Number(over?.[0]) - plan.faultS - WRONG_FOR_S).toBeLessThanOrEqual(160 + 2 * 256);
  });
});

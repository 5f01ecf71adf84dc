import { type BoundRow, type Evidence, type Finding, HostMonitor, HostWatch, type SourceProbe, type Span } from "@truebound/agent";
import {
  type CarriedStamp,
  contains,
  type Interval,
  type Leap,
  type LeapCalendar,
  NO_CALENDAR,
  raw,
  suspendBetween,
  utc,
  utcOf,
  type WindowBound,
} from "@truebound/time";
import { DEFAULT_POLICY, type Policy } from "@truebound/wire";
import { SeededRandom } from "../sim/random.ts";
import { trueInstant } from "../sim/server-clock.ts";
import { type ClockFaults, endOf, ManualTime, SIM_STEERING, SimClock } from "../sim/sim-clock.ts";
import { simProbe } from "../sim/sim-probe.ts";
import { SimServer, type SimSource } from "../sim/sim-source.ts";
import { BetweenLooks } from "./between-looks.ts";

/** One run as data: what is wrong with the clock, the servers and the paths, and for how long. */
export interface Scenario {
  readonly name: string;
  readonly seconds: number;
  readonly seed: number;
  readonly clock: ClockFaults;
  readonly sources: readonly SimSource[];
  readonly policy?: Partial<Policy>;
  /** Seconds between two polls of a source; default 16. */
  readonly pollS?: number;
  /** The sources are asked evenly over the interval, not one after the other at its beginning. */
  readonly spread?: boolean;
  /** Seconds between two local readings; default 1. */
  readonly readingS?: number;
  /** UTC at the start, ns; of no meaning but near a leap. */
  readonly startUtc?: bigint;
  /** Leap seconds of this world. */
  readonly leaps?: readonly Leap[];
  /** What the agent's list says; by default the truth, and nothing where there are no leaps. */
  readonly calendar?: LeapCalendar;
  /** The agent's own process stands still; the host's clocks and packets go on. */
  readonly pauses?: readonly { readonly atS: number; readonly forS: number }[];
  /** Receive stamps are taken by the process, when it gets to run. */
  readonly userlandStamps?: boolean;
  /**
   * How many of the sources lie; at most F of the policy. A row that is `unverified` on so many votes or fewer promises
   * nothing: all of them may lie. Absent = every row is held to its word.
   */
  readonly liars?: number;
  /** What no clock of the host shows before enough sources have spoken again: no promise is made there, and misses are counted apart. */
  readonly unseen?: readonly { readonly atS: number; readonly forS: number }[];
}

/** What came of it. `missed` is the question that every run asks: was the truth inside? */
export interface Outcome {
  readonly rows: readonly BoundRow[];
  readonly exchanges: number;
  readonly checked: number;
  /** Rows with a tight bound, and rows that spoke for a whole stretch: all of these were held against the truth. */
  readonly tightChecked: number;
  readonly betweenChecked: number;
  readonly missed: readonly BoundRow[];
  /** Rows whose tight bound excluded the truth: a promise only where the frequency moves by no more than sigma. */
  readonly missedTight: readonly BoundRow[];
  /** Rows and spans that spoke for every instant of a stretch, and were wrong about one of them. */
  readonly missedBetween: readonly (BoundRow | Span)[];
  readonly spans: readonly Span[];
  /** Misses where the scenario says that nothing can be seen yet. */
  readonly blind: readonly BoundRow[];
  readonly events: readonly string[];
  /** The same with the readings at which they were noticed. */
  readonly findings: readonly Finding[];
}

/** What a run shows while it goes on, beside what the host itself can know. */
export interface Onlooker {
  /** Evidence of a source, as it came. */
  readonly learned?: (evidence: readonly Evidence[]) => void;
  /** Each row, UTC − RAW as it truly was then, and what each source alone says of it. */
  readonly looked?: (row: BoundRow, truth: bigint, sources: readonly WindowBound[]) => void;
}

interface Turn {
  readonly at: bigint;
  readonly act: () => void;
}

const TIMEOUT_NS = 1_000_000_000n;
const STAMP_ERROR = 60n;

/** Runs the agent's own core over simulated servers and clocks, in simulated time. Same scenario, same outcome. */
export function runScenario(scenario: Scenario, onlooker: Onlooker = {}): Outcome {
  const leaps = scenario.leaps ?? [];
  const truth = new ManualTime(scenario.startUtc, leaps);
  const random = new SeededRandom(scenario.seed);
  const clock = new SimClock(truth, scenario.clock);
  const policy: Policy = { ...DEFAULT_POLICY, probe_interval_s: scenario.pollS ?? 16, ...scenario.policy };
  const calendar = scenario.calendar ?? (leaps.length === 0 ? NO_CALENDAR : { leaps, expires: utc(FAR_FUTURE) });
  const probes = scenario.sources.map((source) => simProbe(source, policy, calendar));
  const monitor = new HostMonitor(
    probes,
    policy,
    { ruler: "raw", steering: () => SIM_STEERING, distrustSteering: () => undefined, mayCalibrate: true },
    "simulated",
  );
  monitor.learnLeaps(calendar);
  const turns: Turn[] = [];
  const end = BigInt(Math.round(scenario.seconds * 1e9));
  const readingNs = BigInt(Math.round((scenario.readingS ?? 1) * 1e9));
  const rows: BoundRow[] = [];
  const missed: BoundRow[] = [];
  const missedTight: BoundRow[] = [];
  const isBlind = (elapsed: bigint) => endOf(scenario.unseen ?? [], elapsed) !== null;
  const between = new BetweenLooks(clock, random, isBlind);
  const blind: BoundRow[] = [];
  const watch = new HostWatch(clock.witness());
  let exchanges = 0;
  const isPromised = (row: BoundRow) => scenario.liars === undefined || row.status !== "unverified" || row.bound.votes > scenario.liars;

  const look = () => {
    const reading = clock.read();
    for (const sighting of watch.look(reading)) monitor.heed(sighting, reading);
    const row = monitor.observe(reading);
    rows.push(row);
    onlooker.looked?.(
      row,
      trueInstant(truth, truth.elapsed()) - clock.rawAt(truth.elapsed()),
      probes.map((probe) => probe.boundAt(reading.rawAfter)),
    );
    const promised = isPromised(row);
    const blindNow = isBlind(truth.elapsed());
    if (promised && row.offset !== null && !holdsTruth(row.offset, clock, truth)) (blindNow ? blind : missed).push(row);
    if (promised && row.tight !== null && !holdsTruth(row.tight, clock, truth) && !blindNow) missedTight.push(row);
    between.looked(row, truth.elapsed(), promised);
  };
  const learn = (evidence: readonly Evidence[]) => {
    exchanges += evidence.length;
    monitor.learned(evidence);
    onlooker.learned?.(evidence);
    look();
    monitor.record();
    between.recorded();
  };
  const poll = (probe: SourceProbe, server: SimServer) => {
    if (probe.stopped) return;
    const sentAt = truth.elapsed();
    const before = clock.read();
    const { era } = probe;
    const { bytes, outstanding } = probe.begin({ transmit: random.nonce(), receive: random.nonce() });
    const delivery = server.deliver(bytes, sentAt);
    const due = delivery === null || delivery.arrives - sentAt > TIMEOUT_NS ? null : delivery;
    schedule(turns, due?.arrives ?? sentAt + TIMEOUT_NS, () => {
      const slept = suspendBetween(before, clock.read()) > 0n;
      if (slept) return learn(probe.finish(outstanding, { kind: "failed", reason: "suspended" }));
      if (probe.era !== era) return learn(probe.finish(outstanding, { kind: "failed", reason: "disrupted" }));
      if (due === null || probe.consider(outstanding, due.bytes) === "drop")
        return learn(probe.finish(outstanding, { kind: "failed", reason: "timeout" }));
      const t1 = stamp(clock.rawAt(sentAt), random);
      const t4 = stamp(clock.rawAt(scenario.userlandStamps ? truth.elapsed() : due.arrives), random);
      learn(probe.finish(outstanding, { kind: "reply", bytes: due.bytes, t1, t4, mode: "kernel_basic" }));
    });
    schedule(turns, sentAt + BigInt(Math.round(probe.pollSeconds * 1e9)), () => poll(probe, server));
  };
  const read = () => {
    look();
    const reading = clock.read();
    for (const sighting of watch.tick(reading, readingNs)) monitor.heed(sighting, reading);
    schedule(turns, truth.elapsed() + readingNs, read);
  };

  schedule(turns, 0n, read);
  for (const [index, probe] of probes.entries()) {
    const server = new SimServer(scenario.sources[index] as SimSource, random, truth.startUtc, leaps);
    const first = scenario.spread
      ? (BigInt(index) * BigInt(Math.round(policy.probe_interval_s * 1e9))) / BigInt(probes.length)
      : 120_000_000n * BigInt(index);
    schedule(turns, first, () => poll(probe, server));
  }
  for (let turn = turns.shift(); turn !== undefined && turn.at <= end; turn = turns.shift()) {
    const wakes = clock.sleepsUntil(turn.at) ?? endOf(scenario.pauses ?? [], turn.at);
    if (wakes !== null) {
      schedule(turns, wakes, turn.act);
      continue;
    }
    truth.moveTo(turn.at);
    turn.act();
  }
  const seen = monitor.drain();
  const findings = seen.flatMap((one) => one.findings);
  const spans = seen.flatMap((one) => one.spans);
  // A span does not say how many votes it rests on: an unverified one may rest on a liar's alone.
  const isSpanPromised = ({ status }: Span) => !scenario.liars || status !== "unverified";
  const missedBetween = [...between.missed, ...spans.filter((span) => isSpanPromised(span) && !between.holds(span))];
  const checked = rows.filter((row) => row.offset !== null && isPromised(row)).length;
  const tightChecked = rows.filter((row) => row.tight !== null && isPromised(row)).length;
  const events = findings.map(({ kind }) => kind);
  return {
    rows,
    exchanges,
    checked,
    tightChecked,
    betweenChecked: between.looks,
    missed,
    blind,
    missedTight,
    missedBetween,
    spans,
    events,
    findings,
  };
}

/** A kernel stamp carried to RAW: a little off on either side, and saying so. */
const stamp = (at: bigint, random: SeededRandom): CarriedStamp => ({
  raw: raw(at + BigInt(Math.round(random.between(-59, 59)))),
  cap: STAMP_ERROR,
});

const FAR_FUTURE = 4_000_000_000_000_000_000n;

/** Within an inserted second UTC has two counts, by the kernel's custom and by POSIX's: a bound must hold both. */
function holdsTruth(offset: Interval, clock: SimClock, truth: ManualTime): boolean {
  const now = trueInstant(truth, truth.elapsed());
  const counts = utcOf({ lo: now, hi: now }, truth.leaps);
  const realtime = clock.realtimeAt(truth.elapsed());
  return contains(offset, counts.lo - realtime) && contains(offset, counts.hi - realtime);
}

/** Keeps the turns in order of time; equal times in order of planning. */
function schedule(turns: Turn[], at: bigint, act: () => void): void {
  const index = turns.findLastIndex((turn) => turn.at <= at);
  turns.splice(index + 1, 0, { at, act });
}

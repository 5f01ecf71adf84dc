import { paceFor, SpanBuilder } from "@truebound/agent";
import {
  BILLION,
  type Constraints,
  ConstraintWindow,
  constraints,
  type Drift,
  type ErrorBudget,
  fastest,
  type HostReading,
  hull,
  hullBetween,
  type Interval,
  offsetAt,
  type PartsPerBillion,
  raw,
  together,
  uncalibrated,
  utc,
  worstError,
} from "@truebound/time";
import type { ExchangeParts } from "./exchange-parts.ts";

/** What is assumed, and how often is asked. */
export interface Assumption {
  readonly pollS: number;
  readonly rho: PartsPerBillion;
  readonly slew: PartsPerBillion;
}

/** Bounds on the offset of a clock that is right, at their widest. */
export interface CellBounds {
  /** Just before the reply that ends the loss of the one before it. */
  readonly live: Interval;
  /** The worst minute that a span proves, no reply lost. */
  readonly span: Interval;
  /** What spans would prove if every exchange closed one, instead of every minute: each instant seen from both sides. */
  readonly seenBack: Interval;
}

/** Limits that are asked for, ns. */
export const LIMITS = [100_000, 1_000_000, 50_000_000] as const;
export type Limit = (typeof LIMITS)[number];
/** `seen_back`: not by the minute spans of today, but by the same evidence if each exchange closed one. */
export type Provable = "live" | "report" | "seen_back" | "no";

/** How often the agent reads its clocks for a limit, s. */
export const readingFor = (limit: Limit, { pollS, rho, slew }: Assumption): number =>
  paceFor(
    { limit_ns: limit, reading_interval_s: 1, probe_interval_s: pollS },
    { least: null, slew, drift: uncalibrated(rho), interleaved: false },
  ).readingS;

export function provable({ live, span, seenBack }: CellBounds, limit: Limit): Provable {
  const within = (bound: Interval) => worstError(bound) <= BigInt(limit);
  if (within(live)) return "live";
  if (within(span)) return "report";
  return within(seenBack) ? "seen_back" : "no";
}

const START = 1_000_000_000_000_000n;
const UTC_MINUS_RAW = 1_800_000_000_000_000_000n;
const REPORTED = 300n * BILLION;

/** Replays the median exchange of a link at another pace through the product's own window, readings and spans. */
export function evaluateCell(parts: ExchangeParts, assumption: Assumption, readingS: number): CellBounds {
  const replay = { parts, assumption, drift: uncalibrated(assumption.rho), every: BigInt(Math.round(readingS * 1e9)) };
  return { live: liveWorst(replay), span: spanWorst(replay, "minute"), seenBack: spanWorst(replay, "exchange") };
}

interface Replay {
  readonly parts: ExchangeParts;
  readonly assumption: Assumption;
  readonly drift: Drift;
  /** Between two readings of the clocks, ns. */
  readonly every: bigint;
}

const sendTime = ({ assumption }: Replay, index: number): bigint => START + BigInt(index) * BigInt(Math.round(assumption.pollS * 1e9));
const replyTime = (replay: Replay, index: number): bigint =>
  sendTime(replay, index) + 2n * replay.parts.path.median + replay.parts.hold.median;

/** What an exchange proves: `finished` once the server's send stamp is known, and until then as if it had been held for no time. */
function evidence(replay: Replay, index: number, finished: boolean): Constraints {
  const { path, hold, root, precision, stamp } = replay.parts;
  const budget: ErrorBudget = {
    root: root.median,
    precision: precision.median,
    stamp: stamp.median,
    total: root.median + precision.median + stamp.median,
  };
  const t1 = sendTime(replay, index);
  const t2 = t1 + path.median + UTC_MINUS_RAW;
  const t3 = finished ? t2 + hold.median : t2;
  const sides = constraints({ t1: raw(t1), t2: utc(t2), t3: utc(t3), t4: raw(replyTime(replay, index)) }, budget, fastest(replay.drift));
  if (typeof sides === "string") throw new Error(`Cannot replay a measured exchange: it is ${sides}`);
  return sides;
}

/** An interleaved reply: this exchange for the time being, and the last one that was answered for good. */
function learn(window: ConstraintWindow, replay: Replay, index: number, answeredBefore: number | null): void {
  window.add(evidence(replay, index, false), undefined);
  if (answeredBefore !== null) window.add(evidence(replay, answeredBefore, true), undefined);
}

/** A look at clocks of which REALTIME is right. */
function readingAt(at: bigint, { parts }: Replay): HostReading {
  const bracket = parts.bracket.median;
  const [rawAfter, realtime] = [raw(at + bracket), utc(at + bracket / 2n + UTC_MINUS_RAW)];
  return { rawBefore: raw(at), rawAfter, realtime, monotonic: rawAfter, boottime: rawAfter, rawEnd: rawAfter, boottimeResolution: 0n };
}

function guaranteedAt(window: ConstraintWindow, reading: HostReading): Interval {
  const bound = window.boundAt(reading.rawAfter);
  if (bound.kind !== "bound") throw new Error(`Cannot bound a replayed link: its window is ${bound.kind}`);
  return bound.interval;
}

/** Replies 0 to 2 came, 3 was lost, 4 is about to come. */
function liveWorst(replay: Replay): Interval {
  const window = new ConstraintWindow(replay.drift);
  for (const index of [0, 1, 2]) learn(window, replay, index, index === 0 ? null : index - 1);
  const end = replyTime(replay, 4);
  const [from, to] = [readingAt(end - replay.every, replay), readingAt(end, replay)];
  const offset = (reading: HostReading) => offsetAt(reading, guaranteedAt(window, reading), fastest(replay.drift));
  return hullBetween(offset(from), offset(to), to.rawAfter - from.rawBefore, together(fastest(replay.drift), replay.assumption.slew));
}

/** Five minutes without a loss; a span is closed by each minute, as the agent does, or by each exchange. */
function spanWorst(replay: Replay, closedBy: "minute" | "exchange"): Interval {
  const { drift, every, assumption } = replay;
  const window = new ConstraintWindow(drift);
  const builder = new SpanBuilder();
  const look = (at: bigint, continuous: boolean) => {
    const reading = readingAt(at, replay);
    const looked = { reading, status: "proven" as const, bound: { guaranteed: guaranteedAt(window, reading), last: null } };
    builder.look(looked, assumption.slew, continuous);
    return looked;
  };
  const spans: Interval[] = [];
  learn(window, replay, 0, null);
  for (let index = 1, at = replyTime(replay, 0); at < START + REPORTED; index++) {
    const reply = replyTime(replay, index);
    for (; at < reply; at += every) look(at, true);
    if (closedBy === "exchange") look(reply, true);
    learn(window, replay, index, index - 1);
    const settled = builder.settle(look(reply, closedBy === "minute"), drift);
    // The first exchanges are still without a finished pair: a start, not what goes on.
    spans.push(...settled.filter(({ from }) => from.rawBefore > replyTime(replay, 1)).map(({ bound }) => bound));
  }
  return spans.reduce(hull);
}

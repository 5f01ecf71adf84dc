import type { Interval } from "@truebound/time";
import {
  BATCH_VERSION,
  type Batch,
  type BatchMesh,
  type BoundColumns,
  type DaemonSays,
  type ExchangeColumns,
  type Frequency,
  type Policy,
  packColumn,
  packStamps,
  type Rehearsal,
  type SpanColumns,
} from "@truebound/wire";
import type { BoundRow } from "../bound/bound-row.ts";
import type { Finding } from "../bound/findings.ts";
import type { Observation } from "../bound/observations.ts";
import type { Span } from "../bound/span-builder.ts";
import type { Evidence } from "../probe/source-window.ts";

/** What a batch says of its sender. */
export interface Sender {
  readonly agent: string;
  readonly bootId: string;
  readonly software: string;
}

/** What a batch says beside what was seen. */
export interface Beside {
  readonly mesh?: BatchMesh | undefined;
  /** The request to measure anew that it answers; null = none. */
  readonly burst?: string | null;
  /** The declared fault under which all of it was seen; null = none. */
  readonly rehearsal?: Rehearsal | null;
  /** What the host's own daemon claimed since the last batch; null = it was not asked. */
  readonly daemon?: DaemonSays | null;
}

/** Turns what was seen since the last report into the message that says it. Pure: same observation, same batch. */
export function buildBatch(seen: Observation, policy: Pick<Policy, "version">, sender: Sender, beside: Beside = {}): Batch {
  const { mesh, burst = null, rehearsal = null, daemon = null } = beside;
  const { row: last, sources, terms, assumptions } = seen.present;
  const ids = sources.map(({ id }) => id);
  const evidence = seen.evidence.filter(({ source }) => ids.includes(source));
  return {
    version: BATCH_VERSION,
    agent: sender.agent,
    boot_id: sender.bootId,
    software: sender.software,
    sealed_boottime_ns: last.reading.boottime.toString(),
    sealed_realtime_ns: last.reading.realtime.toString(),
    assumptions,
    trusting: [...last.bound.trusting],
    policy_version: policy.version,
    sources: [...sources],
    bounds: boundColumns(seen.rows, ids),
    terms,
    frequency: frequencyOf(last),
    // What is stated is signed apart and outlives the batch: a rehearsal states nothing.
    spans: spanColumns(rehearsal === null ? seen.spans : []),
    exchanges: exchangeColumns(evidence, ids),
    ...intervalColumns(evidence, ids),
    events: seen.findings.map(eventOf),
    ...(daemon === null ? {} : { daemon }),
    ...(mesh === undefined ? {} : { mesh }),
    ...(burst === null ? {} : { burst }),
    ...(rehearsal === null ? {} : { rehearsal }),
  };
}

function boundColumns(rows: readonly BoundRow[], ids: readonly string[]): BoundColumns {
  const end = (pick: (row: BoundRow) => Interval | null, side: "lo" | "hi") => packColumn(rows.map((row) => pick(row)?.[side] ?? null));
  const injected = rows.some(({ reading }) => reading.injected !== undefined);
  return {
    raw_ns: packColumn(rows.map(({ reading }) => reading.rawAfter)),
    realtime_ns: packColumn(rows.map(({ reading }) => reading.realtime)),
    boottime_ns: packColumn(rows.map(({ reading }) => reading.boottime)),
    status: rows.map(({ status }) => status),
    reason: rows.map(({ reason }) => reason),
    lo_ns: end(({ offset }) => offset, "lo"),
    hi_ns: end(({ offset }) => offset, "hi"),
    since_lo_ns: end(({ since }) => since, "lo"),
    since_hi_ns: end(({ since }) => since, "hi"),
    tight_lo_ns: end(({ tight }) => tight, "lo"),
    tight_hi_ns: end(({ tight }) => tight, "hi"),
    throughout_lo_ns: end(({ throughout }) => throughout, "lo"),
    throughout_hi_ns: end(({ throughout }) => throughout, "hi"),
    gap_ns: packColumn(rows.map(({ gap }) => gap)),
    votes: rows.map(({ bound }) => bound.votes),
    need: rows.map(({ bound }) => bound.need),
    agree: rows.map(({ bound }) => bound.agree.map((id) => ids.indexOf(id)).filter((index) => index >= 0)),
    ...(injected ? { injected_ns: packColumn(rows.map(({ reading }) => reading.injected ?? null)) } : {}),
  };
}

/** RAW's own error is the negative of the slope of UTC − RAW. */
const frequencyOf = ({ bound: { slope }, daemonSlew }: BoundRow): Frequency => ({
  oscillator: slope && [Math.floor(-slope.max), Math.ceil(-slope.min)],
  daemon_slew: daemonSlew && [Number(daemonSlew.lo), Number(daemonSlew.hi)],
});

const spanColumns = (spans: readonly Span[]): SpanColumns => ({
  from_raw_ns: packColumn(spans.map(({ from }) => from.rawAfter)),
  from_realtime_ns: packColumn(spans.map(({ from }) => from.realtime)),
  to_raw_ns: packColumn(spans.map(({ to }) => to.rawAfter)),
  to_realtime_ns: packColumn(spans.map(({ to }) => to.realtime)),
  lo_ns: packColumn(spans.map(({ bound }) => bound.lo)),
  hi_ns: packColumn(spans.map(({ bound }) => bound.hi)),
  readings: spans.map(({ readings }) => readings),
  status: spans.map(({ status }) => status),
});

/** What sources gave of themselves; nothing where they gave none. */
export function intervalColumns(evidence: readonly Evidence[], ids: readonly string[]): Pick<Batch, "intervals"> {
  const given = evidence.flatMap(({ source, sample: { stated } }) => (stated === undefined ? [] : [{ source, ...stated }]));
  if (given.length === 0) return {};
  return {
    intervals: {
      source: given.map(({ source }) => ids.indexOf(source)),
      raw_ns: packColumn(given.map(({ raw }) => raw)),
      lo_ns: packColumn(given.map(({ lo }) => lo)),
      hi_ns: packColumn(given.map(({ hi }) => hi)),
      document: given.map(({ document }) => document),
    },
  };
}

export function exchangeColumns(all: readonly Evidence[], ids: readonly string[]): ExchangeColumns {
  const evidence = all.filter(({ sample }) => sample.stated === undefined);
  const samples = evidence.map(({ sample }) => sample);
  return {
    source: evidence.map(({ source }) => ids.indexOf(source)),
    ...packStamps(samples.map(({ exchange }) => exchange)),
    root_delay_raw: samples.map(({ terms }) => Number(terms.rootDelayRaw)),
    root_dispersion_raw: samples.map(({ terms }) => Number(terms.rootDispersionRaw)),
    precision_server: samples.map(({ terms }) => terms.precisionServer),
    precision_client: samples.map(({ terms }) => terms.precisionClient),
    cap_ns: packColumn(samples.map(({ terms }) => terms.cap)),
    slack_ns: samples.map(({ terms }) => Number(terms.slack)),
    stamp_mode: samples.map(({ mode }) => mode),
    reply: samples.map(({ reply }) => reply),
  };
}

const eventOf = ({ kind, reading, source, detail }: Finding): Batch["events"][number] => ({
  kind,
  raw_ns: reading.rawAfter.toString(),
  realtime_ns: reading.realtime.toString(),
  boottime_ns: reading.boottime.toString(),
  source,
  detail,
});

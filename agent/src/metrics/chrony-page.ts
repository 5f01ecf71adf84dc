import { type ExpositionFormat, exposeFamily, type MetricSample } from "@truebound/wire";
import type { DaemonSource, DaemonTracking } from "../observe/chronyc.ts";
import type { Testimony } from "../observe/ports.ts";

/**
 * What chronyd says of itself, by the names and with the signs of chrony_exporter, so that dashboards and rules made for it go
 * on. Its signs are chronyd's own, and not all alike: system_time is positive when the clock is behind, the offsets of samples
 * when it is ahead.
 */
export interface ChronyTestimony {
  readonly tracking: Testimony<DaemonTracking>;
  readonly sources: Testimony<readonly DaemonSource[]>;
}

type Tell<T> = readonly [name: string, help: string, value: (one: T) => number | null];

const TRACKING: readonly Tell<DaemonTracking>[] = [
  ["last_offset_seconds", "Offset at chronyd's last update (positive = the clock was ahead)", (t) => -seconds(t.lastOffsetNs)],
  ["system_time_seconds", "What chronyd has still to correct (positive = the clock is behind)", (t) => seconds(t.systemOffsetNs)],
  ["rms_offset_seconds", "Long-term average of the offset", (t) => seconds(t.rmsOffsetNs)],
  ["root_delay_seconds", "Round trip to the reference clock", (t) => seconds(t.rootDelayNs)],
  ["root_dispersion_seconds", "Dispersion on the way to the reference clock", (t) => seconds(t.rootDispersionNs)],
  ["frequency_ppms", "Rate by which the clock would be wrong without correction (positive = fast)", (t) => t.frequencyPpm],
  ["residual_frequency_ppms", "What the followed source's samples say beyond the frequency in use", (t) => t.residualFrequencyPpm],
  ["skew_ppms", "Estimated error of the frequency", (t) => t.skewPpm],
  ["update_interval_seconds", "Time between the last two updates", (t) => t.updateIntervalS],
  ["reference_timestamp_seconds", "When the last measurement was processed, as a Unix time", (t) => t.referenceTimeS],
  ["remote_reference", "1 where a source is followed, 0 for a local clock", (t) => (t.refid === LOCAL_REFID ? 0 : 1)],
  ["stratum", "Stratum of this host", (t) => t.stratum],
];
/** 127.127.1.1 */
const LOCAL_REFID = 0x7f7f0101;

const SOURCES: readonly Tell<DaemonSource>[] = [
  ["last_sample_age_seconds", "Age of the last sample", (s) => s.lastSampleS],
  ["last_sample_offset_seconds", "Offset of the last sample (positive = the clock is ahead of the source)", (s) => sampled(s, -s.offsetNs)],
  ["last_sample_error_margin_seconds", "Margin of error of the last sample", (s) => sampled(s, s.errorNs)],
  ["polling_interval_seconds", "Time between two polls", (s) => 2 ** s.poll],
  ["reachability_ratio", "Share of the last eight polls that were answered", (s) => bitsOf(s.reach) / 8],
  ["reachability_success", "1 where the last poll was answered", (s) => s.reach & 1],
  ["stratum", "Stratum of the source", (s) => s.stratum],
];

/** Under the names that chrony_exporter gives them. */
const STATES: Readonly<Record<DaemonSource["state"], string>> = {
  selected: "sync",
  unreachable: "unreach",
  falseticker: "falseticket",
  too_variable: "jittery",
  combined: "candidate",
  not_combined: "outlier",
};
const MODES: Readonly<Record<DaemonSource["mode"], string>> = { server: "client", peer: "peer", refclock: "ref" };

/** `chrony_up` 0 and nothing else where chronyd does not answer. */
export function chronyPage({ tracking, sources }: ChronyTestimony, format: ExpositionFormat): string {
  const gauge = (name: string, help: string, samples: readonly MetricSample[]) =>
    exposeFamily({ name: `chrony_${name}`, kind: "gauge", help }, samples, format);
  const up = tracking.kind === "ok" && sources.kind === "ok";
  let page = gauge("up", "Whether chronyd answers", [{ labels: {}, value: up ? 1 : 0 }]);
  if (tracking.kind === "ok") {
    page += gauge("tracking_info", "What chronyd follows", [{ labels: followed(tracking.value), value: 1 }]);
    for (const [name, help, value] of TRACKING) page += gauge(`tracking_${name}`, help, told(value(tracking.value), {}));
  }
  if (sources.kind !== "ok") return page;
  page += gauge("sources_state_info", "What the source is to chronyd", sources.value.map(stateOf));
  for (const [name, help, value] of SOURCES)
    page += gauge(
      `sources_${name}`,
      help,
      sources.value.flatMap((source) => told(value(source), labelsOf(source))),
    );
  return page;
}

const told = (value: number | null, labels: MetricSample["labels"]): MetricSample[] => (value === null ? [] : [{ labels, value }]);
const seconds = (ns: bigint): number => Number(ns) / 1e9;
/** Before the first sample chronyc prints zeros. */
const sampled = ({ lastSampleS }: DaemonSource, ns: bigint): number | null => (lastSampleS === null ? null : seconds(ns));
const bitsOf = (reach: number): number => reach.toString(2).replaceAll("0", "").length;

const followed = ({ follows, refid }: DaemonTracking): MetricSample["labels"] => ({
  tracking_address: follows,
  tracking_name: follows,
  tracking_refid: refid.toString(16).toUpperCase().padStart(8, "0"),
});
const labelsOf = ({ name }: DaemonSource): MetricSample["labels"] => ({ source_address: name, source_name: name });
const stateOf = (source: DaemonSource): MetricSample => ({
  labels: { ...labelsOf(source), source_state: STATES[source.state], source_mode: MODES[source.mode] },
  value: 1,
});

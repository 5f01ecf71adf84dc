import type { LeapList, RawInstant } from "@truebound/time";
import type { BatchEvent, SourceKind } from "@truebound/wire";
import type { Source } from "../probe/source.ts";

/** What a source of intervals says of UTC − RAW at one instant: the truth lay from `lo` to `hi`, ns, as far as its assumptions hold. */
export interface IntervalReading {
  readonly raw: RawInstant;
  /** `cap` is in both ends already. */
  readonly lo: bigint;
  readonly hi: bigint;
  /** ns by which the instant may err on RAW, either way: of a stamp that was carried there; 0 = it was read on RAW. */
  readonly cap: bigint;
  /** SHA-256 of the document that declares the error, hexadecimal; null = none was named. */
  readonly document: string | null;
}

/** Words and figures of the kind, for people: never interpreted. */
export type SourceSays = Readonly<Record<string, string | number | boolean | null>>;

export type Taken =
  /** In the order of time, none older than what was taken before; at most `MOST_READINGS`. */
  | { readonly kind: "readings"; readonly readings: readonly [IntervalReading, ...IntervalReading[]] }
  | { readonly kind: "refused"; readonly reason: StatedTrouble };

/** Why it gave nothing: the kind and then the cause, `[a-z_0-9]{1,40}`, counted. `kind_…` = whoever asks it says so. */
export type StatedTrouble = `${Exclude<SourceKind, "ntp"> | "kind"}_${string}`;

/** An event of a source. */
export interface SourceNews {
  readonly kind: BatchEvent["kind"];
  readonly detail: BatchEvent["detail"];
}

/** So many readings of one look go into the record and the window. */
export const MOST_READINGS = 4;

/**
 * A source that is not asked by NTP: a PTP port, a hardware clock, a program. Asked at its own pace like any other; it never rejects, takes
 * a bounded time, and refuses by name. It opens what it needs by itself, and again after trouble.
 */
export interface IntervalSource {
  readonly kind: Exclude<SourceKind, "ntp">;
  /** What its intervals rest on beside what is measured, e.g. `ptp_declared`. */
  readonly assumes: readonly string[];
  /** What it has said by now and was not taken yet, or what it measures now. */
  take(): Promise<Taken>;
  /** What there is to show of it beside. */
  says(): SourceSays;
  /** What happened to it since this was called last, for the record; absent = nothing ever does. */
  news?(): readonly SourceNews[];
  /** How often what it heard was no reading, by reason, since the start; beside what `take` refuses. */
  readonly refusals: ReadonlyMap<string, number>;
  close(): void;
}

/** Opens the source of that place; null = nobody here can. */
export type OpenIntervals = (source: Source, knows: Knowledge) => IntervalSource | null;

/** What an agent knows that a source may need. */
export interface Knowledge {
  /** The leap list in force; null = there is none. */
  readonly leapList: () => LeapList | null;
}

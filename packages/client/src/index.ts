import type { Now } from "./answer.ts";
import { ClockClient } from "./clock-client.ts";
import type { Waited, WaitOptions } from "./commit-wait.ts";

export { answer, type Bounded, type ClockSample, type Now, type Surroundings, type Unbounded } from "./answer.ts";
export { type ClientOptions, ClockClient, DEFAULT_SEGMENT, type SnapshotSource } from "./clock-client.ts";
export { NativeClocks, openClocks, PlainClocks, type ReaderClocks } from "./clocks.ts";
export type { Waited, WaitOptions } from "./commit-wait.ts";
export { compareStamps, HybridClock, type HybridStamp, type Received } from "./hybrid-clock.ts";
export { decodeStamp, encodeStamp, type IntervalStamp, orderOf, STAMP_BYTES, stampOf } from "./interval-stamp.ts";
export { type Evidence, type Reason, readSegment, SEGMENT_BYTES, type Snapshot, type Status, type Unreadable } from "./segment.ts";
export { SegmentFile } from "./segment-file.ts";

let shared: ClockClient | null = null;

/** The client that the functions below share: of the segment that TRUEBOUND_SEGMENT names, made at the first call. */
const client = (): ClockClient => {
  shared ??= new ClockClient();
  return shared;
};

/** UTC now, as an interval with a status, or why nothing can be said. */
export const now = (): Now => client().now();
/** True once UTC is surely after `t`, ns since 1970. */
export const isPast = (t: bigint): boolean => client().isPast(t);
/** True while UTC is surely before `t`. */
export const isFuture = (t: bigint): boolean => client().isFuture(t);
/** Resolves once UTC is surely after `t`. */
export const commitWait = (t: bigint, options: WaitOptions = {}): Promise<Waited> => client().commitWait(t, options);
/** True while a lease until `until` is surely not over; a fencing token is needed all the same (`ClockClient.leaseHeld`). */
export const leaseHeld = (until: bigint): boolean => client().leaseHeld(until);

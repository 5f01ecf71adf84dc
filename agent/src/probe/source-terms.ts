import { type ClientOptions, decode, type Outstanding, type Refusal, toUtc } from "@truebound/ntp";
import type { Drift, LeapCalendar, PartsPerBillion, Timescale } from "@truebound/time";
import type { IntervalSource, StatedTrouble } from "../interval-source/ports.ts";
import type { NtsDialogue, NtsTrouble, Sealed } from "./nts-dialogue.ts";
import type { Delivery, Failure } from "./ports.ts";
import type { StampQuality } from "./samples.ts";
import type { Source } from "./source.ts";
import type { Unfit } from "./source-window.ts";

/** Stamps of an exchange, whatever came of it; null = there was no reply to it. */
export interface LastExchange {
  readonly t1: bigint | null;
  readonly t2: bigint | null;
  readonly t3: bigint | null;
  readonly t4: bigint | null;
}

export const NO_REPLY: LastExchange = { t1: null, t2: null, t3: null, t4: null };

/** Everything that can keep a request from becoming evidence, counted by name. */
export type Trouble = Refusal | Failure | Unfit | NtsTrouble | "local_reference" | "stopped_by_server" | StatedTrouble;

/** A request under way. */
export interface Asked extends Outstanding {
  /** It was authenticated, and only an authentic reply counts. */
  readonly sealed?: Sealed;
  /** It is not to be sent. */
  readonly muted?: Failure;
}

export interface ProbeOptions {
  readonly source: Source;
  readonly drift: Drift;
  /** ppb by which the frequency may move within the window of the tight tier. */
  readonly sigma: PartsPerBillion;
  readonly client: ClientOptions;
  readonly quality: StampQuality;
  readonly pollSeconds: number;
  readonly trusted: boolean;
  /** The reference id by which clients of an address name it. */
  readonly refidOf: (address: string) => number;
  /** What its clock keeps to around a leap second; `unknown` where nobody has said. */
  readonly timescale?: Timescale;
  /** None where there is no leap list. */
  readonly calendar?: LeapCalendar;
  /** Its keys; absent = it is asked without NTS. */
  readonly nts?: NtsDialogue;
  /** Only what is authenticated counts. */
  readonly authenticatedOnly?: boolean;
  /** What gives intervals of itself, in place of a server that is asked; absent = a server is. */
  readonly intervals?: IntervalSource;
  /** Its error is declared, and the policy or the host lets it count all the same. Of no meaning for NTP. */
  readonly declared?: boolean;
}

/** Refusals of a reply whose origin has proved that it answers our request. */
export const ANSWERS: ReadonlySet<Refusal> = new Set<Refusal>([
  "kiss_rate",
  "kiss_deny",
  "kiss_rstr",
  "kiss_other",
  "unsynchronised",
  "stratum_too_high",
  "zero_timestamp",
  "server_order",
]);

const LOCAL_CLOCK = 0x7f7f;
/** The stamps of a delivery as they are told, once it is known to answer. */
export function stampsOf(delivery: Delivery): LastExchange {
  if (delivery.kind !== "reply") return NO_REPLY;
  const packet = decode(delivery.bytes);
  if (typeof packet === "string") return { ...NO_REPLY, t1: delivery.t1.raw, t4: delivery.t4.raw };
  return { t1: delivery.t1.raw, t2: toUtc(packet.receive), t3: toUtc(packet.transmit), t4: delivery.t4.raw };
}

export const isLocalClock = (refid: number): boolean => refid >>> 16 === LOCAL_CLOCK;

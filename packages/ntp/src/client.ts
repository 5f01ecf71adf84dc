import { type DecodeRefusal, decode, encode, MODE_CLIENT, MODE_SERVER, type Packet, VERSION } from "./packet.ts";
import { difference } from "./timestamp.ts";

/**
 * The client's side of an exchange as a pure state machine: basic mode (RFC 5905) and interleaved mode (RFC 9769).
 *
 * The transmit field of a request is 64 random bits, so that a reply proves that its sender saw the request and the
 * request tells nobody our time. In interleaved mode `receive` holds a second nonce and `origin` the server's receive
 * stamp of our last accepted exchange; a server that still knows it answers with the true, late-taken transmit stamp of
 * that exchange. A reply that fails any check changes nothing but a counter.
 */
export const REFUSALS = [
  "too_short",
  "too_long",
  "malformed_extension",
  "wrong_mode",
  "wrong_version",
  "zero_origin",
  "origin_mismatch",
  "duplicate",
  "kiss_rate",
  "kiss_deny",
  "kiss_rstr",
  "kiss_other",
  "unsynchronised",
  "stratum_too_high",
  "zero_timestamp",
  "server_order",
] as const satisfies readonly (string | DecodeRefusal)[];
export type Refusal = (typeof REFUSALS)[number];

export interface Nonces {
  /** 64 random bits, never zero. */
  readonly transmit: bigint;
  /** Another 64 random bits, never zero and different from the first. */
  readonly receive: bigint;
}

/** What is remembered between exchanges with one server. */
export interface Memory {
  /** Accepted replies since the start or the last trouble. */
  readonly good: number;
  /** The server's receive stamp of the last accepted exchange, for interleaving. */
  readonly lastReceive: bigint | null;
  /** Requests sent since then. */
  readonly unanswered: number;
}

export const FRESH_MEMORY: Memory = { good: 0, lastReceive: null, unanswered: 0 };

export interface Outstanding {
  readonly nonces: Nonces;
  /** True when the request offers interleaving. */
  readonly interleaved: boolean;
  /** The exchange for which a late transmit stamp is asked. */
  readonly asksFor: bigint | null;
}

export interface ClientOptions {
  /** Offer interleaving at all. */
  readonly interleave: boolean;
  /** Accepted basic replies before interleaving is offered. */
  readonly interleaveAfter: number;
}

export const DEFAULT_CLIENT: ClientOptions = { interleave: true, interleaveAfter: 8 };
const LOST_BEFORE_BASIC = 2;

export function makeRequest(
  memory: Memory,
  nonces: Nonces,
  options: ClientOptions,
): { bytes: Uint8Array; outstanding: Outstanding; memory: Memory } {
  const interleaved =
    options.interleave && memory.lastReceive !== null && memory.good >= options.interleaveAfter && memory.unanswered < LOST_BEFORE_BASIC;
  const asksFor = interleaved ? memory.lastReceive : null;
  const bytes = encode({ ...EMPTY_REQUEST, transmit: nonces.transmit, receive: interleaved ? nonces.receive : 0n, origin: asksFor ?? 0n });
  return { bytes, outstanding: { nonces, interleaved, asksFor }, memory: { ...memory, unanswered: memory.unanswered + 1 } };
}

/** All but version, mode and nonces are zero: a request says nothing of its sender (RFC 9109 and the data-minimisation draft). */
const EMPTY_REQUEST: Packet = {
  leap: 0,
  version: VERSION,
  mode: MODE_CLIENT,
  stratum: 0,
  poll: 0,
  precision: 0,
  rootDelay: 0,
  rootDispersion: 0,
  refid: 0,
  reference: 0n,
  origin: 0n,
  receive: 0n,
  transmit: 0n,
};

/** An accepted reply. `lateTransmit` is the server's true send stamp of the exchange named by `asksFor`. */
export interface Accepted {
  readonly kind: "accepted";
  readonly packet: Packet;
  readonly interleaved: boolean;
  readonly memory: Memory;
}

export interface Refused {
  readonly kind: "refused";
  readonly reason: Refusal;
}

export function acceptReply(memory: Memory, outstanding: Outstanding, bytes: Uint8Array): Accepted | Refused {
  const packet = decode(bytes);
  if (typeof packet === "string") return refused(packet);
  const reason = whyRefused(packet, outstanding);
  if (reason !== null) return refused(reason);
  const interleaved = packet.origin === outstanding.nonces.receive;
  if (!interleaved && difference(packet.transmit, packet.receive) < 0n) return refused("server_order");
  return { kind: "accepted", packet, interleaved, memory: { good: memory.good + 1, lastReceive: packet.receive, unanswered: 0 } };
}

const refused = (reason: Refusal): Refused => ({ kind: "refused", reason });

/** The checks in the order in which they protect: who sent it, then whether it is a time at all. */
function whyRefused(packet: Packet, { nonces, interleaved }: Outstanding): Refusal | null {
  if (packet.mode !== MODE_SERVER) return "wrong_mode";
  if (packet.version !== VERSION) return "wrong_version";
  if (packet.origin === 0n) return "zero_origin";
  const answersUs = packet.origin === nonces.transmit || (interleaved && packet.origin === nonces.receive);
  if (!answersUs) return "origin_mismatch";
  if (packet.stratum === 0) return kiss(packet.refid);
  if (packet.leap === 3) return "unsynchronised";
  if (packet.stratum >= 16) return "stratum_too_high";
  if (packet.receive === 0n || packet.transmit === 0n) return "zero_timestamp";
  return null;
}

const code = (text: string): number => [...text].reduce((sum, letter) => sum * 256 + letter.charCodeAt(0), 0);
const KISSES = new Map<number, Refusal>([
  [code("RATE"), "kiss_rate"],
  [code("DENY"), "kiss_deny"],
  [code("RSTR"), "kiss_rstr"],
]);

/** A kiss-o'-death is heeded only here, where its origin has already proved that it answers our request. */
const kiss = (refid: number): Refusal => KISSES.get(refid) ?? "kiss_other";

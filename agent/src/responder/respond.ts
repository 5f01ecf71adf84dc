import { asksForRuler, makeReply, type RulerReading, readRequest, type ServerState, type TransmitMemory, tellRuler } from "@truebound/ntp";
import { addressKey } from "./address-key.ts";
import type { Limiter } from "./limiter.ts";

/** What becomes of a datagram: `silence` and why, or a reply to be stamped and sent. */
export type Response =
  | { readonly kind: "silence"; readonly why: Silence }
  | {
      readonly kind: "reply";
      /** It has room for a reading of our ruler; who has none to tell gives null. */
      readonly asksForRuler: boolean;
      readonly write: (said: ServerState, transmit: bigint, reading: RulerReading | null) => Uint8Array;
    };

export type Silence = "not_a_request" | "stranger" | "over_limit";

export interface Rules {
  /** Whether the host at this address may ask. */
  readonly isPeer: (key: string) => boolean;
  readonly limiter: Limiter;
  /** Transmit stamps of earlier replies, for those who ask for them (RFC 9769). */
  readonly memory: TransmitMemory;
}

/**
 * Client requests of enrolled peers are answered, and nothing else: no other mode, no other length than whole fields, no
 * reply ever, so that two of us cannot be made to talk to each other. A reply is 48 bytes, or as long as its request where that
 * has room for the ruler's reading, and never longer. Nothing that stands in that room comes back.
 */
export function respond(rules: Rules, bytes: Uint8Array, address: string, receive: bigint, now: number): Response {
  const key = addressKey(address);
  // Before anything of it is read: what strangers send costs as little as it can.
  if (!rules.isPeer(key)) return silence("stranger");
  const request = readRequest(bytes);
  if (request === null) return silence("not_a_request");
  if (!rules.limiter.allows(key, now)) return silence("over_limit");
  const asks = asksForRuler(bytes);
  const write = (said: ServerState, transmit: bigint, reading: RulerReading | null) => {
    const reply = makeReply(request, said, receive, transmit, rules.memory);
    return asks && reading !== null ? tellRuler(reply, reading) : reply;
  };
  return { kind: "reply", asksForRuler: asks, write };
}

const silence = (why: Silence): Response => ({ kind: "silence", why });

import { type Endpoint, nonceSource, type Rung } from "@truebound/agent";
import { askForRuler, DEFAULT_CLIENT, decode, FRESH_MEMORY, makeRequest, type RulerReading, readRuler } from "@truebound/ntp";
import type { Interval } from "@truebound/time";

/** One exchange in which the responder told its ruler: its RAW less ours lay in `difference`. */
export interface RulerExchange {
  readonly difference: Interval;
  readonly reading: RulerReading;
}

const TIMEOUT_MS = 1_000;

/** Asks with room for a reading; null = no answer came, or one that tells none. By causality alone: no rate is assumed. */
export async function measureRuler(rung: Rung, endpoint: Endpoint): Promise<RulerExchange | null> {
  const nonce = nonceSource();
  const nonces = { transmit: nonce(), receive: nonce() };
  const isOurs = (reply: Uint8Array) => {
    const packet = decode(reply);
    return typeof packet !== "string" && packet.origin === nonces.transmit;
  };
  const request = askForRuler(makeRequest(FRESH_MEMORY, nonces, DEFAULT_CLIENT).bytes);
  const delivery = await rung.transport.exchange(endpoint, request, TIMEOUT_MS, (reply) => (isOurs(reply) ? "take" : "drop"));
  const reading = delivery.kind === "reply" ? readRuler(delivery.bytes) : null;
  if (delivery.kind !== "reply" || reading === null) return null;
  const { receive, error, hold } = reading;
  const [sent, heard] = [delivery.t1.raw - delivery.t1.cap, delivery.t4.raw + delivery.t4.cap];
  return { difference: { lo: receive + hold - heard, hi: receive + error - sent }, reading };
}

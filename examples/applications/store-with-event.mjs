// Forty bytes beside each event: when it was, as an interval, of which host, and where the proof of that is kept. Later, and on any host,
// the order of two events is read from them, or that it is undecidable.
//
//   TRUEBOUND_SEGMENT=/run/truebound-agent/segment node store-with-event.mjs
import { commitWait, decodeStamp, encodeStamp, now, orderOf, stampOf } from "@truebound/client";

const bytesNow = () => Buffer.from(encodeStamp(stampOf(now())));

const first = bytesNow();
const atOnce = bytesNow();
const { latest } = decodeStamp(first);
if (latest !== null) await commitWait(latest, { timeoutMs: 5_000 });
const later = bytesNow();

const order = (a, b) => orderOf(decodeStamp(a), decodeStamp(b));
console.log(JSON.stringify({ bytes: first.length, at_once: order(first, atOnce), later: order(first, later) }));

// Spanner's rule: stamp a transaction with the latest that UTC can be, and tell nobody of it before that is surely past. Whoever stamps
// after having heard of it then has a greater stamp, on whatever host.
//
//   TRUEBOUND_SEGMENT=/run/truebound-agent/segment node commit-wait.mjs
import { commitWait, now } from "@truebound/client";

const stamped = now();
if (stamped.earliest === null) {
  console.error(`cannot commit: the time is ${stamped.status} (${stamped.reason})`);
  process.exit(1);
}
// The transaction is written here, with stamped.latest.
const waited = await commitWait(stamped.latest, { timeoutMs: 5_000 });
if (waited.kind !== "past") {
  // Of a bound that is only "unverified" nothing is believed to be past, unless a ClockClient is told to accept it.
  console.error(`cannot tell of it yet: ${waited.kind}; the time is ${waited.now.status} (${waited.now.reason})`);
  process.exit(1);
}
console.log(JSON.stringify({ stamp_ns: String(stamped.latest), width_ns: String(stamped.latest - stamped.earliest) }));

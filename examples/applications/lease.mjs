// A lease, and why its holder needs a fencing token: the storage refuses a token that is older than one that it has seen. leaseHeld makes
// it rare that a write has to be refused; it cannot make it impossible, for this process may be paused between the question and the write.
//
//   TRUEBOUND_SEGMENT=/run/truebound-agent/segment node lease.mjs
import { leaseHeld, now } from "@truebound/client";

/** Stands for a storage that more than one process writes to. */
class Storage {
  #newest = 0;
  #rows = [];

  write(token, row) {
    if (token < this.#newest) return "refused: a later holder has written";
    this.#newest = token;
    this.#rows.push(row);
    return "written";
  }
}

const storage = new Storage();
const time = now();
if (time.earliest === null) {
  console.error(`cannot take a lease: the time is ${time.status} (${time.reason})`);
  process.exit(1);
}
const lease = { token: 33, until: time.latest + 60_000_000_000n };
const over = { token: 32, until: time.earliest - 1n };
console.log(
  JSON.stringify({
    held: leaseHeld(lease.until),
    write: leaseHeld(lease.until) ? storage.write(lease.token, "by the holder") : "not tried",
    held_before: leaseHeld(over.until),
    // Its holder was paused after it asked, while it still held: the clock cannot tell it, the token does.
    late_write: storage.write(over.token, "by who held it before"),
  }),
);

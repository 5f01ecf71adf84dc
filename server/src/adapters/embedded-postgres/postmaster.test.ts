import { expect, it } from "vitest";
import { failureCause } from "./postmaster.ts";

it.each([
  ['FATAL:  lock file "postmaster.pid" already exists\nHINT:  Is another postmaster (PID 37) running?', "cluster_locked"],
  ["FATAL:  pre-existing shared memory block (key 2147482, ID 12) is still in use", "cluster_locked"],
  ['LOG:  could not bind IPv4 address "127.0.0.1": Address already in use', "port_taken"],
  ["FATAL:  could not create any TCP/IP sockets", "port_taken"],
  ['PANIC:  could not write to file "pg_wal/xlogtemp.9": No space left on device', "other"],
  ["", "other"],
])("%j is %s", (text, cause) => {
  expect(failureCause(text)).toBe(cause);
});

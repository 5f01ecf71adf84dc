import { utc } from "@truebound/time";
import type { HostRecord } from "./host-record.ts";

/** A healthy host; a test says what is different. */
export const record = (more: Partial<HostRecord> = {}): HostRecord => ({
  id: "3f0f8a0e-0000-4000-8000-0000000000aa",
  name: "host",
  labels: {},
  state: "active",
  enrolledAt: utc(0n),
  changedXid: 1n,
  epoch: 1,
  seq: 1,
  receivedAt: utc(1n),
  unreadable: false,
  bootId: "boot",
  software: "test/1",
  policyVersion: 1,
  status: "proven",
  reason: null,
  asOf: utc(1n),
  asOfMarked: false,
  bound: { lo: -1_000n, hi: 3_000n },
  tight: null,
  frequency: null,
  injected: null,
  votes: 3,
  need: 2,
  terms: null,
  assumptions: null,
  trusting: [],
  sources: [],
  ...more,
});

import type { HostRecord } from "@truebound/server";
import { type UtcInstant, utc } from "@truebound/time";
import type { BatchSource } from "@truebound/wire";

/** A host as a server knows it, of which little is said; whoever uses it says what is different. */
export const hostRecord = (more: Partial<HostRecord> = {}): HostRecord => ({
  id: "3f0f8a0e-0000-4000-8000-0000000000aa",
  name: "host",
  labels: {},
  state: "active",
  enrolledAt: utc(0n),
  changedXid: 1n,
  epoch: 1,
  seq: 1,
  ahead: false,
  carried: false,
  chainAt: utc(1n),
  receivedAt: utc(1n),
  address: "192.0.2.10",
  unreadable: false,
  clone: null,
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
  reading: null,
  mesh: null,
  daemon: null,
  burstDone: null,
  rehearsal: null,
  ...more,
});

export const hostId = (index: number): string => `00000000-0000-4000-8000-${index.toString(16).padStart(12, "0")}`;

export const soundSource = (index: number, more: Partial<BatchSource> = {}): BatchSource => ({
  id: `ntp${index}.example:123`,
  address: `192.0.2.${index}`,
  origin: "declared",
  state: "agrees",
  stratum: 1,
  refid: 0x47505300,
  leap: 0,
  lo_ns: "-1000000",
  hi_ns: "1000000",
  delay_ns: "2000000",
  polls: 100,
  replies: 100,
  refusals: {},
  local_reference: false,
  ...more,
});

export const SOUND_ASSUMPTIONS: NonNullable<HostRecord["assumptions"]> = {
  rho_ppb: 200_000,
  oscillator_ppb: null,
  drift_basis: "assumed",
  sigma_ppb: 2_000,
  faults: 1,
  slew_ppm: 500,
  slew_basis: "chrony",
  stamp_mode: "kernel_basic",
};

/** One of a sound fleet, twenty to a rack, as it reported at an instant. */
export const soundHost = (index: number, at: UtcInstant, more: Partial<HostRecord> = {}): HostRecord =>
  hostRecord({
    id: hostId(index),
    name: `host-${index}`,
    labels: { rack: `r${Math.floor(index / 20)}` },
    address: `10.${Math.floor(index / 10_000)}.${Math.floor(index / 40) % 250}.${(index % 40) + 1}`,
    bootId: `boot-${index}`,
    asOf: at,
    receivedAt: at,
    bound: { lo: -1_000_000n, hi: 1_200_000n },
    votes: 4,
    need: 3,
    assumptions: SOUND_ASSUMPTIONS,
    sources: [1, 2, 3, 4].map((one) => soundSource(one)),
    ...more,
  });

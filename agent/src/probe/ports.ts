import type { CarriedStamp, HostReading } from "@truebound/time";
import type { StampMode } from "@truebound/wire";

/** The host's clocks. `ruler` says what stands in for RAW where RAW cannot be read. */
export interface Clocks {
  readonly ruler: "raw" | "monotonic";
  read(): HostReading;
}

export interface Endpoint {
  /** Numeric address. */
  readonly address: string;
  readonly port: number;
}

/** Why nothing came of a request. One name per cause, counted. */
export const FAILURES = [
  "timeout",
  "connection_refused",
  "host_unreachable",
  "network_unreachable",
  "not_permitted",
  "out_of_descriptors",
  "send_failed",
  "clock_stepped",
  "suspended",
  "disrupted",
  "unresolved",
  "address_changed",
  "nts_no_keys",
] as const;
export type Failure = (typeof FAILURES)[number];

export type Delivery =
  | {
      readonly kind: "reply";
      readonly bytes: Uint8Array;
      /** Our send and our receive, carried to RAW, each with its two-sided error. */
      readonly t1: CarriedStamp;
      readonly t4: CarriedStamp;
      /** How these very stamps were taken: an exchange can fall below its transport's mode, and a card's stamps are above it. */
      readonly mode: StampMode;
      /** Present where a network card's stamps stand above. */
      readonly kernel?: KernelStamps;
    }
  | { readonly kind: "failed"; readonly reason: Failure };

/** The kernel's own stamps of the packets that a card stamped: what both prove must not exclude each other. */
export interface KernelStamps {
  readonly t1: CarriedStamp;
  readonly t4: CarriedStamp;
  readonly mode: StampMode;
  /** Tells that it does, and that the kernel's are used. */
  readonly disagrees: () => void;
}

/** What to make of a datagram: `take` ends the exchange with it, `drop` goes on waiting. */
export type Consider = (bytes: Uint8Array) => "take" | "drop";

/** Sends one request from a fresh port and waits for the one datagram that `consider` takes. Never rejects. */
export interface Transport {
  readonly mode: StampMode;
  /** log2 seconds: resolution and read noise of its stamps. */
  readonly precision: number;
  /** ns by which a stamp of this transport may err on either side beyond what it says of itself. */
  readonly uncertainty: bigint;
  exchange(endpoint: Endpoint, request: Uint8Array, timeoutMs: number, consider: Consider): Promise<Delivery>;
  close(): void;
}

/** 64 random bits, never zero. */
export type RandomNonce = () => bigint;

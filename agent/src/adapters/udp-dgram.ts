import { createSocket } from "node:dgram";
import { isIPv6 } from "node:net";
import { raw } from "@truebound/time";
import type { StampMode } from "@truebound/wire";
import type { Consider, Delivery, Endpoint, Failure, Transport } from "../probe/ports.ts";

export interface DgramTransportOptions {
  readonly mode: StampMode;
  readonly precision: number;
  readonly uncertainty: bigint;
  /** The ruler, ns: CLOCK_MONOTONIC_RAW, or what stands in for it. Read right before the send and first thing on receipt. */
  readonly readRuler: () => bigint;
}

/**
 * UDP through node:dgram with stamps taken in our own code. A stamp taken early (T1) or late (T4) only widens the interval,
 * so this is safe on any platform, just wide. Connected: a connected send is on the wire when it returns.
 */
export class DgramTransport implements Transport {
  readonly mode: StampMode;
  readonly precision: number;
  readonly uncertainty: bigint;
  readonly #readRuler: () => bigint;

  constructor(options: DgramTransportOptions) {
    this.mode = options.mode;
    this.precision = options.precision;
    this.uncertainty = options.uncertainty;
    this.#readRuler = options.readRuler;
  }

  exchange({ address, port }: Endpoint, request: Uint8Array, timeoutMs: number, consider: Consider): Promise<Delivery> {
    return new Promise((resolve) => {
      const socket = createSocket(isIPv6(address) ? "udp6" : "udp4");
      let t1 = 0n;
      let finished = false;
      const finish = (delivery: Delivery) => {
        if (finished) return;
        finished = true;
        clearTimeout(timer);
        socket.removeAllListeners();
        // Late ICMP errors may still arrive for a closing socket; they belong to a finished exchange.
        socket.on("error", () => undefined);
        socket.close();
        resolve(delivery);
      };
      // After a pause of the process the timer is served before the socket: a reply that waits there still counts, only late.
      const timer = setTimeout(() => setImmediate(() => finish({ kind: "failed", reason: "timeout" })), timeoutMs);
      socket.on("error", (error: NodeJS.ErrnoException) => finish({ kind: "failed", reason: failureOf(error) }));
      socket.on("message", (bytes) => {
        const t4 = this.#readRuler();
        if (consider(bytes) === "take")
          finish({ kind: "reply", bytes, t1: { raw: raw(t1), cap: 0n }, t4: { raw: raw(t4), cap: 0n }, mode: this.mode });
      });
      const connected = (problem?: NodeJS.ErrnoException) => {
        if (problem) return finish({ kind: "failed", reason: failureOf(problem) });
        t1 = this.#readRuler();
        socket.send(request, (error) => {
          if (error) finish({ kind: "failed", reason: failureOf(error) });
        });
      };
      socket.connect(port, address, connected as () => void);
    });
  }

  close(): void {}
}

const FAILURES: Record<string, Failure> = {
  ECONNREFUSED: "connection_refused",
  EHOSTUNREACH: "host_unreachable",
  EHOSTDOWN: "host_unreachable",
  ENETUNREACH: "network_unreachable",
  ENETDOWN: "network_unreachable",
  EADDRNOTAVAIL: "network_unreachable",
  EAFNOSUPPORT: "network_unreachable",
  EACCES: "not_permitted",
  EPERM: "not_permitted",
  EMFILE: "out_of_descriptors",
  ENFILE: "out_of_descriptors",
};

const failureOf = (error: NodeJS.ErrnoException): Failure => FAILURES[error.code ?? ""] ?? "send_failed";

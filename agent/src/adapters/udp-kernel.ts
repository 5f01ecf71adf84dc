import {
  type CarriedStamp,
  carryStamp,
  greaterSlew,
  type HostReading,
  raw,
  type Steering,
  slewAllowance,
  stepBetween,
  utc,
  wasSet,
} from "@truebound/time";
import type { StampMode } from "@truebound/wire";
import type { Consider, Delivery, Endpoint, Failure, Transport } from "../probe/ports.ts";
import type { Libc } from "./libc.ts";
import type { KernelClocks } from "./os-clock.ts";
import type { Poller } from "./poller.ts";
import * as layout from "./socket-layout.ts";

const DATAGRAM_BYTES = 2048;
/** Exchanges under way at once: each holds a descriptor. */
const MOST_UNDER_WAY = 64;
/** So many datagrams are looked at in one go; then others get their turn, and the time is looked at. */
const MOST_AT_ONCE = 64;

export interface KernelTransportOptions {
  /** Rung 1 and 2 take both stamps from the kernel, rung 3 only the receive stamp. */
  readonly transmitStamps: boolean;
  /** Rung 1: the caller may interleave. */
  readonly mode: StampMode;
  /** Who steers REALTIME: what S rests on when stamps are carried to RAW. */
  readonly steering: () => Steering;
}

/**
 * UDP through the kernel's own stamps (SO_TIMESTAMPING, software): taken where the packet leaves and enters the stack, so
 * that a busy event loop costs nothing. One fresh socket, and so one fresh port, for each exchange. No privilege needed.
 */
export class KernelTransport implements Transport {
  readonly mode: StampMode;
  readonly precision = -24;
  readonly uncertainty = 1n;
  readonly #libc: Libc;
  readonly #clocks: KernelClocks;
  readonly #poller: Poller;
  readonly #options: KernelTransportOptions;
  readonly #memory: NativeMemory;
  readonly #keepStampingOn: number;
  readonly #turns = new Turnstile(MOST_UNDER_WAY);
  #isClosed = false;

  constructor(libc: Libc, clocks: KernelClocks, poller: Poller, options: KernelTransportOptions) {
    this.mode = options.mode;
    this.#libc = libc;
    this.#clocks = clocks;
    this.#poller = poller;
    this.#options = options;
    this.#memory = new NativeMemory(libc);
    // The kernel switches receive stamping on late after the first socket asks: one idle socket keeps it on.
    this.#keepStampingOn = this.#open("127.0.0.1");
  }

  async exchange(endpoint: Endpoint, request: Uint8Array, timeoutMs: number, consider: Consider): Promise<Delivery> {
    await this.#turns.enter();
    try {
      if (this.#isClosed) return { kind: "failed", reason: "timeout" };
      return await this.#exchange(endpoint, request, timeoutMs, consider);
    } finally {
      this.#turns.leave();
    }
  }

  /** Exchanges under way end as if nobody had answered: the clocks behind them are closed next. */
  close(): void {
    this.#isClosed = true;
    this.#libc.close(this.#keepStampingOn);
  }

  async #exchange(endpoint: Endpoint, request: Uint8Array, timeoutMs: number, consider: Consider): Promise<Delivery> {
    const fd = this.#open(endpoint.address);
    if (fd < 0) return failed(-fd);
    try {
      const sent = this.#send(fd, endpoint, request);
      if ("kind" in sent) return sent;
      return await this.#await(fd, sent, timeoutMs, consider);
    } finally {
      this.#libc.close(fd);
    }
  }

  /** A descriptor, or minus the errno. */
  #open(address: string): number {
    const type = layout.SOCK_DGRAM | layout.SOCK_NONBLOCK | layout.SOCK_CLOEXEC;
    const fd = this.#libc.socket(layout.family(address), type, 0);
    if (fd < 0) return -this.#libc.koffi.errno();
    const transmit = this.#options.transmitStamps ? layout.TX_SOFTWARE | layout.OPT_ID | layout.OPT_TSONLY : 0;
    const flags = layout.int32(layout.RX_SOFTWARE | layout.REPORT_SOFTWARE | transmit);
    this.#libc.setsockopt(fd, layout.SOL_SOCKET, layout.SO_TIMESTAMPING, flags, flags.length);
    return fd;
  }

  #send(fd: number, endpoint: Endpoint, request: Uint8Array): Sent | Delivery {
    const to = layout.sockaddr(endpoint);
    if (this.#libc.connect(fd, to, to.length) !== 0) return failed(this.#libc.koffi.errno());
    const before = this.#clocks.read();
    // Read right before the send: early can only widen.
    const userland = raw(this.#clocks.readRaw());
    if (Number(this.#libc.send(fd, request, request.length, 0)) !== request.length) return failed(this.#libc.koffi.errno());
    return { before, userland, transmit: this.#receive(fd, layout.MSG_ERRQUEUE).stamp };
  }

  async #await(fd: number, sent: Sent, timeoutMs: number, consider: Consider): Promise<Delivery> {
    const deadline = process.hrtime.bigint() + BigInt(Math.round(timeoutMs * 1e6));
    let transmit = sent.transmit;
    for (let datagrams = 1; ; ) {
      const got = this.#receive(fd, 0);
      if (got.kind === "error") return failed(got.errno);
      if (got.kind === "datagram") {
        if (consider(got.bytes) === "take") return this.#carry(sent, transmit ?? this.#receive(fd, layout.MSG_ERRQUEUE).stamp, got);
        // Whoever floods us with guesses must not cut the exchange short: only time ends it.
        if (datagrams++ % MOST_AT_ONCE !== 0) continue;
      } else transmit ??= this.#receive(fd, layout.MSG_ERRQUEUE).stamp;
      const left = Number((deadline - process.hrtime.bigint()) / 1_000_000n);
      if (left <= 0) return { kind: "failed", reason: "timeout" };
      // Also a stamp on its error queue wakes it.
      await this.#poller.wait(fd, Math.max(1, left));
      if (this.#isClosed) return { kind: "failed", reason: "timeout" };
    }
  }

  #carry(sent: Sent, transmit: bigint | null, got: Datagram): Delivery {
    const after = this.#clocks.read();
    if (wasSet(sent.before, after) || stepBetween(sent.before, after) !== 0n) return { kind: "failed", reason: "clock_stepped" };
    const steering = this.#options.steering();
    const slew = greaterSlew(slewAllowance(steering, sent.before.kernel ?? null), slewAllowance(steering, after.kernel ?? null));
    const carry = (stamp: bigint) => carryStamp(utc(stamp), sent.before, after, slew);
    const t1: CarriedStamp | null = transmit === null ? { raw: sent.userland, cap: 0n } : carry(transmit);
    const t4: CarriedStamp | null = got.stamp === null ? { raw: after.rawAfter, cap: 0n } : carry(got.stamp);
    if (t1 === null || t4 === null) return { kind: "failed", reason: "clock_stepped" };
    return { kind: "reply", bytes: got.bytes, t1, t4, mode: modeOf(transmit, got.stamp) };
  }

  #receive(fd: number, flags: number): Received {
    return this.#memory.receive(fd, flags | layout.MSG_DONTWAIT);
  }
}

/** What the two stamps of one exchange amount to, whatever the transport can do in general. */
const modeOf = (transmit: bigint | null, receive: bigint | null): StampMode =>
  receive === null ? "userland_clock" : transmit === null ? "kernel_receive" : "kernel_basic";

interface Sent {
  readonly before: HostReading;
  readonly userland: CarriedStamp["raw"];
  readonly transmit: bigint | null;
}

interface Datagram {
  readonly kind: "datagram";
  readonly bytes: Uint8Array;
  readonly stamp: bigint | null;
}

type Received =
  | Datagram
  | { readonly kind: "nothing"; readonly stamp: bigint | null }
  | { readonly kind: "error"; readonly errno: number; readonly stamp: null };

const EAGAIN = 11;

/** Memory at fixed addresses for recvmsg. Receiving is synchronous, so one set serves all sockets. */
class NativeMemory {
  readonly #libc: Libc;
  readonly #message: bigint;
  readonly #messageView: Uint8Array;
  readonly #payload: Uint8Array;
  readonly #control: Uint8Array;
  readonly #header: Uint8Array;

  constructor(libc: Libc) {
    this.#libc = libc;
    const allocate = (bytes: number): bigint => libc.koffi.alloc("uint8_t", bytes) as bigint;
    const view = (at: bigint, bytes: number) => new Uint8Array(libc.koffi.view(at, bytes));
    const [payload, control, vector] = [allocate(DATAGRAM_BYTES), allocate(layout.CONTROL_BYTES), allocate(layout.IOVEC_BYTES)];
    this.#message = allocate(layout.MSGHDR_BYTES);
    this.#messageView = view(this.#message, layout.MSGHDR_BYTES);
    this.#payload = view(payload, DATAGRAM_BYTES);
    this.#control = view(control, layout.CONTROL_BYTES);
    view(vector, layout.IOVEC_BYTES).set(layout.iovec(payload, DATAGRAM_BYTES));
    this.#header = layout.msghdr(vector, control, layout.CONTROL_BYTES);
  }

  receive(fd: number, flags: number): Received {
    this.#messageView.set(this.#header);
    const length = Number(this.#libc.recvmsg(fd, this.#message, flags));
    if (length < 0) {
      const errno = this.#libc.koffi.errno();
      return errno === EAGAIN ? { kind: "nothing", stamp: null } : { kind: "error", errno, stamp: null };
    }
    const stamp = layout.softwareStamp(this.#control.subarray(0, layout.controlLength(this.#messageView)));
    if ((flags & layout.MSG_ERRQUEUE) !== 0) return { kind: "nothing", stamp };
    return { kind: "datagram", bytes: this.#payload.slice(0, Math.min(length, DATAGRAM_BYTES)), stamp };
  }
}

/** Lets a few through at a time, in order. */
class Turnstile {
  #free: number;
  readonly #queue: (() => void)[] = [];

  constructor(places: number) {
    this.#free = places;
  }

  async enter(): Promise<void> {
    if (this.#free > 0) this.#free -= 1;
    else await new Promise<void>((resolve) => this.#queue.push(resolve));
  }

  leave(): void {
    const next = this.#queue.shift();
    if (next) next();
    else this.#free += 1;
  }
}

const ERRNO: Record<number, Failure> = {
  1: "not_permitted",
  13: "not_permitted",
  23: "out_of_descriptors",
  24: "out_of_descriptors",
  100: "network_unreachable",
  101: "network_unreachable",
  97: "network_unreachable",
  99: "network_unreachable",
  111: "connection_refused",
  112: "host_unreachable",
  113: "host_unreachable",
};

const failed = (errno: number): Delivery => ({ kind: "failed", reason: ERRNO[errno] ?? "send_failed" });

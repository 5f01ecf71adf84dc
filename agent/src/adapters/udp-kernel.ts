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
import { type CardStamps, modeOf, pairByCard, type StampPair } from "../card-stamps/card-exchange.ts";
import type { Card, StampingCards } from "../card-stamps/stamping-cards.ts";
import type { PhcReading } from "../phc/phc-reading.ts";
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
/** A card may tell its stamp of a request after the reply has come; ms that it is waited for. */
const LATE_STAMP_MS = 5;
/** Messages on an error queue that belong to one request: a stamp each of the kernel and the card, and some that are not ours. */
const MOST_STAMPS = 8;

export interface KernelTransportOptions {
  /** Rung 1 and 2 take both stamps from the kernel, rung 3 only the receive stamp. */
  readonly transmitStamps: boolean;
  /** Rung 1: the caller may interleave. */
  readonly mode: StampMode;
  /** Who steers REALTIME: what S rests on when stamps are carried to RAW. */
  readonly steering: () => Steering;
  /** Cards that stamp in hardware; absent = none is looked for. */
  readonly cards?: StampingCards | null;
}

/**
 * UDP through the kernel's own stamps (SO_TIMESTAMPING, software): taken where the packet leaves and enters the stack, so
 * that a busy event loop costs nothing. One fresh socket, and so one fresh port, for each exchange. No privilege needed.
 * Where the card that an exchange goes through stamps already, its stamps are asked for beside those.
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
    const card = this.#cardOf(fd);
    const before = this.#clocks.read();
    const looked = this.#lookAt(card);
    // Read right before the send: early can only widen.
    const userland = raw(this.#clocks.readRaw());
    if (Number(this.#libc.send(fd, request, request.length, 0)) !== request.length) return failed(this.#libc.koffi.errno());
    return { server: endpoint.address, before, userland, looked, transmit: this.#drain(fd, looked, NO_STAMPS) };
  }

  /** The card that stamps what leaves from the socket's own address, once the socket asks for its stamps too. */
  #cardOf(fd: number): Card | null {
    const { cards } = this.#options;
    if (!cards) return null;
    const [name, length] = [new Uint8Array(layout.SOCKADDR_BYTES), layout.int32(layout.SOCKADDR_BYTES)];
    if (this.#libc.getsockname(fd, name, length) !== 0) return null;
    const card = cards.cardFor(layout.readSockaddr(name).address);
    return card !== null && this.#askForCardStamps(fd, card, layout.sockaddrLength(name) === 16) ? card : null;
  }

  /** False = this kernel does not know all of it; then the socket stays as it was. */
  #askForCardStamps(fd: number, { transmit, receive }: Card, isV4: boolean): boolean {
    const sends = transmit ? layout.TX_HARDWARE | layout.OPT_TX_SWHW | layout.OPT_CMSG : layout.OPT_TSONLY;
    const software = layout.RX_SOFTWARE | layout.REPORT_SOFTWARE | layout.OPT_ID | (this.#options.transmitStamps ? layout.TX_SOFTWARE : 0);
    const flags = software | sends | (receive ? layout.RX_HARDWARE | layout.OPT_PKTINFO : 0) | layout.RAW_HARDWARE;
    const [level, name] = isV4 ? [layout.SOL_IP, layout.IP_PKTINFO] : [layout.SOL_IPV6, layout.IPV6_RECVPKTINFO];
    const set = (where: number, what: number, value: number) => this.#libc.setsockopt(fd, where, what, layout.int32(value), 4) === 0;
    return set(level, name, 1) && set(layout.SOL_SOCKET, layout.SO_TIMESTAMPING, flags);
  }

  /** The card's clock beside RAW; null = there is no card, or its clock cannot be read by now. */
  #lookAt(card: Card | null): Looked | null {
    if (card === null) return null;
    const reading = card.clock.read();
    if (typeof reading !== "string") return { card, reading };
    this.#options.cards?.took(card, "none", true);
    return null;
  }

  async #await(fd: number, sent: Sent, timeoutMs: number, consider: Consider): Promise<Delivery> {
    const deadline = process.hrtime.bigint() + BigInt(Math.round(timeoutMs * 1e6));
    let { transmit } = sent;
    for (let datagrams = 1; ; ) {
      const got = this.#receive(fd, 0);
      if (got.kind === "error") return failed(got.errno);
      if (got.kind === "datagram") {
        if (consider(got.bytes) === "take") return this.#take(fd, { ...sent, transmit }, got);
        // Whoever floods us with guesses must not cut the exchange short: only time ends it.
        if (datagrams++ % MOST_AT_ONCE !== 0) continue;
      } else transmit = this.#drain(fd, sent.looked, transmit);
      const left = Number((deadline - process.hrtime.bigint()) / 1_000_000n);
      if (left <= 0) return { kind: "failed", reason: "timeout" };
      // Also a stamp on its error queue wakes it.
      await this.#poller.wait(fd, Math.max(1, left));
      if (this.#isClosed) return { kind: "failed", reason: "timeout" };
    }
  }

  /** The clocks are looked at before anything is waited for: a stamp may come late, but it was taken before. */
  async #take(fd: number, sent: Sent, got: Datagram): Promise<Delivery> {
    const looked = this.#lookAt(sent.looked?.card ?? null);
    const after = this.#clocks.read();
    const transmit = isWhole(sent.transmit, looked) ? sent.transmit : await this.#lateStamp(fd, looked, sent.transmit);
    // What was closed meanwhile takes no clock up again.
    if (this.#isClosed) return { kind: "failed", reason: "timeout" };
    return this.#carry({ ...sent, transmit }, got, after, looked);
  }

  /** What is there by now; and where a card owes its stamp, what comes soon. */
  async #lateStamp(fd: number, looked: Looked | null, so: Stamped): Promise<Stamped> {
    const deadline = process.hrtime.bigint() + BigInt(LATE_STAMP_MS * 1e6);
    const untilThen = (): number => Number((deadline - process.hrtime.bigint()) / 1_000_000n);
    let found = this.#drain(fd, looked, so);
    for (let left = LATE_STAMP_MS; looked !== null && !this.#isClosed && !isWhole(found, looked) && left > 0; left = untilThen()) {
      await this.#poller.wait(fd, left);
      // What else comes would wake it again and again.
      for (let at = 0; at < MOST_AT_ONCE && !this.#isClosed && this.#receive(fd, 0).kind === "datagram"; at++);
      if (!this.#isClosed) found = this.#drain(fd, looked, found);
    }
    return found;
  }

  /** Takes what stamps of the request are there, and whatever else: what stays on its error queue would wake a socket again and again. */
  #drain(fd: number, looked: Looked | null, so: Stamped): Stamped {
    let found = so;
    for (let turn = 0; turn < MOST_STAMPS; turn++) {
      const got = this.#receive(fd, layout.MSG_ERRQUEUE);
      if (got.kind !== "stamp") break;
      found = {
        software: found.software ?? got.stamped.software,
        hardware: found.hardware ?? ofCard(got.stamped, looked),
        interface: null,
      };
    }
    return found;
  }

  #carry(sent: Sent, got: Datagram, after: HostReading, looked: Looked | null): Delivery {
    const kernel = this.#pairByKernel(sent, got, after);
    if (kernel === null) return { kind: "failed", reason: "clock_stepped" };
    const plain = { kind: "reply" as const, bytes: got.bytes, t1: kernel.t1, t4: kernel.t4, mode: modeOf(kernel.by) };
    if (looked === null || sent.looked === null) return plain;
    const stamps = { transmit: sent.transmit.hardware, receive: ofCard(got.stamped, looked) };
    const pair = this.#pairByCard(kernel, stamps, { card: looked.card, before: sent.looked.reading, after: looked.reading });
    if (pair === kernel) return plain;
    const { t1, t4, mode } = plain;
    const disagrees = () => this.#options.cards?.disagreed(looked.card, sent.server);
    return { ...plain, t1: pair.t1, t4: pair.t4, mode: modeOf(pair.by), kernel: { t1, t4, mode, disagrees } };
  }

  /** Null = REALTIME was set meanwhile. */
  #pairByKernel({ before, userland, transmit }: Sent, { stamped }: Datagram, after: HostReading): StampPair | null {
    if (wasSet(before, after) || stepBetween(before, after) !== 0n) return null;
    const steering = this.#options.steering();
    const slew = greaterSlew(slewAllowance(steering, before.kernel ?? null), slewAllowance(steering, after.kernel ?? null));
    const carry = (stamp: bigint) => carryStamp(utc(stamp), before, after, slew);
    const t1: CarriedStamp | null = transmit.software === null ? { raw: userland, cap: 0n } : carry(transmit.software);
    const t4: CarriedStamp | null = stamped.software === null ? { raw: after.rawAfter, cap: 0n } : carry(stamped.software);
    if (t1 === null || t4 === null) return null;
    return { t1, t4, by: { t1: transmit.software === null ? "us" : "kernel", t4: stamped.software === null ? "us" : "kernel" } };
  }

  #pairByCard(kernel: StampPair, stamps: CardStamps, { card, before, after }: CardScene): StampPair {
    const { pair, outcome } = pairByCard(kernel, stamps, { before, after, slew: card.slew });
    const isMissing = (card.transmit && stamps.transmit === null) || (card.receive && stamps.receive === null);
    this.#options.cards?.took(card, outcome, isMissing);
    return outcome === "both" || outcome === "one" ? pair : kernel;
  }

  #receive(fd: number, flags: number): Received {
    return this.#memory.receive(fd, flags | layout.MSG_DONTWAIT);
  }
}

interface Sent {
  /** Address of whoever is asked. */
  readonly server: string;
  readonly before: HostReading;
  readonly userland: CarriedStamp["raw"];
  readonly looked: Looked | null;
  readonly transmit: Stamped;
}

/** A card, and its clock beside RAW at one moment. */
interface Looked {
  readonly card: Card;
  readonly reading: PhcReading;
}

interface CardScene {
  readonly card: Card;
  readonly before: PhcReading;
  readonly after: PhcReading;
}

/** The stamps of one packet; null = none came. */
interface Stamped {
  readonly software: bigint | null;
  readonly hardware: bigint | null;
  /** Index of the interface whose card it was. */
  readonly interface: number | null;
}

const NO_STAMPS: Stamped = { software: null, hardware: null, interface: null };

/** A packet may leave or come through another card than the routes say: whose clock is not looked at, whose stamp means nothing. */
const ofCard = (stamped: Stamped, looked: Looked | null): bigint | null =>
  looked !== null && stamped.interface === looked.card.index ? stamped.hardware : null;

/** Nothing more is to be waited for. */
const isWhole = ({ software, hardware }: Stamped, looked: Looked | null): boolean =>
  software !== null && (looked === null || !looked.card.transmit || hardware !== null);

interface Datagram {
  readonly kind: "datagram";
  readonly bytes: Uint8Array;
  readonly stamped: Stamped;
}

type Received =
  | Datagram
  | { readonly kind: "stamp"; readonly stamped: Stamped }
  | { readonly kind: "nothing" }
  | { readonly kind: "error"; readonly errno: number };

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
      return errno === EAGAIN ? { kind: "nothing" } : { kind: "error", errno };
    }
    const control = this.#control.subarray(0, layout.controlLength(this.#messageView));
    const own = { software: layout.softwareStamp(control), hardware: layout.hardwareStamp(control) };
    if ((flags & layout.MSG_ERRQUEUE) !== 0) return { kind: "stamp", stamped: { ...own, interface: layout.leavingInterface(control) } };
    const stamped = { ...own, interface: layout.stampingInterface(control) };
    return { kind: "datagram", bytes: this.#payload.slice(0, Math.min(length, DATAGRAM_BYTES)), stamped };
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

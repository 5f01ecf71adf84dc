import { fromUtc, type ServerState } from "@truebound/ntp";
import { type Glance, raw, type UtcInstant, utc } from "@truebound/time";
import type { Endpoint } from "../probe/ports.ts";
import { CannotListen } from "../responder/cannot-listen.ts";
import { SENT_WITHIN } from "../responder/own-state.ts";
import type { ResponderCounts } from "../responder/ports.ts";
import { type Response, type Rules, respond, type Silence } from "../responder/respond.ts";
import { heldUntil } from "../responder/ruler-reading.ts";
import { type Ruler, RulerTeller, type Telling } from "../responder/ruler-teller.ts";
import type { Libc } from "./libc.ts";
import type { Poller } from "./poller.ts";
import * as layout from "./socket-layout.ts";

export interface ResponderOptions {
  /** "::" = every address of the host, of either kind. */
  readonly listen: Endpoint;
  readonly rules: Rules;
  /** What the host says of itself when its RAW reads so. */
  readonly state: (glance: Glance, stamp: UtcInstant | null) => ServerState;
  /** Absent: nothing is told of it. */
  readonly ruler?: Ruler;
}

/** Of `KernelClocks`, what a responder reads. */
export interface ResponderClocks {
  glance(): Glance;
  readRaw(): bigint;
  readRealtime(): UtcInstant;
}

const DATAGRAM_BYTES = 2048;
/** Then others get their turn: the host's own measurements come first. */
const MOST_AT_ONCE = 64;
const WAIT_MS = 60_000;
/** Sends whose stamp the kernel has not told yet. */
const MOST_UNSTAMPED = 256;
const MOST_ATTEMPTS = 16;

/**
 * Answers NTP requests on one socket. A request is stamped by the kernel as it arrives, and the clock is read right before
 * the reply is sent: however late this process comes to it, that only lengthens the hold, which the asker knows. When a reply
 * left is stamped by the kernel too, and told to whoever asks for it with its next request (interleaved, RFC 9769). Whoever has
 * room for it is told when that was on this host's ruler.
 */
export class UdpResponder {
  readonly #libc: Libc;
  readonly #clocks: ResponderClocks;
  readonly #poller: Poller;
  readonly #options: ResponderOptions;
  readonly #fd: number;
  readonly #memory: ResponderMemory;
  readonly #teller: RulerTeller | null;
  /** By the number of the send that answered a request. */
  readonly #unstamped = new Map<number, Unstamped>();
  readonly #silent: Record<Silence, number> = { not_a_request: 0, stranger: 0, over_limit: 0 };
  #answered = 0;
  #unsent = 0;
  #sends = 0;
  #isClosed = false;
  readonly #ended: Promise<void>;

  /** Throws where the address cannot be listened on, and says why. */
  constructor(libc: Libc, clocks: ResponderClocks, poller: Poller, options: ResponderOptions) {
    this.#libc = libc;
    this.#clocks = clocks;
    this.#poller = poller;
    this.#options = options;
    // Before the socket is there: no request is older.
    this.#teller = options.ruler === undefined ? null : new RulerTeller(options.ruler, clocks.glance());
    this.#fd = openSocket(libc, options.listen);
    this.#memory = new ResponderMemory(libc);
    this.#ended = this.#serve();
  }

  get counts(): ResponderCounts {
    return { answered: this.#answered, silent: { ...this.#silent }, unsent: this.#unsent };
  }

  /** Where it listens: the port that was chosen where 0 was asked for. */
  get port(): number {
    const address = new Uint8Array(layout.SOCKADDR_BYTES);
    this.#libc.getsockname(this.#fd, address, layout.int32(address.length));
    return layout.readSockaddr(address).port;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#poller.release(this.#fd);
    await this.#ended;
    this.#libc.close(this.#fd);
    this.#memory.free(this.#libc);
  }

  async #serve(): Promise<void> {
    while (!this.#isClosed) {
      await this.#poller.wait(this.#fd, WAIT_MS);
      while (!this.#isClosed && this.#answerSome()) await new Promise((resolve) => setImmediate(resolve));
    }
  }

  /** True when it is worth looking again at once: where one came, more come, and to be woken costs as much as a dozen answers. */
  #answerSome(): boolean {
    this.#collectStamps();
    for (let count = 0; count < MOST_AT_ONCE; count++) {
      const request = this.#memory.receive(this.#libc, this.#fd, layout.MSG_DONTWAIT);
      if (request === null) {
        this.#teller?.queueWasEmpty();
        return count > 0;
      }
      this.#answer(request);
    }
    return true;
  }

  #answer({ bytes, from, control }: Received): void {
    const stamped = layout.softwareStamp(control);
    const stamp = stamped === null ? null : utc(stamped);
    // A request without a stamp was received by now, at the latest: that can only widen.
    const receive = fromUtc(stamp ?? this.#clocks.readRealtime());
    const response = respond(this.#options.rules, bytes, layout.readSockaddr(from).address, receive, performance.now());
    if (response.kind === "silence") {
      this.#silent[response.why] += 1;
      return;
    }
    const glance = this.#reply(response, stamp, from, layout.replyFrom(control));
    if (glance === null) {
      this.#unsent += 1;
      return;
    }
    this.#answered += 1;
    this.#unstamped.set(this.#sends, { receive, from: glance.realtime });
    this.#sends = (this.#sends + 1) >>> 0;
    if (this.#unstamped.size > MOST_UNSTAMPED) this.#unstamped.delete(this.#unstamped.keys().next().value as number);
  }

  /**
   * Written anew where this process was held up in between: what is said of this clock is of a moment ago. Gives the glance that it
   * rests on; null = nothing was sent.
   */
  #reply(response: Reply, stamp: UtcInstant | null, to: Uint8Array, source: Uint8Array): Glance | null {
    for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
      const glance = this.#clocks.glance();
      const telling = this.#tellingOf(response, stamp, glance);
      if (telling.kind === "no_reply") return null;
      const said = this.#options.state(glance, stamp);
      const transmit = fromUtc(this.#clocks.readRealtime());
      // Behind the stamp that is told: what is said of this clock holds for that long, and no longer.
      const now = raw(this.#clocks.readRaw());
      if (now - glance.rawAfter > SENT_WITHIN) continue;
      // From here on nothing is waited for: what passes makes the reply's stamp early, and its reader's interval wider.
      const reading = telling.kind === "reading" ? { ruler: telling.ruler, ...telling.at, hold: heldUntil(telling.at, now) } : null;
      return this.#memory.send(this.#libc, this.#fd, response.write(said, transmit, reading), to, source) ? glance : null;
    }
    return null;
  }

  #tellingOf({ asksForRuler }: Reply, stamp: UtcInstant | null, glance: Glance): Telling {
    return asksForRuler && this.#teller !== null ? this.#teller.tell(stamp, glance) : { kind: "nothing" };
  }

  /** When replies left, as the kernel saw it. One that left later than what it said holds for, or across a step, is not told of again. */
  #collectStamps(): void {
    for (let count = 0; count < MOST_AT_ONCE; count++) {
      const told = this.#memory.receive(this.#libc, this.#fd, layout.MSG_DONTWAIT | layout.MSG_ERRQUEUE);
      if (told === null) return;
      const [id, stamp] = [layout.stampId(told.control), layout.softwareStamp(told.control)];
      const sent = id === null ? undefined : this.#unstamped.get(id);
      if (id === null || stamp === null || sent === undefined) continue;
      this.#unstamped.delete(id);
      if (stamp < sent.from || stamp - sent.from > SENT_WITHIN) continue;
      this.#options.rules.memory.remember(sent.receive, fromUtc(utc(stamp)));
    }
  }
}

type Reply = Extract<Response, { kind: "reply" }>;

/** A reply of which the kernel has not told yet when it left. */
interface Unstamped {
  /** Receive stamp of the request. */
  readonly receive: bigint;
  /** REALTIME at the glance on which the reply rests. */
  readonly from: UtcInstant;
}

function openSocket(libc: Libc, listen: Endpoint): number {
  const type = layout.SOCK_DGRAM | layout.SOCK_NONBLOCK | layout.SOCK_CLOEXEC;
  const family = layout.family(listen.address);
  const fd = libc.socket(family, type, 0);
  const failed = () => {
    const errno = libc.koffi.errno();
    if (fd >= 0) libc.close(fd);
    return new CannotListen(listen, errno);
  };
  if (fd < 0) throw failed();
  const set = (level: number, name: number, value: number) => libc.setsockopt(fd, level, name, layout.int32(value), 4);
  const stamps = layout.RX_SOFTWARE | layout.TX_SOFTWARE | layout.REPORT_SOFTWARE | layout.OPT_ID | layout.OPT_TSONLY;
  set(layout.SOL_SOCKET, layout.SO_TIMESTAMPING, stamps);
  if (family === layout.AF_INET6) {
    set(layout.SOL_IPV6, layout.IPV6_V6ONLY, 0);
    set(layout.SOL_IPV6, layout.IPV6_RECVPKTINFO, 1);
  } else set(layout.SOL_IP, layout.IP_PKTINFO, 1);
  const address = layout.sockaddr(listen);
  if (libc.bind(fd, address, address.length) !== 0) throw failed();
  return fd;
}

/** Parts of one message; they live until the next one is received. */
interface Received {
  readonly bytes: Uint8Array;
  readonly from: Uint8Array;
  readonly control: Uint8Array;
}

/** Memory at fixed addresses for recvmsg and sendmsg, which are never under way at once. */
class ResponderMemory {
  readonly #message: bigint;
  readonly #views: { readonly message: Uint8Array; readonly payload: Uint8Array; readonly control: Uint8Array; readonly name: Uint8Array };
  readonly #at: { readonly payload: bigint; readonly control: bigint; readonly vector: bigint; readonly name: bigint };
  readonly #vector: Uint8Array;

  constructor(libc: Libc) {
    const allocate = (bytes: number): bigint => libc.koffi.alloc("uint8_t", bytes) as bigint;
    const view = (at: bigint, bytes: number) => new Uint8Array(libc.koffi.view(at, bytes));
    this.#message = allocate(layout.MSGHDR_BYTES);
    this.#at = {
      payload: allocate(DATAGRAM_BYTES),
      control: allocate(layout.CONTROL_BYTES),
      vector: allocate(layout.IOVEC_BYTES),
      name: allocate(layout.SOCKADDR_BYTES),
    };
    this.#vector = view(this.#at.vector, layout.IOVEC_BYTES);
    this.#views = {
      message: view(this.#message, layout.MSGHDR_BYTES),
      payload: view(this.#at.payload, DATAGRAM_BYTES),
      control: view(this.#at.control, layout.CONTROL_BYTES),
      name: view(this.#at.name, layout.SOCKADDR_BYTES),
    };
  }

  /** null = nothing is there. */
  receive(libc: Libc, fd: number, flags: number): Received | null {
    this.#prepare(DATAGRAM_BYTES, layout.CONTROL_BYTES, layout.SOCKADDR_BYTES);
    const length = Number(libc.recvmsg(fd, this.#message, flags));
    if (length < 0) return null;
    const { message, payload, control, name } = this.#views;
    return {
      bytes: payload.slice(0, Math.min(length, DATAGRAM_BYTES)),
      from: name.slice(),
      control: control.slice(0, layout.controlLength(message)),
    };
  }

  send(libc: Libc, fd: number, bytes: Uint8Array, to: Uint8Array, source: Uint8Array): boolean {
    const { payload, control, name } = this.#views;
    payload.set(bytes);
    control.set(source);
    name.set(to);
    this.#prepare(bytes.length, source.length, layout.sockaddrLength(to));
    return Number(libc.sendmsg(fd, this.#message, layout.MSG_DONTWAIT)) === bytes.length;
  }

  free(libc: Libc): void {
    for (const at of [this.#message, ...Object.values(this.#at)]) libc.koffi.free(at);
  }

  #prepare(payload: number, control: number, name: number): void {
    this.#vector.set(layout.iovec(this.#at.payload, payload));
    this.#views.message.set(layout.msghdr(this.#at.vector, this.#at.control, control));
    layout.setName(this.#views.message, this.#at.name, name);
  }
}

import { createSocket, type Socket } from "node:dgram";
import { type PartsPerBillion, ppb, raw, tightest, utc } from "@truebound/time";
import { afterEach, describe, expect, it } from "vitest";
import { StampingCards } from "../card-stamps/stamping-cards.ts";
import type { PhcReading } from "../phc/phc-reading.ts";
import type { Consider, Delivery } from "../probe/ports.ts";
import { type Rung, selfTest } from "./ladder.ts";
import { type Libc, loadLibc } from "./libc.ts";
import * as nic from "./nic-layout.ts";
import { NicReader } from "./nic-reader.ts";
import { KernelClocks } from "./os-clock.ts";
import { Poller } from "./poller.ts";
import { nonceSource } from "./random.ts";
import * as layout from "./socket-layout.ts";
import { KernelTransport } from "./udp-kernel.ts";

const { libc, why } = loadLibc();
const SLEW: PartsPerBillion = ppb(100_000n);
const LO = 1;

/** What a card that is played on the loopback does. */
interface Play {
  /** struct hwtstamp_config; null = EOPNOTSUPP. */
  config: readonly [flags: number, txType: number, rxFilter: number] | null;
  /** Index of the interface that stands beside its stamps. */
  transmitsBy: number;
  receivesBy: number;
  /** How many reads of the error queue its stamp of a request is late by; Infinity = it never comes. */
  lateBy: number;
  /** ns between the kernel's stamp and its own: later for what leaves, earlier for what comes. */
  apart: bigint;
  /** ns by which its clock is stepped when something has come. */
  stepBy: bigint;
  /** ns by which its clock is looked at earlier, before the send, and later, after the receipt. */
  aside: bigint;
}

const SOUND: Play = { config: [0, 1, 1], transmitsBy: LO, receivesBy: LO, lateBy: 0, apart: 100n, stepBy: 0n, aside: 0n };

/**
 * Real sockets, a real kernel and its real stamps, on the loopback; before them, at the level of libc, a card that is not there. Its clock
 * goes 40 ppm fast on RAW and keeps a time of its own. Each of its stamps is beside the kernel's own of the same packet.
 */
class PlayedCard {
  readonly play: Play;
  readonly libc: Libc;
  readonly flags: number[] = [];
  readonly calls = new Set<number>();
  /** What it stamped, on RAW. */
  readonly stamped = { transmit: 0n, receive: 0n };
  #owed: bigint | null = null;
  #isSent = false;
  #stepped = 0n;
  readonly #native: Libc;
  readonly #clocks: KernelClocks;

  constructor(native: Libc, clocks: KernelClocks, play: Partial<Play>) {
    this.play = { ...SOUND, ...play };
    this.#native = native;
    this.#clocks = clocks;
    this.libc = {
      ...native,
      ioctl: (fd, request, argument) => this.#ioctl(fd, request, argument),
      setsockopt: (fd, level, name, value, length) => {
        if (name === layout.SO_TIMESTAMPING) this.flags.push(new DataView(value.buffer).getInt32(0, true));
        return native.setsockopt(fd, level, name, value, length);
      },
      send: (fd, bytes, length, flags) => {
        this.#isSent = true;
        return native.send(fd, bytes, length, flags);
      },
      recvmsg: (fd, message, flags) => this.#recvmsg(fd, message, flags),
    };
  }

  shows = (at: bigint): bigint => 37_123_456_789n + at + (at * 40n) / 1_000_000n + this.#stepped;

  read = (): PhcReading => {
    const aside = this.#isSent ? this.play.aside : -this.play.aside;
    this.#isSent = false;
    return tightest(Array.from({ length: 5 }, () => this.#readAt(aside)));
  };

  #readAt(aside: bigint): PhcReading {
    const [before = 0n, at = 0n, after = 0n] = [1, 2, 3].map(() => this.#clocks.readRaw() + aside);
    return { rawBefore: raw(before), rawAfter: raw(after), realtime: utc(this.shows(at)), method: "extended" };
  }

  #ioctl(fd: number, request: number, argument: Uint8Array): number {
    this.calls.add(request);
    const put = (words: readonly number[]) => {
      const at = new DataView(argument.buffer, argument.byteOffset).getBigUint64(16, true);
      new Uint8Array(this.#native.koffi.view(at, 4 * words.length)).set(new Uint8Array(Int32Array.from(words).buffer));
      return 0;
    };
    if (request === nic.SIOCGHWTSTAMP && this.play.config !== null) return put(this.play.config);
    if (request === nic.SIOCETHTOOL) return put([0x41, 0x5d, 0, 3, 0, 0, 0, 3, 0, 0, 0]);
    return this.#native.ioctl(fd, request, argument);
  }

  #recvmsg(fd: number, message: bigint, flags: number): number | bigint {
    const isStamp = (flags & layout.MSG_ERRQUEUE) !== 0;
    if (isStamp && this.#owed !== null && this.play.lateBy-- <= 0) {
      this.#write(message, stampMessage(0n, this.#owed), pktinfo(this.play.transmitsBy));
      this.#owed = null;
      return 0;
    }
    const length = this.#native.recvmsg(fd, message, flags);
    if (Number(length) < 0) return length;
    const software = layout.softwareStamp(this.#control(message));
    if (software === null) return length;
    const at = software - this.#realtimeMinusRaw() + (isStamp ? this.play.apart : -this.play.apart);
    this.stamped[isStamp ? "transmit" : "receive"] = at;
    if (isStamp) this.#owed = this.play.config?.[1] === 1 ? this.shows(at) : null;
    else if (this.play.config?.[2] === 1) this.#write(message, stampMessage(software, this.shows(at)), scmPktinfo(this.play.receivesBy));
    if (!isStamp) this.#stepped += this.play.stepBy;
    return length;
  }

  #realtimeMinusRaw(): bigint {
    const { realtime, rawBefore, rawAfter } = this.#clocks.read();
    return realtime - (rawBefore + rawAfter) / 2n;
  }

  #header = (message: bigint): DataView => new DataView(this.#native.koffi.view(message, layout.MSGHDR_BYTES));

  #control(message: bigint): Uint8Array {
    const header = this.#header(message);
    return new Uint8Array(this.#native.koffi.view(header.getBigUint64(32, true), Number(header.getBigUint64(40, true))));
  }

  #write(message: bigint, ...parts: readonly Uint8Array[]): void {
    const header = this.#header(message);
    const bytes = Buffer.concat(parts);
    new Uint8Array(this.#native.koffi.view(header.getBigUint64(32, true), layout.CONTROL_BYTES)).set(bytes);
    header.setBigUint64(40, BigInt(bytes.length), true);
  }
}

/** One struct cmsghdr and what it carries, as linux/socket.h has it. */
function cmsg(level: number, type: number, data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array((16 + data.length + 7) & ~7);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(16 + data.length), true);
  view.setInt32(8, level, true);
  view.setInt32(12, type, true);
  bytes.set(data, 16);
  return bytes;
}

/** struct scm_timestamping: the software's, one out of use, the card's. */
function stampMessage(software: bigint, hardware: bigint): Uint8Array {
  const SECOND = 1_000_000_000n;
  const words = [software / SECOND, software % SECOND, 0n, 0n, hardware / SECOND, hardware % SECOND];
  return cmsg(1, 37, new Uint8Array(BigInt64Array.from(words).buffer));
}

const words = (...numbers: number[]): Uint8Array => new Uint8Array(Int32Array.from(numbers).buffer);
/** struct in_pktinfo beside what left, struct scm_ts_pktinfo beside what came. */
const pktinfo = (index: number): Uint8Array => cmsg(0, 8, words(index, 0x0100007f, 0x0100007f));
const scmPktinfo = (index: number): Uint8Array => cmsg(1, 58, words(index, 90, 0, 0));

describe.skipIf(libc === null)(`an exchange through a card that stamps${why ? ` (skipped: ${why})` : ""}`, () => {
  const native = libc as Libc;
  const open: { close(): void }[] = [];
  afterEach(() => {
    for (const one of open.splice(0).reverse()) one.close();
  });

  async function echo(): Promise<number> {
    const socket: Socket = createSocket("udp4");
    socket.on("message", (bytes, from) => socket.send(bytes, from.port, from.address));
    await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", resolve));
    open.push(socket);
    return socket.address().port;
  }

  async function scene(play: Partial<Play>) {
    const clocks = new KernelClocks(native);
    const card = new PlayedCard(native, clocks, play);
    const reader = new NicReader(card.libc);
    const cards = new StampingCards({
      ask: (name) => reader.ask(name),
      interfaces: () => reader.interfaces(),
      interfaceOf: (address) => reader.interfaceOf(address),
      mayPtp4lRun: () => false,
      openClock: () => ({ read: card.read, maxSlew: () => SLEW, errorBound: () => null, close: () => undefined }),
      now: () => process.hrtime.bigint(),
    });
    const poller = new Poller(card.libc);
    const steering = () => ({ kind: "unknown" as const });
    const transport = new KernelTransport(card.libc, clocks, poller, { mode: "kernel_basic", transmitStamps: true, steering, cards });
    open.push(clocks, poller, transport);
    const port = await echo();
    const exchange = (consider: Consider = () => "take") =>
      transport.exchange({ address: "127.0.0.1", port }, Uint8Array.of(1, 2, 3), 5000, consider);
    const outcomes = () => cards.states().find((one) => one.interface === "lo")?.outcomes;
    const rung: Rung = { mode: "hardware_basic", clocks, transport, interleave: false, clockSet: null, close: () => undefined };
    return { card, cards, exchange, outcomes, rung };
  }

  type Reply = Extract<Delivery, { kind: "reply" }>;
  const reply = (delivery: Delivery): Reply => {
    if (delivery.kind === "failed") throw new Error(delivery.reason);
    return delivery;
  };
  const away = (at: bigint, other: bigint) => (at > other ? at - other : other - at);

  it("takes both its stamps, and each holds the instant at which it stamped; no call that sets anything is made", async () => {
    const { card, exchange, outcomes } = await scene({});
    for (let turn = 0; turn < 20; turn++) {
      const { t1, t4, mode, kernel } = reply(await exchange());
      // Held up at the wrong moment, a look at the card may be wider than one at the host.
      if (mode !== "hardware_basic") continue;
      // How well the play itself knows the instant: the bracket of a look at REALTIME.
      expect(away(t1.raw, card.stamped.transmit)).toBeLessThanOrEqual(t1.cap + 5_000n);
      expect(away(t4.raw, card.stamped.receive)).toBeLessThanOrEqual(t4.cap + 5_000n);
      expect(kernel?.mode).toBe("kernel_basic");
      expect((kernel?.t1.raw ?? 0n) - (kernel?.t1.cap ?? 0n)).toBeLessThan(t1.raw - t1.cap);
    }
    expect(outcomes()?.both).toBeGreaterThan(10);
    expect(Object.keys(outcomes() ?? {}).filter((one) => !["both", "one", "none"].includes(one))).toEqual([]);
    expect([...card.calls].sort((one, other) => one - other)).toEqual([nic.SIOCGIFINDEX, nic.SIOCETHTOOL, nic.SIOCGHWTSTAMP]);
  });

  it("proves by them what is true: this host measured against itself is off by zero", async () => {
    const { rung, outcomes } = await scene({});
    const told: (string | null)[] = [];
    for (let turn = 0; turn < 8; turn++) told.push(await selfTest(rung, nonceSource()));
    // Whoever is held up in a look at the card has the kernel's stamps for once; what is proved by those is no matter here.
    expect(told.filter((one) => one !== null && !one.startsWith("the kernel gave stamps of"))).toEqual([]);
    expect(told).toContain(null);
    expect(outcomes()?.both).toBeGreaterThan(8);
  });

  it("asks for a card's stamps only where it stamps, and only of the packets that it stamps", async () => {
    const asked = async (config: Play["config"]): Promise<number> => {
      const { card, exchange } = await scene({ config });
      await exchange();
      return card.flags.at(-1) ?? 0;
    };
    const { TX_HARDWARE, RX_HARDWARE, RAW_HARDWARE, OPT_TX_SWHW, OPT_PKTINFO, OPT_TSONLY, TX_SOFTWARE, RX_SOFTWARE } = layout;
    const hardware = TX_HARDWARE | RX_HARDWARE | RAW_HARDWARE | OPT_TX_SWHW | OPT_PKTINFO;
    const flags = [await asked([0, 1, 15]), await asked([0, 1, 12]), await asked([0, 0, 1]), await asked([0, 0, 0]), await asked(null)];
    expect(flags.map((one) => one & hardware)).toEqual([
      hardware,
      TX_HARDWARE | RAW_HARDWARE | OPT_TX_SWHW,
      RX_HARDWARE | RAW_HARDWARE | OPT_PKTINFO,
      0,
      0,
    ]);
    for (const one of flags) expect(one & (TX_SOFTWARE | RX_SOFTWARE)).toBe(TX_SOFTWARE | RX_SOFTWARE);
    // Without the packet beside its stamp nobody says through which card it left.
    expect(flags.map((one) => (one & OPT_TSONLY) !== 0)).toEqual([false, false, true, true, true]);
  });

  it("waits a moment for a stamp that is told after the reply came, and takes the kernel's where it never is", async () => {
    const late = await scene({ lateBy: 2 });
    expect(reply(await late.exchange()).mode).toBe("hardware_basic");
    const never = await scene({ lateBy: Number.POSITIVE_INFINITY });
    expect(reply(await never.exchange())).toMatchObject({ mode: "kernel_basic", kernel: { mode: "kernel_basic" } });
    for (let turn = 0; turn < 3; turn++) await never.exchange();
    // After three that were missing it has rest.
    expect([never.outcomes(), never.cards.states().at(-1)?.found]).toEqual([{ one: 3, missing: 3 }, "stamps_missing"]);
  });

  it("asks no card anything once it is closed while it waits: as if nobody had answered", async () => {
    const { cards, exchange, outcomes, rung } = await scene({ lateBy: Number.POSITIVE_INFINITY });
    const delivery = await exchange(() => {
      setImmediate(() => {
        for (const one of [rung.transport, cards]) one.close();
      });
      return "take";
    });
    open.splice(open.indexOf(rung.transport), 1);
    expect([delivery, outcomes()]).toEqual([{ kind: "failed", reason: "timeout" }, {}]);
  });

  it.each([
    ["left through another card", { transmitsBy: 7 }],
    ["came through another card", { receivesBy: 7 }],
  ])("takes no stamp of a packet that %s, whose clock it did not look at", async (_, play) => {
    const { exchange, outcomes } = await scene(play);
    expect(reply(await exchange()).mode).toBe("kernel_basic");
    expect(outcomes()).toEqual({ one: 1, missing: 1 });
  });

  it("takes the kernel's where the card's clock is stepped between its looks, and counts that", async () => {
    const { exchange, outcomes } = await scene({ stepBy: 500_000_000n });
    const delivery = reply(await exchange());
    expect([delivery.mode, delivery.kernel]).toEqual(["kernel_basic", undefined]);
    expect(outcomes()).toEqual({ clock_stepped: 1 });
  });

  it("gives up a card whose stamps cannot be of these packets", async () => {
    const { exchange, cards, outcomes } = await scene({ apart: -3_000_000n, aside: 10_000_000n });
    const told: string[] = [];
    cards.gaveUp = (name, reason) => void told.push(`${name} ${reason}`);
    for (let turn = 0; turn < 4; turn++) expect(reply(await exchange()).mode).toBe("kernel_basic");
    expect(told).toEqual(["lo contradicts_kernel"]);
    expect(outcomes()).toEqual({ contradicts_kernel: 3 });
  });

  it("takes what servers say against its stamps for another witness, each server once", async () => {
    const { exchange, cards } = await scene({});
    const { kernel } = reply(await exchange());
    for (let turn = 0; turn < 3; turn++) kernel?.disagrees();
    expect(cards.states().find((one) => one.interface === "lo")).toMatchObject({
      outcomes: { both: 1, disagrees: 3 },
      found: { index: LO },
    });
  });
});

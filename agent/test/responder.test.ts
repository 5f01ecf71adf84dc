import { createSocket, type Socket } from "node:dgram";
import { networkInterfaces } from "node:os";
import { nonceSource, rungs } from "@truebound/agent";
import { askForRuler, decode, type Packet, readRuler, TransmitMemory, toUtc } from "@truebound/ntp";
import {
  answering,
  chronydPath,
  measureRuler,
  measureRung,
  newRun,
  type RulerExchange,
  rungResult,
  startChronydServer,
} from "@truebound/testkit";
import { contains, type Glance, type RawInstant, raw, UNKNOWN_SLEW, utc } from "@truebound/time";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { loadLibc } from "../src/adapters/libc.ts";
import { KernelClocks } from "../src/adapters/os-clock.ts";
import { Poller } from "../src/adapters/poller.ts";
import { type ResponderClocks, UdpResponder } from "../src/adapters/udp-responder.ts";
import { Limiter } from "../src/responder/limiter.ts";
import { ownState } from "../src/responder/own-state.ts";
import { keepStamping } from "./keep-stamping.ts";

const { libc } = loadLibc();
const hasSix = Object.values(networkInterfaces()).some((addresses) => addresses?.some(({ address }) => address === "::1"));

describe.skipIf(libc === null)("the responder, over real sockets (skipped: koffi not found)", () => {
  const native = libc as NonNullable<typeof libc>;
  let clocks: KernelClocks;
  let poller: Poller;
  let running: UdpResponder[] = [];
  let letStampingGo: () => Promise<void>;
  beforeAll(async () => {
    letStampingGo = await keepStamping();
    clocks = new KernelClocks(native);
    poller = new Poller(native);
  });
  afterEach(async () => {
    await Promise.all(running.map((responder) => responder.close()));
    running = [];
  });
  afterAll(async () => {
    poller.close();
    clocks.close();
    await letStampingGo();
  });

  function start(address: string, { proven = true, isPeer = everybody, rate = 1e6, read = clocks as ResponderClocks } = {}): UdpResponder {
    const limits = { rate, burst: rate, total: 1e6, remembered: 4_096 };
    const rules = { isPeer, limiter: new Limiter(Math.random, limits), memory: new TransmitMemory() };
    const guaranteed = { lo: -20_000n, hi: 20_000n };
    const state = () => ownState({ guaranteed, proven }, 3, -24, 1n);
    const responder = new UdpResponder(native, read, poller, { listen: { address, port: 0 }, rules, state, ruler: RULER });
    running.push(responder);
    return responder;
  }

  const places: [string, string][] = [
    ["127.0.0.1", "127.0.0.1"],
    ["0.0.0.0", "127.0.0.3"],
    ...(hasSix
      ? ([
          ["::", "::1"],
          ["::", "127.0.0.2"],
        ] as [string, string][])
      : []),
  ];
  it.each(places)("listening at %s, asked at %s, makes every interval hold the true offset of zero, on every rung", async (listen, ask) => {
    const { port } = start(listen);
    for (const { mode, build } of rungs()) {
      const rung = build();
      const run = newRun();
      try {
        await measureRung(rung, { endpoint: { address: ask, port }, exchanges: 100, paceMs: 0 }, run);
      } finally {
        rung.close();
      }
      const { missed, exchanges } = rungResult(mode, run);
      expect({ mode, missed }).toEqual({ mode, missed: 0 });
      expect(exchanges).toBeGreaterThan(80);
    }
  });

  it.each(places)(
    "listening at %s, asked at %s, tells its ruler: two on one machine have the same, so they differ by nothing",
    async (listen, ask) => {
      const [{ port }, { port: other }] = [start(listen), start(listen)];
      const told = [...(await tellingsOf({ address: ask, port }, 100)), ...(await tellingsOf({ address: ask, port: other }, 100))];
      expect(told.length).toBeGreaterThan(150);
      for (const { difference, reading } of told) {
        expect({ difference, holds: contains(difference, 0n) }).toEqual({ difference, holds: true });
        expect(reading).toMatchObject({ ruler: RULER.id() });
      }
    },
  );

  it("sends no reply across a step of its clock, and tells its ruler again afterwards", async () => {
    const stepping = new SteppingClocks(clocks);
    const responder = start("127.0.0.1", { read: stepping });
    const one = await asker("127.0.0.1");
    const request = askForRuler(clientRequest());
    one.ask(responder.port, request);
    await one.heard(1);
    stepping.ahead = 250_000_000n;
    // The plain request behind it is answered, which tells that this one was not.
    one.ask(responder.port, request);
    one.ask(responder.port, clientRequest());
    await one.heard(2);
    expect(one.replies.map(({ length }) => length)).toEqual([76, 48]);
    expect(responder.counts).toMatchObject({ answered: 2, unsent: 1 });
    stepping.ahead = 0n;
    one.ask(responder.port, request);
    one.ask(responder.port, clientRequest());
    await one.heard(3);
    stepping.later = 1_000_000_000n;
    one.ask(responder.port, request);
    await one.heard(4);
    expect(one.replies.map(({ length }) => length)).toEqual([76, 48, 48, 76]);
    expect(readRuler(one.replies[3] as Uint8Array)).toMatchObject({ ruler: RULER.id() });
    one.close();
  });

  it("tells no stamp from later on than what it says of its clock holds for, however it is held up", async () => {
    const held = new HeldUpClocks(clocks);
    const responder = start("127.0.0.1", { read: held });
    const one = await asker("127.0.0.1");
    one.ask(responder.port, clientRequest());
    await one.heard(1);
    const transmit = toUtc(decoded(one.replies[0] as Uint8Array).transmit);
    expect(transmit - held.glanced).toBeLessThan(1_000_000n);
    expect(held.heldUp).toBe(true);
    one.close();
  });

  it("tells when a reply left only where that was soon, and by the clock that it spoke of", async () => {
    const stepping = new SteppingClocks(clocks);
    const { port } = start("127.0.0.1", { read: stepping });
    const one = await asker("127.0.0.1");
    const askedAgain = async (): Promise<boolean> => {
      const heard = one.replies.length;
      one.ask(port, clientRequest());
      await one.heard(heard + 1);
      one.ask(port, interleavedRequest(decoded(one.replies[heard] as Uint8Array).receive));
      await one.heard(heard + 2);
      return decoded(one.replies[heard + 1] as Uint8Array).origin === 5n;
    };
    const told = [];
    for (let turn = 0; turn < 20; turn++) told.push(await askedAgain());
    expect(told).toContain(true);
    // As if the clock had been stepped between what is said of it and the kernel's stamp.
    for (stepping.ahead of [250_000_000n, -250_000_000n]) expect(await askedAgain()).toBe(false);
    one.close();
  });

  it("answers only peers, and counts the others", async () => {
    const responder = start("127.0.0.1", { isPeer: (key) => key === "127.0.0.5" });
    const [peer, stranger] = [await asker("127.0.0.5"), await asker("127.0.0.6")];
    stranger.ask(responder.port, clientRequest());
    peer.ask(responder.port, clientRequest());
    await peer.heard(1);
    expect([peer.replies.length, stranger.replies.length]).toEqual([1, 0]);
    expect(responder.counts).toEqual({ answered: 1, silent: { not_a_request: 0, stranger: 1, over_limit: 0 }, unsent: 0 });
    for (const one of [peer, stranger]) one.close();
  });

  it("says that it is not synchronised where its own bound is not proven, and tells its clock all the same", async () => {
    const responder = start("127.0.0.1", { proven: false });
    const one = await asker("127.0.0.1");
    one.ask(responder.port, clientRequest());
    await one.heard(1);
    expect(decode(one.replies[0] as Uint8Array)).toMatchObject({ leap: 3, stratum: 16, mode: 4, origin: 77n });
    one.close();
  });

  it("says why it cannot listen", () => {
    const { port } = start("127.0.0.1");
    const rules = { isPeer: () => true, limiter: new Limiter(Math.random), memory: new TransmitMemory() };
    const again = () =>
      new UdpResponder(native, clocks, poller, {
        listen: { address: "127.0.0.1", port },
        rules,
        state: () => ownState({ guaranteed: null, proven: false }, 3, -24, 0n),
      });
    expect(again).toThrow(`Cannot answer peers on 127.0.0.1:${port}: another program has that port (EADDRINUSE)`);
  });

  it("two of them cannot be made to talk to each other", async () => {
    const [a, b] = [start("127.0.0.1"), start("127.0.0.1")];
    const reply = clientRequest();
    reply[0] = (4 << 3) | 4;
    const socket = createSocket("udp4");
    await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", resolve));
    for (let mode = 0; mode < 8; mode++) {
      reply[0] = (4 << 3) | mode;
      if (mode === 3) continue;
      socket.send(reply, a.port, "127.0.0.1");
      socket.send(reply, b.port, "127.0.0.1");
    }
    const last = await asker("127.0.0.1");
    for (const { port } of [a, b]) last.ask(port, clientRequest());
    await last.heard(2);
    expect([a.counts, b.counts]).toEqual(
      [1, 1].map((answered) => ({ answered, silent: { not_a_request: 7, stranger: 0, over_limit: 0 }, unsent: 0 })),
    );
    socket.close();
    last.close();
  });

  const noChronyd = chronydPath() === null;
  it.skipIf(noChronyd)(
    "R10 says yes or no to client requests as chronyd does, and nothing else, and never more than was sent (skipped: chronyd not found)",
    { timeout: 120_000 },
    async () => {
      const responder = start("127.0.0.1");
      const chronyd = await startChronydServer();
      try {
        await answering(chronyd.port);
        const verdicts = [];
        for (const { mode, version, length, bytes } of datagrams()) {
          const [ours, theirs] = [await answersTo(responder.port, bytes), await answersTo(chronyd.port, bytes)];
          verdicts.push({ mode, version, length, ours: ours.length, theirs: mode === 3 ? theirs.length : 0 });
          for (const reply of ours) expect(reply.length).toBeLessThanOrEqual(length);
        }
        expect(verdicts).toHaveLength(1_280);
        expect(verdicts.filter(({ ours, theirs }) => ours !== theirs)).toEqual([]);
        expect(verdicts.filter(({ ours }) => ours > 0).length).toBeGreaterThan(4);
      } finally {
        await chronyd.stop();
      }
    },
  );

  it.skipIf(noChronyd)(
    "R10 with room for the ruler, and with what only looks like it, answers whom chronyd answers, and gives nothing back (skipped: chronyd not found)",
    { timeout: 120_000 },
    async () => {
      const responder = start("127.0.0.1");
      const chronyd = await startChronydServer();
      try {
        await answering(chronyd.port);
        const verdicts = [];
        for (const { mode, version, length, fill, bytes } of rulerDatagrams()) {
          const [ours, theirs] = [await answersTo(responder.port, bytes), await answersTo(chronyd.port, bytes)];
          verdicts.push({ mode, version, length, fill, ours: ours.length, theirs: mode === 3 ? theirs.length : 0 });
          for (const reply of ours) {
            expect(reply.length).toBeLessThanOrEqual(length);
            const reading = readRuler(reply);
            expect(reading === null).toBe(length !== 76);
            if (reading !== null) expect(reading).toMatchObject({ ruler: RULER.id() });
          }
        }
        expect(verdicts.filter(({ ours, theirs }) => ours !== theirs)).toEqual([]);
        expect(verdicts.filter(({ ours, length }) => ours > 0 && length === 76)).toHaveLength(FILLS.length);
      } finally {
        await chronyd.stop();
      }
    },
  );
});

const RULER = { id: () => 0xbeef, slew: () => UNKNOWN_SLEW };

/** This machine's clocks, of which REALTIME seems stepped and RAW later on than the kernel's stamps know. */
class SteppingClocks implements ResponderClocks {
  readonly #clocks: KernelClocks;
  ahead = 0n;
  later = 0n;

  constructor(clocks: KernelClocks) {
    this.#clocks = clocks;
  }

  glance(): Glance {
    const { rawBefore, realtime, rawAfter, monotonic, rawEnd } = this.#clocks.glance();
    const [before, after, end] = [rawBefore, rawAfter, rawEnd].map((one) => raw(one + this.later)) as [RawInstant, RawInstant, RawInstant];
    return { rawBefore: before, realtime: utc(realtime + this.ahead), rawAfter: after, monotonic, rawEnd: end };
  }

  readRaw = (): bigint => this.#clocks.readRaw() + this.later;
  readRealtime = () => utc(this.#clocks.readRealtime() + this.ahead);
}

/** This machine's clocks; whoever reads REALTIME first is held up for ten milliseconds before. */
class HeldUpClocks implements ResponderClocks {
  readonly #clocks: KernelClocks;
  glanced = 0n;
  heldUp = false;

  constructor(clocks: KernelClocks) {
    this.#clocks = clocks;
  }

  glance(): Glance {
    const glance = this.#clocks.glance();
    this.glanced = glance.realtime;
    return glance;
  }

  readRaw = (): bigint => this.#clocks.readRaw();
  readRealtime = () => {
    const until = this.#clocks.readRaw() + 10_000_000n;
    while (!this.heldUp && this.#clocks.readRaw() < until);
    this.heldUp = true;
    return this.#clocks.readRealtime();
  };
}

const decoded = (bytes: Uint8Array): Packet => {
  const packet = decode(bytes);
  if (typeof packet === "string") throw new Error(packet);
  return packet;
};

async function tellingsOf(endpoint: { address: string; port: number }, exchanges: number): Promise<RulerExchange[]> {
  const basic = rungs().find(({ mode }) => mode === "kernel_basic");
  const rung = (basic as NonNullable<typeof basic>).build();
  const told: RulerExchange[] = [];
  try {
    for (let turn = 0; turn < exchanges; turn++) {
      const one = await measureRuler(rung, endpoint);
      if (one !== null) told.push(one);
    }
  } finally {
    rung.close();
  }
  return told;
}

const everybody: (key: string) => boolean = () => true;

const clientRequest = (): Uint8Array => {
  const bytes = new Uint8Array(48);
  bytes[0] = (4 << 3) | 3;
  bytes[47] = 77;
  return bytes;
};

/** Asks when the reply left that carried this receive stamp. */
const interleavedRequest = (earlier: bigint): Uint8Array => {
  const bytes = clientRequest();
  const view = new DataView(bytes.buffer);
  view.setBigUint64(24, earlier);
  view.setBigUint64(32, 5n);
  return bytes;
};

/** 8 modes, 8 versions, 20 lengths: around the header, and with fields behind it that are whole and that are not. */
function* datagrams(): Generator<{ mode: number; version: number; length: number; bytes: Uint8Array }> {
  const lengths = [1, 4, 12, 47, 48, 49, 52, 56, 60, 64, 68, 72, 76, 80, 96, 100, 128, 256, 512, 1024];
  for (let mode = 0; mode < 8; mode++)
    for (let version = 0; version < 8; version++)
      for (const length of lengths) {
        const bytes = new Uint8Array(length);
        bytes[0] = (version << 3) | mode;
        if (length >= 48) bytes[47] = 77;
        // One field (RFC 7822) of a type that nobody knows, over all that is left.
        if (length >= 52) new DataView(bytes.buffer).setUint32(48, (0x2001 << 16) | (length - 48));
        yield { mode, version, length, bytes };
      }
}

/** What stands where a request has zeros. */
const FILLS = ["zeros", "ones", "a reading of its own", "the length of another field"] as const;

/** 8 modes, 8 versions, the ruler's field and its neighbours in length and type, with whatever somebody may put into it. */
function* rulerDatagrams(): Generator<{ mode: number; version: number; length: number; fill: string; bytes: Uint8Array }> {
  for (let mode = 0; mode < 8; mode++)
    for (let version = 0; version < 8; version++)
      for (const field of [16, 24, 28, 32, 56])
        for (const [index, fill] of FILLS.entries()) {
          const bytes = new Uint8Array(48 + field);
          bytes[0] = (version << 3) | mode;
          bytes[47] = 77;
          const view = new DataView(bytes.buffer, 48);
          view.setUint32(0, 0xf7b10000 + field);
          if (index === 1) bytes.fill(0xff, 52);
          if (index === 2) view.setBigUint64(8, 1n);
          if (index === 3) view.setUint32(4, 0xf7b1001c);
          yield { mode, version, length: bytes.length, fill, bytes };
        }
}

interface Asker {
  readonly replies: Uint8Array[];
  ask(port: number, bytes: Uint8Array): void;
  heard(count: number): Promise<void>;
  close(): void;
}

async function asker(address: string): Promise<Asker> {
  const socket = createSocket("udp4");
  await new Promise<void>((resolve) => socket.bind(0, address, resolve));
  const replies: Uint8Array[] = [];
  let told = () => {};
  socket.on("message", (bytes) => {
    replies.push(bytes);
    told();
  });
  return {
    replies,
    ask: (port, bytes) => socket.send(bytes, port, "127.0.0.1"),
    heard: (count) =>
      new Promise((resolve) => {
        told = () => void (replies.length >= count && resolve());
        told();
      }),
    close: () => socket.close(),
  };
}

/** All replies to a datagram, up to the reply to a plain request that follows it on the same socket. */
async function answersTo(port: number, bytes: Uint8Array): Promise<Uint8Array[]> {
  const socket: Socket = createSocket("udp4");
  const last = clientRequest();
  const mark = nonceSource()();
  new DataView(last.buffer).setBigUint64(40, mark);
  const replies: Uint8Array[] = [];
  try {
    return await new Promise((resolve, reject) => {
      socket.on("error", reject);
      socket.on("message", (reply) => {
        const packet = decode(reply);
        if (typeof packet !== "string" && packet.origin === mark) resolve(replies);
        else replies.push(reply);
      });
      socket.connect(port, "127.0.0.1", () => {
        socket.send(bytes);
        socket.send(last);
      });
    });
  } finally {
    socket.close();
  }
}

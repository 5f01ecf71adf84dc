import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { acceptReply, DEFAULT_CLIENT, FRESH_MEMORY, type Memory, makeRequest, type Nonces, REFUSALS } from "./client.ts";
import { decode, encode, type Packet } from "./packet.ts";
import { makeReply, readRequest, type ServerState, TransmitMemory } from "./responder.ts";

const NONCES: Nonces = { transmit: 0x1111_2222_3333_4444n, receive: 0x5555_6666_7777_8888n };
const SERVER: ServerState = { leap: 0, stratum: 2, precision: -24, rootDelay: 656, rootDispersion: 131, refid: 0xc0000201, reference: 1n };
const T2 = 0xed00_0000_1000_0000n;
const T3 = 0xed00_0000_2000_0000n;

const ask = (memory: Memory = FRESH_MEMORY) => makeRequest(memory, NONCES, DEFAULT_CLIENT);
const seasoned: Memory = { good: 8, lastReceive: T2 - 99n, unanswered: 0 };

function reply(over: Partial<Packet> = {}, memory: Memory = FRESH_MEMORY) {
  const { bytes, outstanding } = ask(memory);
  const packet = decode(makeReply(readRequest(bytes) as Packet, SERVER, T2, T3, null)) as Packet;
  return acceptReply(memory, outstanding, encode({ ...packet, ...over }));
}

const code = (text: string) => [...text].reduce((sum, letter) => sum * 256 + letter.charCodeAt(0), 0);

describe("a client's request", () => {
  it("carries nothing but version, mode and a nonce", () => {
    const packet = decode(ask().bytes) as Packet;
    expect(packet).toMatchObject({
      leap: 0,
      version: 4,
      mode: 3,
      stratum: 0,
      poll: 0,
      refid: 0,
      reference: 0n,
      origin: 0n,
      receive: 0n,
      transmit: NONCES.transmit,
    });
  });
  it("offers interleaving only after eight good replies, and stops after two unanswered requests", () => {
    expect(ask({ ...seasoned, good: 7 }).outstanding.interleaved).toBe(false);
    expect(decode(ask(seasoned).bytes)).toMatchObject({ origin: T2 - 99n, receive: NONCES.receive, transmit: NONCES.transmit });
    const lostOnce = ask(seasoned).memory;
    expect(ask(lostOnce).outstanding.interleaved).toBe(true);
    expect(ask(ask(lostOnce).memory).outstanding.interleaved).toBe(false);
  });
});

describe("a server's reply", () => {
  it("is accepted when it answers our nonce", () => {
    expect(reply()).toMatchObject({
      kind: "accepted",
      interleaved: false,
      packet: { receive: T2, transmit: T3 },
      memory: { good: 1, lastReceive: T2, unanswered: 0 },
    });
  });

  const bad: [string, Partial<Packet>][] = [
    ["wrong_mode", { mode: 3 }],
    ["wrong_version", { version: 3 }],
    ["zero_origin", { origin: 0n }],
    ["origin_mismatch", { origin: NONCES.transmit + 1n }],
    ["origin_mismatch", { origin: NONCES.receive }],
    ["kiss_rate", { stratum: 0, refid: code("RATE") }],
    ["kiss_deny", { stratum: 0, refid: code("DENY") }],
    ["kiss_rstr", { stratum: 0, refid: code("RSTR") }],
    ["kiss_other", { stratum: 0, refid: code("XXXX") }],
    ["origin_mismatch", { stratum: 0, refid: code("DENY"), origin: 5n }],
    ["unsynchronised", { leap: 3 }],
    ["stratum_too_high", { stratum: 16 }],
    ["stratum_too_high", { stratum: 255 }],
    ["zero_timestamp", { receive: 0n }],
    ["zero_timestamp", { transmit: 0n }],
    ["server_order", { transmit: T2 - 1n }],
  ];
  it.each(bad)("%s: %o", (reason, over) => expect(reply(over)).toEqual({ kind: "refused", reason }));

  it.each([
    ["too_short", 47],
    ["malformed_extension", 49],
    ["malformed_extension", 64],
    ["too_long", 1300],
  ])("%s: %d bytes", (reason, length) => {
    const bytes = new Uint8Array(length);
    bytes.set(encode(decode(ask().bytes) as Packet).slice(0, length));
    expect(acceptReply(FRESH_MEMORY, ask().outstanding, bytes)).toEqual({ kind: "refused", reason });
  });

  it("is read across the end of the era: T2 just before, T3 just after", () => {
    expect(reply({ receive: 0xffff_ffff_ffff_fff0n, transmit: 5n })).toMatchObject({ kind: "accepted" });
    expect(reply({ receive: 5n, transmit: 0xffff_ffff_ffff_fff0n })).toEqual({ kind: "refused", reason: "server_order" });
  });

  it("never throws, whatever the bytes, and names what it refuses", () => {
    const { outstanding } = ask(seasoned);
    const real = fc
      .tuple(fc.uint8Array({ minLength: 48, maxLength: 48 }), fc.constantFrom(0x24, 0x1c, 0xe4), fc.boolean())
      .map(([bytes, first, right]) => {
        bytes[0] = first;
        if (right) new DataView(bytes.buffer).setBigUint64(24, NONCES.transmit);
        return bytes;
      });
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 1400 }), real), (bytes) => {
        const got = acceptReply(seasoned, outstanding, bytes);
        expect(got.kind === "accepted" || REFUSALS.includes(got.reason)).toBe(true);
      }),
      { numRuns: 20_000 },
    );
  });
});

describe("interleaved mode (RFC 9769)", () => {
  it("pairs the late transmit stamp with the exchange it asked for", () => {
    const { bytes, outstanding } = ask(seasoned);
    const memory = new TransmitMemory();
    memory.remember(T2 - 99n, T2 - 50n);
    const got = acceptReply(seasoned, outstanding, makeReply(readRequest(bytes) as Packet, SERVER, T2, T3, memory));
    expect(got).toMatchObject({ kind: "accepted", interleaved: true, packet: { receive: T2, transmit: T2 - 50n } });
    expect(outstanding.asksFor).toBe(T2 - 99n);
  });
  it("falls back exchange by exchange when the server has forgotten", () => {
    const { bytes, outstanding } = ask(seasoned);
    const got = acceptReply(seasoned, outstanding, makeReply(readRequest(bytes) as Packet, SERVER, T2, T3, new TransmitMemory()));
    expect(got).toMatchObject({ kind: "accepted", interleaved: false, packet: { transmit: T3 } });
  });
  it("refuses an interleaved origin that was never offered", () =>
    expect(reply({ origin: NONCES.receive })).toEqual({ kind: "refused", reason: "origin_mismatch" }));
  it("keeps the server's memory bounded", () => {
    const memory = new TransmitMemory(2);
    for (const stamp of [1n, 2n, 3n]) memory.remember(stamp, stamp);
    expect([1n, 2n, 3n].map((stamp) => memory.recall(stamp))).toEqual([undefined, 2n, 3n]);
  });
});

describe("a responder", () => {
  it("answers mode 3 of versions 1 to 4 and nothing else, never with more bytes than it got", () => {
    for (let mode = 0; mode < 8; mode++)
      for (let version = 0; version < 8; version++) {
        const bytes = encode({ ...(decode(ask().bytes) as Packet), mode, version });
        const request = readRequest(bytes);
        expect(request !== null).toBe(mode === 3 && version >= 1 && version <= 4);
        if (request) expect(makeReply(request, SERVER, T2, T3, null).length).toBeLessThanOrEqual(bytes.length);
      }
  });
});

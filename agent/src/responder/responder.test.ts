import { askForRuler, decode, encode, readRuler, TransmitMemory } from "@truebound/ntp";
import { ppb, raw, UNKNOWN_SLEW, uncalibrated, utc } from "@truebound/time";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addressKey } from "./address-key.ts";
import { LIMITS, Limiter } from "./limiter.ts";
import { type OwnFacts, ownState, stateAt } from "./own-state.ts";
import { type Rules, respond } from "./respond.ts";

const never = () => 0.999;
const STATE = ownState({ guaranteed: { lo: -1_000n, hi: 2_000n }, proven: true }, 3, -24, 5n);
const request = (more: Partial<Parameters<typeof encode>[0]> = {}) =>
  encode({
    leap: 0,
    version: 4,
    mode: 3,
    stratum: 0,
    poll: 4,
    precision: 0,
    rootDelay: 0,
    rootDispersion: 0,
    refid: 0,
    reference: 0n,
    origin: 0n,
    receive: 0n,
    transmit: 77n,
    ...more,
  });
const rules = (more: Partial<Rules> = {}): Rules => ({
  isPeer: (key) => key === "192.0.2.1",
  limiter: new Limiter(never),
  memory: new TransmitMemory(),
  ...more,
});

describe("who asks", () => {
  it.each([
    ["192.0.2.7", "192.0.2.7"],
    ["::ffff:192.0.2.7", "192.0.2.7"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
    ["2001:db8:1:2::9", "2001:db8:1:2::/64"],
    ["2001:0DB8::1", "2001:db8:0:0::/64"],
    ["fe80::1%eth0", "fe80:0:0:0::/64"],
    ["::1", "0:0:0:0::/64"],
    ["2001:db8::1:2:3:4:5", "2001:db8:0:1::/64"],
  ])("%s counts as %s", (address, key) => expect(addressKey(address)).toBe(key));
});

describe("the limit", () => {
  it("lets a burst through, and then its rate, whatever the port", () => {
    const limiter = new Limiter(never);
    const answered = Array.from({ length: 10_000 }, (_, ms) => limiter.allows("a", ms)).filter(Boolean).length;
    expect(answered).toBe(LIMITS.burst + Math.floor(9.999 * LIMITS.rate));
  });
  it("leaves one in four of the rest, so that a share that others used up in its name is no silence", () => {
    let turn = 0;
    const limiter = new Limiter(() => (turn++ % 4) / 4);
    const answered = Array.from({ length: 40_000 }, () => limiter.allows("a", 0)).filter(Boolean).length;
    expect(answered).toBe(LIMITS.total / 2);
  });
  it("is kept for those within theirs: a flood in the name of one mutes no other", () => {
    let turn = 0;
    const limiter = new Limiter(() => (turn++ % 4) / 4);
    let answered = 0;
    for (let ms = 0; ms < 4_000; ms++) {
      for (let n = 0; n < 100; n++) limiter.allows("flood", ms);
      if (ms % 1_000 === 999) for (let n = 0; n < 500; n++) if (limiter.allows(`peer ${n}`, ms)) answered += 1;
    }
    expect(answered).toBe(4 * 500);
  });
  it("is for all together too, and the table does not grow", () => {
    const limiter = new Limiter(never);
    let answered = 0;
    for (let n = 0; n < 1_000_000; n++) if (limiter.allows(`h${n}`, n / 1_000)) answered += 1;
    expect(answered).toBeLessThanOrEqual(LIMITS.total * 2 + 1);
    expect(limiter.remembered).toBe(LIMITS.remembered);
  });
});

describe("a request", () => {
  it("of a peer is answered with our clock and our worst error", () => {
    const response = respond(rules(), request(), "192.0.2.1", 1_000n, 0);
    if (response.kind !== "reply") throw new Error(response.why);
    const reply = response.write(STATE, 1_001n, null);
    expect(decode(reply)).toMatchObject({
      mode: 4,
      version: 4,
      leap: 0,
      stratum: 3,
      origin: 77n,
      receive: 1_000n,
      transmit: 1_001n,
      rootDelay: 0,
    });
  });
  it("that names an earlier reply gets the stamp with which that one left", () => {
    const memory = new TransmitMemory();
    memory.remember(900n, 905n);
    const response = respond(rules({ memory }), request({ origin: 900n, receive: 5n }), "192.0.2.1", 1_000n, 0);
    if (response.kind !== "reply") throw new Error(response.why);
    expect(decode(response.write(STATE, 1_001n, null))).toMatchObject({ origin: 5n, receive: 1_000n, transmit: 905n });
  });
  it("of a stranger, of any other mode or version, or with half a field behind it is met with silence", () => {
    expect(respond(rules(), request(), "192.0.2.2", 1n, 0)).toEqual({ kind: "silence", why: "stranger" });
    for (let mode = 0; mode < 8; mode++)
      for (let version = 0; version < 8; version++)
        expect(respond(rules(), request({ mode, version }), "192.0.2.1", 1n, 1e6 * (mode * 8 + version)).kind).toBe(
          mode === 3 && version >= 1 && version <= 4 ? "reply" : "silence",
        );
    for (const length of [0, 1, 47, 49, 52, 60, 63])
      expect(respond(rules(), new Uint8Array(length).fill(0x23), "192.0.2.1", 1n, 0).kind).toBe("silence");
  });
  it("whatever it is makes no reply longer than it, and nothing throws", () =>
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const response = respond(rules({ isPeer: () => true }), bytes, "192.0.2.1", 1n, 0);
        if (response.kind === "reply")
          expect(response.write(STATE, 2n, { ruler: 7, receive: 5n, error: 1n, hold: 1n }).length).toBeLessThanOrEqual(bytes.length);
      }),
    ));
});

describe("a request with room for the ruler's reading", () => {
  const READING = { ruler: 0xfeed, receive: 9_000_000n, error: 300n, hold: 4_000n };
  const answer = (bytes: Uint8Array, reading: typeof READING | null) => {
    const response = respond(rules(), bytes, "192.0.2.1", 1_000n, 0);
    if (response.kind !== "reply") throw new Error(response.why);
    return { asks: response.asksForRuler, reply: response.write(STATE, 1_001n, reading) };
  };

  it("gets it behind the same header, and a reply of the plain length where there is none to tell", () => {
    const { asks, reply } = answer(askForRuler(request()), READING);
    expect(asks).toBe(true);
    expect(readRuler(reply)).toEqual(READING);
    expect(reply).toHaveLength(76);
    expect(reply.subarray(0, 48)).toEqual(answer(request(), READING).reply);
    expect(answer(askForRuler(request()), null).reply).toHaveLength(48);
  });
  it("is the only one that does", () => {
    const more = (type: number, length: number, bytes: number) => {
      const whole = new Uint8Array(48 + bytes);
      whole.set(request());
      new DataView(whole.buffer).setUint32(48, ((type << 16) | length) >>> 0);
      return whole;
    };
    expect(answer(request(), READING)).toMatchObject({ asks: false });
    expect(answer(more(0xf7b1, 28, 28), READING)).toMatchObject({ asks: true });
    for (const [type, length] of [
      [0xf7b1, 32],
      [0xf323, 28],
      [0x0104, 36],
      [0xf7b1, 1024],
    ] as const)
      expect(answer(more(type, length, length), READING).reply).toHaveLength(48);
  });
  it("gets nothing of what it brought back, and nobody an answer to what is no request", () =>
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 24, maxLength: 24 }), fc.nat(7), fc.nat(7), (spoofed, mode, version) => {
        const bytes = askForRuler(request({ mode, version }));
        bytes.set(spoofed, 52);
        const response = respond(rules(), bytes, "192.0.2.1", 1_000n, 0);
        expect(response.kind).toBe(mode === 3 && version === 4 ? "reply" : "silence");
        if (response.kind === "reply") expect(readRuler(response.write(STATE, 1_001n, READING))).toEqual(READING);
      }),
    ));
});

describe("what a host says of itself", () => {
  it("is its worst error, rounded up", () =>
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 12n), max: 10n ** 12n }), fc.bigInt({ min: 0n, max: 10n ** 10n }), (lo, width) => {
        const { rootDispersion } = ownState({ guaranteed: { lo, hi: lo + width }, proven: true }, 3, -24, 0n);
        const worst = [lo, lo + width].map((end) => (end < 0n ? -end : end)).reduce((a, b) => (a > b ? a : b));
        expect((BigInt(rootDispersion) * 1_000_000_000n) / 65_536n >= worst).toBe(true);
        expect((BigInt(Math.max(0, rootDispersion - 1)) * 1_000_000_000n) / 65_536n < worst || worst === 0n).toBe(true);
      }),
    ));
  it("is that it is not synchronised, where nothing is proven or nothing that the field holds", () => {
    for (const own of [
      { guaranteed: null, proven: true },
      { guaranteed: { lo: 0n, hi: 1n }, proven: false },
      { guaranteed: { lo: 0n, hi: 70_000n * 1_000_000_000n }, proven: true },
    ])
      expect(ownState(own, 3, -24, 0n)).toMatchObject({ leap: 3, stratum: 16, rootDispersion: 0xffffffff });
  });
  it("is one stratum below the best source that agrees, or that it is not synchronised where that is none", () => {
    const stratumWith = (...strata: number[]) => stateAt({ ...OWN, strata }, AT, null).stratum;
    expect(stratumWith(3, 2, 4)).toBe(3);
    // A kiss code, and a server that is not synchronised, are no stratum.
    expect(stratumWith(0, 16, 5)).toBe(6);
    expect([stratumWith(), stratumWith(0), stratumWith(15)]).toEqual([16, 16, 16]);
  });
  it("is of the clock as it stands beside the ruler now, whatever was done to it since the last reading", () => {
    // 2 µs behind at the reading; a second later it was moved by 50 ms, and the ruler may have strayed by 200 µs.
    const moved = { ...glanceAt(1_000_001_000n), realtime: utc(UTC + 1_000_001_000n + 50_000_000n) };
    const worst = 50_000_000n + 1_000n + 200_000n;
    const said = stateAt(OWN, moved, null).rootDispersion;
    expect(said).toBeGreaterThanOrEqual(Number((worst * 65_536n) / 1_000_000_000n));
    expect(said).toBeLessThan(Number(((worst + 60_000n) * 65_536n) / 1_000_000_000n));
  });
  it("allows for a slew between the stamp and the reply", () => {
    const late = stateAt(OWN, AT, utc(AT.realtime - 1_000_000_000n)).rootDispersion;
    expect(late - stateAt(OWN, AT, AT.realtime).rootDispersion).toBeCloseTo(0.000_7 * 65_536, -1);
  });
  it("allows for what the ruler strays by in that time, and the slew on top of it", () => {
    // A ruler that loses 100 ppm, of a clock that is slewed the same way as fast as may be: at the stamp it was off by both.
    const own = { ...OWN, guaranteed: { lo: UTC, hi: UTC }, drift: { rho: ppb(1_000n), centre: 100_000n } } as OwnFacts;
    const held = 1_000_000_000n;
    const wasOff = ((100_000n + 500_000n) * held) / 1_000_000_000n;
    const said = stateAt(own, AT, utc(AT.realtime - held)).rootDispersion;
    expect(said).toBeGreaterThanOrEqual(Number((wasOff * 65_536n) / 1_000_000_000n));
  });
  it("allows for a clock that was slowed, and so shows less time than passed", () => {
    const own = { ...OWN, guaranteed: { lo: UTC, hi: UTC }, drift: uncalibrated(ppb(0n)), slew: UNKNOWN_SLEW };
    // A second of the ruler, of which a clock that loses 22.6 % showed 774 ms: at the stamp it was ahead by the rest.
    const said = stateAt(own, AT, utc(AT.realtime - 774_000_000n)).rootDispersion;
    expect(said).toBeGreaterThanOrEqual(0.226 * 65_536);
  });
  it.each([
    ["nothing was known yet", null],
    ["its own sources prove nothing", { proven: false }],
    ["there is no bound", { guaranteed: null }],
    ["its ruler went back", { at: raw(5_000n) }],
  ] as const)("is that it is not to be trusted, where %s", (_, more) =>
    expect(stateAt(more && { ...OWN, ...more }, AT, null)).toMatchObject({ leap: 3, stratum: 16, rootDispersion: 0xffffffff }),
  );
});

const UTC = 1_790_000_000_000_000_000n;
const glanceAt = (at: bigint) => ({ rawBefore: raw(at), realtime: utc(UTC + at), rawAfter: raw(at) });
const AT = glanceAt(1_000n);
/** UTC − RAW, of a clock that stood right at UTC to within 2 µs. */
const OWN: OwnFacts = {
  guaranteed: { lo: UTC - 1_000n, hi: UTC + 2_000n },
  proven: true,
  at: raw(1_000n),
  drift: uncalibrated(ppb(200_000n)),
  slew: ppb(500_000n),
  strata: [2, 3],
  provenAt: utc(1_790_000_000_000_000_000n),
};

import { decode, encode, fromUtc, makeReply, type Packet, readRequest, type ServerState, TransmitMemory } from "@truebound/ntp";
import { ppb, ROOT_ROUNDING_SLACK, raw, uncalibrated, utc } from "@truebound/time";
import { describe, expect, it } from "vitest";
import type { Delivery } from "./ports.ts";
import { aProbe } from "./probe.fixture.ts";
import { qualityOf } from "./samples.ts";
import { makeSource, parseSource, type Source } from "./source.ts";
import type { SourceProbe } from "./source-probe.ts";

const UTC = 1_795_000_000_000_000_000n;
const SERVER: ServerState = { leap: 0, stratum: 1, precision: -24, rootDelay: 0, rootDispersion: 0, refid: 0x47505300, reference: 1n };
const code = (text: string) => [...text].reduce((sum, letter) => sum * 256 + letter.charCodeAt(0), 0);

function probeOf(over: Partial<{ origin: Source["origin"]; interleaveAfter: number; pollSeconds: number }> = {}) {
  const probe = aProbe({
    source: makeSource("192.0.2.1", 123, over.origin ?? "declared"),
    client: { interleave: true, interleaveAfter: over.interleaveAfter ?? 8 },
    pollSeconds: over.pollSeconds ?? 16,
  });
  probe.resolved("192.0.2.1");
  return probe;
}

/** One exchange of 1 ms, hold 100 µs, at `at` ns of RAW; the server is right. */
function exchange(
  probe: SourceProbe,
  at: bigint,
  change: (packet: Packet) => Packet = (packet) => packet,
  memory: TransmitMemory | null = null,
  stamps: Partial<Reply> = {},
) {
  const { bytes, outstanding } = probe.begin({ transmit: 7n + at, receive: 9n + at });
  const t2 = fromUtc(utc(UTC + at + 500_000n));
  const reply = makeReply(readRequest(bytes) as Packet, SERVER, t2, fromUtc(utc(UTC + at + 540_000n)), memory);
  memory?.remember(t2, fromUtc(utc(UTC + at + 600_000n)));
  const changed = encode(change(decode(reply) as Packet));
  if (probe.consider(outstanding, changed) === "drop") return probe.finish(outstanding, { kind: "failed", reason: "timeout" });
  const delivery: Delivery = {
    kind: "reply",
    bytes: changed,
    t1: { raw: raw(at), cap: 0n },
    t4: { raw: raw(at + 1_100_000n), cap: 0n },
    mode: "kernel_basic",
    ...stamps,
  };
  return probe.finish(outstanding, delivery);
}

type Reply = Extract<Delivery, { kind: "reply" }>;

const SECOND = 1_000_000_000n;

describe("a source's dialogue", () => {
  it("turns an exchange into evidence that holds the truth", () => {
    const probe = probeOf();
    const [evidence] = exchange(probe, SECOND);
    expect(evidence?.sample.reply).toBe("basic");
    const bound = probe.boundAt(raw(2n * SECOND));
    expect(bound.kind === "bound" && bound.interval.lo <= UTC && UTC <= bound.interval.hi).toBe(true);
  });

  it.each([
    ["unsynchronised", (packet: Packet) => ({ ...packet, leap: 3 })],
    ["stratum_too_high", (packet: Packet) => ({ ...packet, stratum: 16 })],
    ["zero_origin", (packet: Packet) => ({ ...packet, origin: 0n })],
    ["origin_mismatch", (packet: Packet) => ({ ...packet, origin: 5n })],
    ["kiss_other", (packet: Packet) => ({ ...packet, stratum: 0, refid: code("ABCD") })],
    ["negative_delay", (packet: Packet) => ({ ...packet, transmit: packet.receive + (1n << 31n) })],
    ["too_uncertain", (packet: Packet) => ({ ...packet, precision: 60 })],
    ["too_uncertain", (packet: Packet) => ({ ...packet, rootDispersion: 0xffffffff })],
    ["server_order", (packet: Packet) => ({ ...packet, transmit: packet.receive - (1n << 20n) })],
  ])("counts %s and proves nothing by it", (reason, change) => {
    const probe = probeOf();
    expect(exchange(probe, SECOND, change)).toEqual([]);
    expect(probe.troubles.get(reason as never)).toBe(1);
    expect(probe.boundAt(raw(2n * SECOND))).toEqual({ kind: "empty" });
    expect(probe.replies).toBe(0);
  });

  it("pairs an interleaved reply with the exchange before, and keeps a provisional sample of this one", () => {
    const probe = probeOf({ interleaveAfter: 1 });
    const memory = new TransmitMemory();
    exchange(probe, SECOND, undefined, memory);
    const [before, now] = exchange(probe, 17n * SECOND, undefined, memory);
    expect(now?.sample).toMatchObject({ reply: "provisional", exchange: { t1: 17n * SECOND } });
    expect((now?.sample.exchange.t3 ?? 1n) - (now?.sample.exchange.t2 ?? 0n)).toBe(0n);
    expect(before?.sample).toMatchObject({
      reply: "interleaved",
      mode: "kernel_interleaved",
      exchange: { t1: SECOND, t4: SECOND + 1_100_000n },
    });
    const hold = (before?.sample.exchange.t3 ?? 0n) - (before?.sample.exchange.t2 ?? 0n);
    expect(hold >= 99_999n && hold <= 100_001n).toBe(true);
  });

  it("says of a card's stamps that they are, also one poll later, and takes the kernel's where the two exclude each other", () => {
    let disagreed = 0;
    const byCard = (at: bigint, t1: bigint, t4: bigint): Partial<Reply> => {
      const stamp = (after: bigint) => ({ raw: raw(at + after), cap: 0n });
      const disagrees = () => {
        disagreed += 1;
      };
      const kernel = { t1: stamp(0n), t4: stamp(1_100_000n), mode: "kernel_basic" as const, disagrees };
      return { t1: stamp(t1), t4: stamp(t4), mode: "hardware_basic", kernel };
    };
    const [probe, memory] = [probeOf({ interleaveAfter: 1 }), new TransmitMemory()];
    exchange(probe, SECOND, undefined, memory, byCard(SECOND, 400_000n, 700_000n));
    const samples = exchange(probe, 17n * SECOND, undefined, memory, byCard(17n * SECOND, 400_000n, 700_000n));
    expect(samples.map(({ sample: { reply, mode, exchange: x } }) => [reply, mode, x.t1, x.t4])).toEqual([
      ["interleaved", "hardware_interleaved", SECOND + 400_000n, SECOND + 700_000n],
      ["provisional", "hardware_basic", 17n * SECOND + 400_000n, 17n * SECOND + 700_000n],
    ]);
    expect(samples.every(({ sample }) => sample.byKernel === undefined)).toBe(true);
    expect(disagreed).toBe(0);
    // The server held it for longer than the card says that it was away.
    const [other] = exchange(probeOf(), SECOND, undefined, null, byCard(SECOND, 520_000n, 535_000n));
    expect([other?.sample.mode, other?.sample.exchange.t1, disagreed]).toEqual(["kernel_basic", SECOND, 1]);
  });

  it("doubles its interval for each RATE and recovers, never below the floor", () => {
    const probe = probeOf({ pollSeconds: 16 });
    for (let turn = 1n; turn <= 4n; turn++) exchange(probe, turn * SECOND);
    expect(probe.pollSeconds).toBe(16);
    const rate = (packet: Packet) => ({ ...packet, stratum: 0, refid: code("RATE") });
    exchange(probe, 20n * SECOND, rate);
    exchange(probe, 40n * SECOND, rate);
    expect(probe.pollSeconds).toBe(64);
    for (let turn = 0; turn < 2000; turn++) exchange(probe, 60n * SECOND, rate);
    expect(probe.pollSeconds).toBe(3600);
    expect(probe.stopped).toBe(false);
    for (let turn = 1n; turn <= 100n; turn++) exchange(probe, (100n + turn) * SECOND);
    expect(probe.pollSeconds).toBe(16);
  });

  it.each([
    ["declared", 1],
    ["discovered", 16],
    ["pool", 64],
  ] as const)("may be asked out of turn at its floor (%s: %d s), unless something holds us back", (origin, floor) => {
    const probe = probeOf({ origin, pollSeconds: 600 });
    expect(probe.soonestSeconds).toBe(floor);
    probe.slowDown(4);
    expect(probe.soonestSeconds).toBe(2400);
    probe.slowDown(1);
    expect(probe.soonestSeconds).toBe(floor);
    exchange(probe, SECOND, (packet) => ({ ...packet, stratum: 0, refid: code("RATE") }));
    expect(probe.soonestSeconds).toBe(1200);
  });

  it("does not go back to the pace that was refused at the first reply", () => {
    const probe = probeOf({ pollSeconds: 16 });
    exchange(probe, SECOND, (packet) => ({ ...packet, stratum: 0, refid: code("RATE") }));
    const paces = Array.from({ length: 9 }, (_, turn) => {
      exchange(probe, BigInt(turn + 2) * SECOND);
      return probe.pollSeconds;
    });
    expect(paces).toEqual([32, 32, 32, 32, 32, 32, 32, 16, 16]);
  });

  it.each(["RATE", "DENY", "RSTR", "ABCD"])("1,000 kisses %s without our nonce change nothing; with it they do what they say", (kiss) => {
    for (const matching of [false, true]) {
      const probe = probeOf({ pollSeconds: 1 });
      for (let turn = 1n; turn <= 4n; turn++) exchange(probe, turn * SECOND);
      const before = probe.boundAt(raw(5n * SECOND));
      const paces = Array.from({ length: 1000 }, (_, turn) => {
        exchange(probe, BigInt(turn + 5) * SECOND, (packet) => ({
          ...packet,
          stratum: 0,
          refid: code(kiss),
          origin: matching ? packet.origin : packet.origin + 1n,
        }));
        return probe.pollSeconds;
      });
      const rated = matching && kiss === "RATE";
      const expected = paces.map((_, turn) => (rated ? Math.min(3600, 2 ** (turn + 1)) : 1));
      expect(paces).toEqual(expected);
      expect(probe.stopped).toBe(matching && (kiss === "DENY" || kiss === "RSTR"));
      expect(probe.replies).toBe(4);
      expect(probe.boundAt(raw(5n * SECOND))).toEqual(before);
    }
  });

  it("polls so many times slower as the host's own daemon needs, also after a change of policy", () => {
    const probe = probeOf({ pollSeconds: 16 });
    probe.slowDown(4);
    expect(probe.pollSeconds).toBe(64);
    probe.retune(8, false, ppb(2000n));
    expect(probe.pollSeconds).toBe(32);
    probe.slowDown(1);
    for (let turn = 1n; turn <= 4n; turn++) exchange(probe, turn * SECOND);
    expect(probe.pollSeconds).toBe(8);
  });

  it("keeps a server's refusal under another drift assumption", () => {
    const probe = probeOf();
    exchange(probe, SECOND, (packet) => ({ ...packet, stratum: 0, refid: code("DENY") }));
    probe.assume(uncalibrated(ppb(900_000n)));
    expect(probe.stopped).toBe(true);
  });

  it.each(["DENY", "RSTR"])("stops for good after %s", (kiss) => {
    const probe = probeOf();
    exchange(probe, SECOND, (packet) => ({ ...packet, stratum: 0, refid: code(kiss) }));
    expect(probe.stopped).toBe(true);
  });

  it("ignores a kiss that does not answer our request", () => {
    const probe = probeOf();
    exchange(probe, SECOND, (packet) => ({ ...packet, stratum: 0, refid: code("DENY"), origin: 3n }));
    expect(probe.stopped).toBe(false);
  });

  it("accepts a local clock when named and refuses it when found", () => {
    const local = (packet: Packet) => ({ ...packet, stratum: 10, refid: 0x7f7f0101 });
    const named = probeOf();
    expect(exchange(named, SECOND, local)).toHaveLength(1);
    expect(named.localReference).toBe(true);
    const found = probeOf({ origin: "discovered" });
    expect(exchange(found, SECOND, local)).toEqual([]);
    expect(found.troubles.get("local_reference")).toBe(1);
  });

  it.each([
    ["declared", 0.2, 1],
    ["discovered", 1, 16],
    ["pool", 16, 64],
  ] as const)("keeps the floor of a %s source", (origin, wanted, floor) => {
    const probe = probeOf({ origin, pollSeconds: wanted });
    expect(probe.pollSeconds).toBeGreaterThanOrEqual(floor);
    for (let turn = 1n; turn <= 5n; turn++) exchange(probe, turn * SECOND);
    expect(probe.pollSeconds).toBe(floor);
  });

  it("is a new clock at a new address", () => {
    const probe = probeOf();
    exchange(probe, SECOND);
    probe.resolved("192.0.2.9");
    expect(probe.facts(raw(2n * SECOND))).toMatchObject({ lastExchange: null, interval: null, conflict: false });
  });
});

describe("naming a source", () => {
  it.each([
    ["ntp.example.net", "ntp.example.net:123"],
    ["ntp.example.net:1123", "ntp.example.net:1123"],
    ["192.0.2.1:11123", "192.0.2.1:11123"],
    ["[2001:db8::1]:1123", "[2001:db8::1]:1123"],
    ["2001:db8::1", "[2001:db8::1]:123"],
  ])("%s", (text, id) => expect(parseSource(text)).toMatchObject({ id }));
  it.each(["", "a b", "host:0", "host:99999", "host:x", "http://x/", "[::1"])("refuses %j with a reason", (text) =>
    expect(parseSource(text)).toMatch(/^Cannot (read|use)/),
  );
});

describe("a source of whose root something is declared", () => {
  const DECLARED = `root=1us document=${"ab".repeat(32)} signer=NPL valid=2026-11-01/2026-12-01 refid=GPS dispersion=2ms`;
  const HALF_ROUND_TRIP = 550_000n;
  const ADVERTISED_RAW = 98;
  /** It advertises 1.5 ms of dispersion. */
  const advertising = (packet: Packet): Packet => ({ ...packet, rootDispersion: ADVERTISED_RAW });

  function declaredProbe(options = DECLARED): SourceProbe {
    const source = parseSource(`192.0.2.1 ${options}`);
    if (typeof source === "string") throw new Error(source);
    const probe = aProbe({ source, quality: qualityOf({ precision: -24, uncertainty: 0n }, source) });
    probe.resolved("192.0.2.1");
    return probe;
  }
  const halfWidth = (probe: SourceProbe, at: bigint): bigint => {
    const bound = probe.boundAt(raw(at));
    if (bound.kind !== "bound") throw new Error(bound.kind);
    return (bound.interval.hi - bound.interval.lo) / 2n;
  };

  it("is bounded by that, and its evidence recomputes to the same", () => {
    const probe = declaredProbe();
    expect(probe.root).toBeNull();
    const [evidence] = exchange(probe, SECOND, advertising);
    expect(evidence?.sample.terms).toMatchObject({ rootDelayRaw: 0n, rootDispersionRaw: 0n, slack: 1_000n });
    expect(evidence?.budget.root).toBe(1_000n);
    expect(probe.root).toBe("declared");
    expect(halfWidth(probe, 2n * SECOND)).toBeLessThan(HALF_ROUND_TRIP + 250_000n);
    expect(halfWidth(declaredProbeWithout(), 2n * SECOND)).toBeGreaterThan(HALF_ROUND_TRIP + 1_500_000n);
  });
  const declaredProbeWithout = (): SourceProbe => {
    const probe = probeOf();
    exchange(probe, SECOND, advertising);
    return probe;
  };

  it.each<[string, Partial<Packet>]>([
    ["stratum", { stratum: 2 }],
    ["refid", { refid: code("PPS") * 256 }],
    ["leap", { leap: 1 }],
    ["dispersion", { rootDispersion: 132 }],
    ["dispersion", { rootDelay: 70 }],
    ["no_longer_valid", { receive: fromUtc(utc(UTC + 20n * 86_400n * SECOND)), transmit: fromUtc(utc(UTC + 20n * 86_400n * SECOND)) }],
    ["not_yet_valid", { receive: fromUtc(utc(UTC - 60n * 86_400n * SECOND)), transmit: fromUtc(utc(UTC - 60n * 86_400n * SECOND)) }],
  ])("loses it, and all that was laid under it, by an answer that is not as declared: %s", (why, change) => {
    const probe = declaredProbe();
    exchange(probe, SECOND, advertising);
    const [evidence] = exchange(probe, 2n * SECOND, (packet) => ({ ...advertising(packet), ...change }));
    expect(probe.root).toBe(why);
    expect(evidence?.sample.terms).toMatchObject({ slack: ROOT_ROUNDING_SLACK });
    // The narrow sample is gone: what is left is what the latest answer advertises.
    expect(halfWidth(probe, 3n * SECOND)).toBeGreaterThan(HALF_ROUND_TRIP + 1_500_000n);
    exchange(probe, 4n * SECOND, advertising);
    if (why !== "no_longer_valid" && why !== "not_yet_valid") expect(probe.root).toBe("declared");
  });
  it("of which two answers make one interleaved exchange needs both to be as declared", () => {
    const source = parseSource(`192.0.2.1 ${DECLARED}`) as Source;
    const probe = aProbe({
      source,
      quality: qualityOf({ precision: -24, uncertainty: 0n }, source),
      client: { interleave: true, interleaveAfter: 0 },
    });
    probe.resolved("192.0.2.1");
    const memory = new TransmitMemory(8);
    exchange(probe, SECOND, (packet) => ({ ...advertising(packet), stratum: 2 }), memory);
    const samples = exchange(probe, 2n * SECOND, advertising, memory).map(({ sample }) => [sample.reply, sample.terms.slack]);
    expect(samples).toEqual([
      ["interleaved", ROOT_ROUNDING_SLACK],
      ["provisional", 1_000n],
    ]);
  });
  it("needs no slack where its roots are rounded up", () => {
    const probe = declaredProbe("root_rounding=up");
    expect(exchange(probe, SECOND)[0]?.sample.terms.slack).toBe(0n);
    expect(probe.root).toBeNull();
  });
});

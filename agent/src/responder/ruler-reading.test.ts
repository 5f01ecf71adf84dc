import { BILLION, divFloor, type Glance, type PartsPerBillion, ppb, raw, utc } from "@truebound/time";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { heldUntil, receivedOnRuler } from "./ruler-reading.ts";
import { RulerTeller, type Telling } from "./ruler-teller.ts";

const BOOTED = 5_000_000_000_000n;
const EPOCH = 1_790_000_000_000_000_000n;

/** REALTIME as a function of RAW: rates that change, and steps; MONOTONIC has the rates alone. */
interface Clock {
  /** In force from `from` on, ns of RAW since the beginning. */
  readonly rates: readonly { readonly from: bigint; readonly ppb: bigint }[];
  readonly steps: readonly { readonly at: bigint; readonly by: bigint }[];
}

const slewed = ({ rates }: Clock, at: bigint): bigint =>
  rates.reduce((sum, rate, index) => {
    const until = rates[index + 1]?.from ?? at;
    const span = (until < at ? until : at) - rate.from;
    return span > 0n ? sum + divFloor(span * rate.ppb, BILLION) : sum;
  }, at);
const monotonicOf = (clock: Clock, at: bigint): bigint => 7_000_000_000n + slewed(clock, at);
const realtimeOf = (clock: Clock, at: bigint): bigint =>
  EPOCH + slewed(clock, at) + clock.steps.filter((step) => step.at <= at).reduce((sum, { by }) => sum + by, 0n);

/** Reads one after the other, each so long after the one before. */
function glanceAt(clock: Clock, at: bigint, gaps: readonly bigint[] = [40n, 40n, 40n, 40n], sets?: number): Glance {
  const times = [at];
  for (const gap of gaps) times.push((times.at(-1) as bigint) + gap);
  const [first, second, third, fourth, fifth] = times as [bigint, bigint, bigint, bigint, bigint];
  return {
    rawBefore: raw(BOOTED + first),
    realtime: utc(realtimeOf(clock, second)),
    rawAfter: raw(BOOTED + third),
    monotonic: monotonicOf(clock, fourth),
    rawEnd: raw(BOOTED + fifth),
    ...(sets === undefined ? {} : { sets }),
  };
}

const gaps = fc.array(fc.bigInt({ min: 0n, max: 3_000n }), { minLength: 4, maxLength: 4 });
const slews = fc.bigInt({ min: 0n, max: 226_000_000n });
/** Three rates within S, changing anywhere in the first two seconds. */
const clocks = (slew: bigint, step: bigint) =>
  fc.record({
    rates: fc
      .tuple(
        fc.array(fc.bigInt({ min: -slew, max: slew }), { minLength: 3, maxLength: 3 }),
        fc.array(fc.bigInt({ min: 1n, max: 2n * BILLION }), { minLength: 2, maxLength: 2 }),
      )
      .map(([rates, times]) => {
        const froms = [0n, ...times.sort((a, b) => (a < b ? -1 : 1))];
        return rates.map((rate, index) => ({ from: froms[index] as bigint, ppb: rate }));
      }),
    steps: fc.array(fc.record({ at: fc.bigInt({ min: 0n, max: 2n * BILLION }), by: fc.bigInt({ min: -step, max: step }) }), {
      maxLength: 1,
    }),
  });
const scenes = (step: bigint) =>
  slews.chain((slew) =>
    fc.record({
      slew: fc.constant(ppb(slew)),
      clock: clocks(slew, step),
      before: fc.bigInt({ min: 0n, max: BILLION }),
      received: fc.bigInt({ min: 0n, max: BILLION / 2n }),
      waits: fc.oneof(fc.bigInt({ min: 0n, max: 50_000n }), fc.bigInt({ min: 0n, max: BILLION / 2n })),
      sent: fc.bigInt({ min: 0n, max: 100_000n }),
      firstGaps: gaps,
      gaps,
    }),
  );

const KNOWN = { id: () => 7, slew: () => ppb(0n) };
const tellerOf = (slew: PartsPerBillion, first: Glance) => new RulerTeller({ id: () => 7, slew: () => slew }, first);

describe("a receive stamp on the ruler", () => {
  it("is where it says, and its reply leaves no sooner than it says, however the clock is slewed or stepped: or nothing is said", () => {
    let told = 0;
    fc.assert(
      fc.property(scenes(3_000n), ({ slew, clock, before, received, waits, sent, firstGaps, gaps }) => {
        const first = glanceAt(clock, before, firstGaps);
        const at = first.rawEnd - BOOTED + received;
        const glance = glanceAt(clock, at + waits, gaps);
        const telling = tellerOf(slew, first).tell(utc(realtimeOf(clock, at)), glance);
        if (telling.kind !== "reading") return;
        told += 1;
        const { receive, error } = telling.at;
        expect(receive - error <= BOOTED + at && BOOTED + at <= receive + error).toBe(true);
        const read = raw(glance.rawEnd + sent);
        expect(receive + heldUntil(telling.at, read)).toBe(read);
      }),
      { numRuns: 2_000 },
    );
    expect(told).toBeGreaterThan(500);
  });

  it("errs by the glance, and by what the clock can be slewed in between, and little more", () => {
    const clock = { rates: [{ from: 0n, ppb: 0n }], steps: [] };
    const first = glanceAt(clock, 0n);
    const at = (slew: bigint, waits: bigint) =>
      receivedOnRuler(utc(realtimeOf(clock, BILLION)), first, glanceAt(clock, BILLION + waits), ppb(slew))?.error ?? null;
    // Half of 80 ns, the 160 ns within which an unseen step may hide, and what whole nanoseconds cut off.
    expect(at(0n, 20_000n)).toBe(202n);
    // S · 20 µs is 10 ns, and 1.7 µs with chrony's default.
    expect(at(500_000n, 20_000n)).toBe(213n);
    expect(at(83_333_334n, 20_000n)).toBe(1_884n);
  });

  it("is never later than the glance that found it there", () => {
    const clock = { rates: [{ from: 0n, ppb: 0n }], steps: [] };
    const glance = glanceAt(clock, BILLION, [2_000_000n, 0n, 0n, 0n]);
    const at = receivedOnRuler(utc(realtimeOf(clock, BILLION)), glanceAt(clock, 0n), glance, ppb(200_000_000n));
    if (at === null) throw new Error("nothing was said");
    expect(at.receive + at.error).toBeLessThanOrEqual(glance.rawBefore + 1n);
  });

  it("owes nothing to an earlier glance that was interrupted", () => {
    const clock = { rates: [{ from: 0n, ppb: 0n }], steps: [] };
    const teller = tellerOf(ppb(500_000n), glanceAt(clock, 0n));
    const errorAt = (at: bigint, gaps?: readonly bigint[]) => {
      const telling = teller.tell(utc(realtimeOf(clock, at)), glanceAt(clock, at + 20_000n, gaps));
      teller.queueWasEmpty();
      return telling.kind === "reading" ? telling.at.error : null;
    };
    // Within the interrupted one itself the request came no later than its first read, which leaves half.
    expect([errorAt(BILLION), errorAt(2n * BILLION, [40n, 40n, 40n, 4_000_000n]), errorAt(3n * BILLION)]).toEqual([213n, 2_010_087n, 213n]);
  });

  it("that lies after the glance is none of this clock's, and says nothing", () => {
    const clock = { rates: [{ from: 0n, ppb: 0n }], steps: [] };
    expect(receivedOnRuler(utc(realtimeOf(clock, BILLION) + 41n), glanceAt(clock, 0n), glanceAt(clock, BILLION), ppb(500n))).toBeNull();
  });
});

describe("beside a step", () => {
  const STEADY: Clock = { rates: [{ from: 0n, ppb: 0n }], steps: [] };
  const stepped = (at: bigint, by: bigint): Clock => ({ ...STEADY, steps: [{ at, by }] });
  const stampAt = (clock: Clock, at: bigint) => utc(realtimeOf(clock, at));

  it.each([250_000_000n, -250_000_000n, 20_000n, -20_000n])("of %d ns between stamp and glance there is no reply", (by) => {
    const clock = stepped(2_000n, by);
    expect(tellerOf(ppb(500_000n), glanceAt(clock, 0n)).tell(stampAt(clock, 1_000n), glanceAt(clock, 3_000n)).kind).toBe("no_reply");
  });

  it("that was undone before anybody looked there is none either, by the kernel's own notice", () => {
    const clock = { ...STEADY, steps: [2_000n, 2_500n].map((at, index) => ({ at, by: index === 0 ? -9_000n : 9_000n })) };
    const [first, glance] = [glanceAt(clock, 0n, undefined, 4), glanceAt(clock, 9_000n, undefined, 5)];
    expect(tellerOf(ppb(500_000n), first).tell(stampAt(clock, 2_200n), glance).kind).toBe("no_reply");
  });

  it("there is no reply to what waited behind the request that showed it, whatever its stamp", () => {
    const clock = stepped(2_000n, -1_000_000n);
    const teller = tellerOf(ppb(500_000n), glanceAt(clock, 0n));
    const kinds = [3_000n, 4_000n, 5n * BILLION].map((now) => teller.tell(stampAt(clock, 1_000n), glanceAt(clock, now)).kind);
    expect(kinds).toEqual(["no_reply", "no_reply", "no_reply"]);
  });

  it("that was taken back later what waited since then gets no reply, without the kernel's notice too", () => {
    const clock = { ...STEADY, steps: [-500_000n, 500_000n].map((by, index) => ({ at: 2_000n + BigInt(index) * BILLION, by })) };
    const teller = tellerOf(ppb(500_000n), glanceAt(clock, 0n));
    expect(teller.tell(stampAt(clock, 3_000n), glanceAt(clock, 4_000n)).kind).toBe("no_reply");
    expect(teller.tell(stampAt(clock, 5_000n), glanceAt(clock, 5n * BILLION)).kind).toBe("no_reply");
  });

  it("readings are told again once the queue was empty, and nothing is in the kernel's hands any more", () => {
    const clock = stepped(2_000n, 1_000_000n);
    const teller = tellerOf(ppb(500_000n), glanceAt(clock, 0n));
    const ask = (at: bigint): Telling["kind"] => {
      const { kind } = teller.tell(stampAt(clock, at), glanceAt(clock, at + 10n));
      teller.queueWasEmpty();
      return kind;
    };
    expect([1_000n, 5_000n, BILLION / 2n, BILLION + 10_000n].map(ask)).toEqual(["reading", "no_reply", "no_reply", "reading"]);
  });

  it("of the ruler itself nothing is told until it has another name", () => {
    let id = 7;
    const teller = new RulerTeller({ ...KNOWN, id: () => id }, glanceAt(STEADY, 9n * BILLION));
    const ask = (at: bigint): Telling => {
      const telling = teller.tell(stampAt(STEADY, at), glanceAt(STEADY, at));
      teller.queueWasEmpty();
      return telling;
    };
    expect([ask(BILLION), ask(3n * BILLION)].map(({ kind }) => kind)).toEqual(["no_reply", "nothing"]);
    id = 8;
    expect(ask(4n * BILLION)).toMatchObject({ kind: "reading", ruler: 8 });
  });

  it("nothing is told without a stamp, or while the ruler has no name", () => {
    expect(tellerOf(ppb(0n), glanceAt(STEADY, 0n)).tell(null, glanceAt(STEADY, 9n)).kind).toBe("nothing");
    const nameless = new RulerTeller({ ...KNOWN, id: () => null }, glanceAt(STEADY, 0n));
    expect(nameless.tell(stampAt(STEADY, 5n), glanceAt(STEADY, 9n)).kind).toBe("nothing");
  });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { AuditCase, NearLayer, NearSpans } from "../audit-case.ts";
import { scopeOf } from "./accounting.ts";
import { audit } from "./audit.ts";
import { SCALE } from "./line.ts";
import { quietTimeline, spanAt } from "./quiet-timeline.ts";

const BASE = 1_772_323_200_000_000_037n;
const HORIZON = 70n;
/** Mostly one that is plain and joins the one before; now and then a gap, one beyond the limit, or one that cannot be. */
const span = fc.record({
  gap: fc.oneof({ weight: 150, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.integer({ min: 1, max: 200 }) }),
  lasts: fc.oneof({ weight: 150, arbitrary: fc.integer({ min: 30, max: 70 }) }, { weight: 1, arbitrary: fc.integer({ min: 1, max: 900 }) }),
  middle: fc.oneof(
    { weight: 300, arbitrary: fc.integer({ min: -1, max: 1 }) },
    { weight: 1, arbitrary: fc.integer({ min: -40, max: 40 }) },
  ),
  half: fc.oneof({ weight: 150, arbitrary: fc.integer({ min: 2, max: 5 }) }, { weight: 1, arbitrary: fc.integer({ min: 0, max: 30 }) }),
});
const layer = fc.array(span, { minLength: 110, maxLength: 180 }).map((spans): NearLayer => {
  let at = -3_000;
  const placed = spans.map(({ gap, lasts, middle, half }) => {
    const from = at + gap;
    at = from + lasts;
    return { from, to: at, lo: 1_000 * (middle - half) - (lasts % 7), hi: 1_000 * (middle + half) + (lasts % 11) };
  });
  const column = (name: "from" | "to" | "lo" | "hi") => placed.map((one) => one[name]);
  return { from: column("from"), to: column("to"), lo: column("lo"), hi: column("hi") };
});
const stretch = fc.tuple(fc.integer({ min: -3_500, max: 5_000 }), fc.integer({ min: 0, max: 4_000 })).map(([from, lasts]) => ({
  from: BASE + BigInt(from),
  to: BASE + BigInt(from + lasts),
}));
const few = (most: number) => fc.array(stretch, { maxLength: most });
const cut = stretch.map(({ from, to }) => ({ from, to: from + (to - from) / 50n, reason: "boot" }));
const oneCase = fc
  .record({
    layers: fc.tuple(layer, layer),
    driftPpb: fc.constantFrom(2_000_000_000_000n, 50_000_000_001n, 20_000_000_000n),
    cuts: fc.array(cut, { maxLength: 2 }),
    window: fc
      .tuple(fc.integer({ min: -3_500, max: 0 }), fc.integer({ min: 1, max: 6_000 }))
      .map(([from, lasts]) => ({ from: BASE + BigInt(from), to: BASE + BigInt(from + lasts) })),
    hours: few(2),
    exempt: fc.array(fc.tuple(stretch, fc.boolean()), { maxLength: 2 }),
    appError: fc.constantFrom(0n, 1n),
  })
  .map(({ layers, driftPpb, cuts, window, hours, exempt, appError }): AuditCase => {
    const near: NearSpans = { base: BASE, traceable: true, layers };
    const spans = layers.flatMap((one) => one.from.map((_, row) => spanAt(one, near, row)));
    return {
      terms: { limit: { min: -9_000n, max: 8_000n }, appError, horizon: HORIZON, requiresTraceability: true, minimumProvenPpm: 500_000 },
      clock: { driftPpb, cuts, samples: [], spans, near },
      window,
      schedule: hours.length === 0 ? [window] : hours,
      exemptions: exempt.map(([one, isLate]) => ({ ...one, declaredAt: isLate ? one.to + 1n : one.from })),
    };
  });

describe("what is quiet in a clock's evidence", () => {
  it("is judged in doubles as all of it is in integers of any size", () => {
    let told = 0;
    fc.assert(
      fc.property(oneCase, (one) => {
        const { near: _, ...alone } = one.clock;
        expect(audit(one)).toEqual(audit({ ...one, clock: alone }));
        if (quietTimeline({ ...one, scope: scopeOf(one), scale: SCALE }) !== null) told++;
      }),
      { numRuns: 150, endOnFailure: true },
    );
    // It is no comparison of one thing with itself.
    expect(told).toBeGreaterThan(30);
  });

  it("is not told apart where spans are not in order, as beside a second that was taken out", () => {
    const [drawn] = fc.sample(oneCase, { numRuns: 1, seed: 5 }) as [AuditCase];
    const [first, second] = (drawn.clock.near as NearSpans).layers;
    const moved = { ...first, from: first.from.map((at, row) => (row === 3 ? at - 20 : at)) };
    const near = { base: BASE, traceable: true, layers: [moved, second] as const };
    const one = { ...drawn, clock: { ...drawn.clock, near }, scope: scopeOf(drawn), scale: SCALE };
    expect(quietTimeline(one)).toBeNull();
  });

  /** Spans of `lasts` ns that join each other, within ±100, but for what is said of some. */
  const joined = (count: number, lasts: number, said: Readonly<Record<number, number | null>>): NearLayer => {
    const rows = Array.from({ length: count }, (_, row) => row).filter((row) => said[row] !== null);
    const half = (row: number) => said[row] ?? 100;
    return {
      from: rows.map((row) => row * lasts),
      to: rows.map((row) => (row + 1) * lasts),
      lo: rows.map((row) => -half(row)),
      hi: rows.map(half),
    };
  };
  const NONE: NearLayer = { from: [], to: [], lo: [], hi: [] };
  /** Of one clock from 0 on, judged both ways; how much of it was told apart as quiet. */
  function bothWays(layers: readonly [NearLayer, NearLayer], driftPpb: bigint, cuts: AuditCase["clock"]["cuts"]) {
    const near: NearSpans = { base: BASE, traceable: true, layers };
    const spans = layers.flatMap((one) => one.from.map((_, row) => spanAt(one, near, row)));
    const window = { from: BASE, to: BASE + 4_900n };
    const [drawn] = fc.sample(oneCase, { numRuns: 1, seed: 5 }) as [AuditCase];
    const terms = { ...drawn.terms, appError: 0n };
    const one: AuditCase = { terms, clock: { driftPpb, cuts, samples: [], spans, near }, window, schedule: [window], exemptions: [] };
    expect(quietTimeline({ ...one, scope: scopeOf(one), scale: SCALE })).not.toBeNull();
    const { near: _, ...alone } = one.clock;
    return [audit(one), audit({ ...one, clock: alone })] as const;
  }

  it("takes nothing from across a cut: what is wide behind one stays as wide as evidence of its own side leaves it", () => {
    // From 2000 on nothing for 10 ns, in which the cut is; then 50 ns that say little. Both ends are within a horizon of 2000.
    const { from, to, lo, hi } = joined(98, 50, {});
    const wide = { from: 2_010, to: 2_060, half: 5_000 };
    const spans = {
      from: [...from.slice(0, 40), wide.from, wide.to, ...from.slice(42)],
      to: [...to.slice(0, 40), wide.to, ...to.slice(41)],
      lo: [...lo.slice(0, 40), -wide.half, ...lo.slice(41)],
      hi: [...hi.slice(0, 40), wide.half, ...hi.slice(41)],
    };
    const cut = { from: BASE + 2_004n, to: BASE + 2_005n, reason: "boot" };
    const [quick, exact] = bothWays([spans, NONE], 20_000_000_000n, [cut]);
    expect(quick).toEqual(exact);
  });

  it("forgets no contradiction before the window: each of them says with what the next evidence is compared", () => {
    // Each contradicts the one before the last: whichever is the first to be seen, every other one is in conflict.
    const jumps = [-330, -270, -240, -150, -110, -15, 25].map((from, step) => ({ from, to: from + 1, lo: 3_000 * step - 19_500 }));
    const quiet = joined(60, 50, {});
    const layer = {
      from: [...jumps.map(({ from }) => from), ...quiet.from.map((at) => at + 300)],
      to: [...jumps.map(({ to }) => to), ...quiet.to.map((at) => at + 300)],
      lo: [...jumps.map(({ lo }) => lo), ...quiet.lo],
      hi: [...jumps.map(({ lo }) => lo + 3_000), ...quiet.hi],
    };
    const [quick, exact] = bothWays([layer, NONE], 20_000_000_000n, []);
    expect(quick).toEqual(exact);
    expect(exact.spans[0]).toMatchObject({ from: BASE, verdict: "CONFLICT" });
  });

  it("rounds up what lies a millionth above a whole nanosecond", () => {
    const [spans, wide] = [joined(98, 50, { 40: null }), joined(98, 50, {})];
    const only = { from: [wide.from[40] as number], to: [wide.to[40] as number], lo: [-5_000], hi: [5_000] };
    // In the middle of the hole: 100 + 25 × 20.00000004 = 600.000001.
    const [quick, exact] = bothWays([spans, only], 20_000_000_040n, []);
    expect(quick).toEqual(exact);
    expect(JSON.stringify(exact, (_, value) => (typeof value === "bigint" ? String(value) : value))).toContain("601");
  });
});

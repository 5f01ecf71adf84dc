import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { HeartbeatHistory, LATE_PHI, phi, SILENT_PHI } from "./phi.ts";

describe("phi accrual", () => {
  it.each([
    [1000, 0.301],
    [1200, 1.643],
    [1600, 9.0059],
    [1700, 11.8929],
    [14_000, 3672.3],
  ])("C12: a silence of %d ms is worth %d", (silence, expected) => {
    expect(phi(silence, { mean: 1000, deviation: 100 })).toBeCloseTo(expected, silence > 10_000 ? 1 : 3);
  });
  it("never falls as the silence grows, however long", () => {
    let previous = -1;
    for (let silence = 0; silence < 1e7; silence = silence * 1.01 + 1) {
      const value = phi(silence, { mean: 1000, deviation: 100 });
      expect(value).toBeGreaterThanOrEqual(previous - 1e-9);
      expect(Number.isFinite(value)).toBe(true);
      previous = value;
    }
  });
  it("calls a sender late, then silent, and learns nothing from the outage", () => {
    const history = new HeartbeatHistory(5_000, 0);
    for (let beat = 1; beat <= 50; beat++) history.heard(beat * 5_000);
    const last = 250_000;
    expect(history.phi(last + 5_000)).toBeLessThan(LATE_PHI);
    expect(history.phi(last + 11_800)).toBeGreaterThan(LATE_PHI);
    expect(history.phi(last + 20_000)).toBeGreaterThan(SILENT_PHI);
    history.heard(last + 500_000);
    expect(history.phi(last + 500_000 + 20_000)).toBeGreaterThan(SILENT_PHI);
  });
  it("does not grow impatient with a sender that speaks more often than it promised", () => {
    const history = new HeartbeatHistory(5_000, 0);
    for (let beat = 1; beat <= 50; beat++) history.heard(beat * 500);
    expect(history.phi(25_000 + 6_000)).toBeLessThan(LATE_PHI);
  });
  it("judges as a plain list of the last thousand gaps does", () => {
    const gap = fc.double({ min: 1, max: 60_000, noNaN: true });
    fc.assert(
      fc.property(fc.array(gap, { minLength: 1, maxLength: 40 }), fc.integer({ min: 1, max: 2_000 }), gap, (gaps, times, silence) => {
        const [history, twin] = [new HeartbeatHistory(10_000, 0), new PlainHistory(10_000)];
        let now = 0;
        for (let turn = 0; turn < times; turn += gaps.length)
          for (const one of gaps) {
            now += one;
            history.heard(now);
            twin.heard(one);
          }
        const expected = twin.phi(silence);
        expect(Math.abs(history.phi(now + silence) - expected)).toBeLessThan(1e-3 * (1 + expected));
      }),
      { numRuns: 50 },
    );
  });
});

/** The twin: every gap in a list of which the last thousand count. */
class PlainHistory {
  readonly interval: number;
  #gaps: number[];

  constructor(interval: number) {
    this.interval = interval;
    this.#gaps = [interval * 0.75, interval * 1.25];
  }

  heard(gap: number): void {
    if (this.phi(gap) < SILENT_PHI) this.#gaps.push(gap);
  }

  phi(silence: number): number {
    const last = this.#gaps.slice(-1000);
    const mean = last.reduce((sum, gap) => sum + gap, 0) / last.length;
    const variance = last.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / last.length;
    const deviation = Math.max(Math.sqrt(variance), this.interval / 10);
    return phi(silence, { mean: Math.max(mean, this.interval) + this.interval, deviation });
  }
}

import { describe, expect, it } from "vitest";
import type { AuditCase } from "../audit-case.ts";
import { audit } from "./audit.ts";
import { evidenceOf } from "./evidence-at.ts";
import { mirrored, shifted } from "./moved.fixture.ts";
import { W1, W1_EXPECTED } from "./w1.fixture.ts";

const YEARS_56 = 56n * 31_557_600n * 1_000_000_000n;

describe("W1", () => {
  it("is answered as the note says, to the nanosecond", () => {
    expect(audit(W1)).toMatchObject(W1_EXPECTED);
  });
  it.each([
    ["56 years", YEARS_56],
    ["1.8e18 ns", 1_800_000_000_000_000_000n],
    ["an odd instant", 1_799_999_999_999_999_937n],
    ["before the epoch", -YEARS_56],
  ])("moved by %s is the same, moved", (_, by) => {
    const { spans, episodes, ...rest } = audit(W1);
    const moved = <T extends { from: bigint; to: bigint }>(all: readonly T[]) =>
      all.map((one) => ({ ...one, from: one.from + by, to: one.to + by }));
    expect(audit(shifted(W1, by))).toEqual({ ...rest, spans: moved(spans), episodes: moved(episodes) });
  });
  it("mirrored has the same verdicts", () => {
    expect(audit(mirrored(W1))).toEqual(audit(W1));
  });
  it("in any order is the same", () => {
    const { samples } = W1.clock;
    const backward: AuditCase = { ...W1, clock: { ...W1.clock, samples: [...samples].reverse() } };
    const mixed: AuditCase = { ...W1, clock: { ...W1.clock, samples: [...samples].sort((a, b) => Number(a.lo - b.lo)) } };
    expect(audit(backward)).toEqual(audit(W1));
    expect(audit(mixed)).toEqual(audit(W1));
  });
  it("says what is known at an instant", () => {
    const known = evidenceOf(W1.terms, W1.clock);
    const at = (second: bigint) => known(second * 1_000_000_000n);
    expect(at(0n)).toEqual({ kind: "bound", lo: -20_000n, hi: 30_000n });
    expect(at(28n)).toEqual({ kind: "bound", lo: 100_000n, hi: 135_000n });
    expect(at(72n)).toEqual({ kind: "no_evidence", cut: null });
    expect(at(75n)).toEqual({ kind: "bound", lo: -80_000n, hi: 80_000n });
  });
  it("has statistics", () => {
    expect(audit(W1).statistics).toEqual({
      samples: 7,
      spans: 0,
      dropped: { untraceable: 0, inCut: 0, contradictory: 0 },
      maxGap: 50_000_000_000n,
      worstBound: 240_000n,
      bound: { p50: 112_500n, p99: 240_000n, p999: 240_000n },
      unprovenBy: { wide: 0n, drift: 47_600_000_000n, conflict: 0n, leap: 0n },
    });
  });
});

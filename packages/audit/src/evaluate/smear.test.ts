import { BILLION } from "@truebound/time";
import { describe, expect, it } from "vitest";
import type { AuditCase, Smear } from "../audit-case.ts";
import { audit } from "./audit.ts";
import { extentOf, type Known } from "./line.ts";
import { JudgedLine, roundInward } from "./rounding.ts";
import { scaleFor, smearedStretches, withoutSmear } from "./smear.ts";
import { effectiveLimit, verdictsOf } from "./verdicts.ts";

const NOON = 1_483_228_800n * BILLION - 43_200n * BILLION;
const INSERTED: Smear = { begins: NOON, step: 1 };
const DELETED: Smear = { begins: NOON, step: -1 };
const day = ({ begins, step }: Smear) => ({ from: begins, to: begins + (86_400n + BigInt(step)) * BILLION });

/** What a clock that keeps a smear perfectly is known to be: the smear itself. */
const perfect = (smear: Smear, scale: bigint): Known[] =>
  smearedStretches([smear], scale).map(({ from, to, line }, index) => ({
    kind: "bound",
    from,
    to,
    hi: [line],
    minusLo: [{ slope: -line.slope, constant: -line.constant }],
    near: [],
    slot: index,
  }));

function violationOf(known: Iterable<Known>, limitNs: bigint, smear: Smear, scale: bigint): bigint {
  const limit = effectiveLimit({ limit: { min: -limitNs, max: limitNs }, appError: 0n }, scale);
  const line = new JudgedLine();
  for (const one of known)
    if (one.kind === "bound") for (const judged of verdictsOf(one, extentOf(one, one.from, one.to), limit, scale)) line.add(judged);
  return roundInward(line.spans, day(smear))
    .filter(({ verdict }) => verdict === "VIOLATION")
    .reduce((sum, { from, to }) => sum + (to - from), 0n);
}

describe("a clock that keeps a 24 h smear perfectly", () => {
  it.each([
    ["100 µs", 100_000n, 86_383_719_800_000n],
    ["1 ms", 1_000_000n, 86_228_198_000_000n],
    ["50 ms", 50_000_000n, 77_760_900_000_000n],
    ["1 s", BILLION, 0n],
  ])("is in violation of %s of UTC for as long as the note says, to the nanosecond", (_, limitNs, expected) => {
    const scale = scaleFor([INSERTED]);
    expect(violationOf(perfect(INSERTED, scale), limitNs, INSERTED, scale)).toBe(expected);
  });
  it("through a deleted second too", () => {
    const scale = scaleFor([DELETED]);
    expect(violationOf(perfect(DELETED, scale), 1_000_000n, DELETED, scale)).toBe(86_399n * 998_000_000n);
  });
  it.each([INSERTED, DELETED])("has nothing left where the smear is taken off (step $step)", (smear) => {
    const scale = scaleFor([smear]);
    expect(violationOf(withoutSmear(perfect(smear, scale), [smear], scale), 0n, smear, scale)).toBe(0n);
  });
});

describe("a host that follows a smear", () => {
  /** The smear itself every two seconds, as a host of that day would measure it: half a microsecond to either side. */
  const measured = Array.from({ length: 43_202 }, (_, index) => {
    const passed = BigInt(2 * index) * BILLION;
    const smeared = 2 * index < 43_200 ? -passed / 86_401n : BILLION - passed / 86_401n;
    return { t: NOON + passed, lo: smeared - 500n, hi: smeared + 500n };
  });
  const leap = NOON + 43_200n * BILLION;
  const given: AuditCase = {
    terms: {
      limit: { min: -100_000n, max: 100_000n },
      appError: 0n,
      horizon: 30n * BILLION,
      requiresTraceability: false,
      minimumProvenPpm: null,
    },
    window: day(INSERTED),
    schedule: [day(INSERTED)],
    exemptions: [],
    clock: { driftPpb: 12_000n, cuts: [{ from: leap, to: leap, reason: "leap" }], samples: measured, spans: [] },
  };

  it("is in violation of UTC, and within the smeared scale", () => {
    const [byUtc, bySmear] = [audit(given), audit({ ...given, smears: [INSERTED] })];
    expect([byUtc.verdict, bySmear.verdict]).toEqual(["FAIL", "PASS"]);
    // Half a microsecond is 43 s of the smear, at each of two crossings.
    expect(86_383_719_800_000n - byUtc.violation).toBeLessThan(2n * 50n * BILLION);
    expect(byUtc.violation).toBeLessThan(86_383_719_800_000n);
    // At the leap the smear has moved on by 2 s without a sample behind it.
    expect(bySmear.statistics.worstBound).toBeLessThan(48_000n);
  });
});

import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import {
  type AuditCase,
  type AuditResult,
  audit,
  auditGroup,
  auditPair,
  type ClockEvidence,
  type GroupCase,
  type PairCase,
  type Smear,
} from "@truebound/audit";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { drawnCase, drawnGroup, drawnPair } from "../packages/audit/src/evaluate/drawn.fixture.ts";
import { explainAuditCase } from "../server/src/explain/audit.ts";
import { HAS_PYTHON, NEEDS_PYTHON, VERIFIER } from "./two-verifiers.ts";

const W1 = new URL("../packages/audit/src/evaluate/w1.fixture.json", import.meta.url).pathname;
const CASES = 400;
/** The same cases whenever a difference is looked for. */
const SEED = 20_260_302;

function second(args: readonly string[], input = ""): string {
  const { status, stdout, stderr } = spawnSync("python3", [VERIFIER, ...args], { input, encoding: "utf8", maxBuffer: 1 << 28 });
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  return stdout;
}
const secondOfEach = (cases: readonly object[]): unknown[] =>
  second(["--explain-each", "-"], cases.map((one) => `${JSON.stringify(one)}\n`).join(""))
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));

const text = (stretch: object) => Object.fromEntries(Object.entries(stretch).map(([key, value]) => [key, sayValue(value)]));
/** JSON.parse would lose large numbers, so the product reads numbers by a parser of its own, or as strings. */
const sayValue = (value: unknown): unknown => (typeof value === "bigint" || typeof value === "number" ? String(value) : value);
const evidence = ({ cuts, samples, spans }: ClockEvidence) => ({
  cuts: cuts.map(text),
  samples: [...samples].map(text),
  spanEvidence: [...spans].map(text),
});
const demands = (
  { horizon, requiresTraceability }: Pick<AuditCase["terms"], "horizon" | "requiresTraceability">,
  { driftPpb }: ClockEvidence,
) => ({
  horizonNs: String(horizon),
  requireTraceability: requiresTraceability,
  driftPpb: String(driftPpb),
});
const limitOf = ({ limit, appError, minimumProvenPpm }: PairCase["terms"]) => ({
  limitNs: [String(limit.min), String(limit.max)],
  appErrorNs: String(appError),
  ...(minimumProvenPpm === null ? {} : { minimumProvenPpm: String(minimumProvenPpm) }),
});
const periodOf = ({ window, schedule, exemptions }: AuditCase | PairCase | GroupCase) => ({
  window: [String(window.from), String(window.to)],
  schedule: schedule.map(({ from, to }) => [String(from), String(to)]),
  exemptions: exemptions.map(text),
});

/** A case as a person writes it into a file. */
const writtenCase = ({ terms, clock, smears, ...rest }: AuditCase) => ({
  profile: { ...limitOf(terms), ...demands(terms, clock), smear: smears ? "reference" : "divergence" },
  ...periodOf({ terms, clock, ...rest }),
  ...evidence(clock),
  ...(smears ? { smears: smears.map(text) } : {}),
});
const writtenPair = (pair: PairCase) => ({
  profile: limitOf(pair.terms),
  ...periodOf(pair),
  hosts: pair.clocks.map(({ terms, clock }, index) => ({ name: `host ${index}`, profile: demands(terms, clock), ...evidence(clock) })),
});

const writtenGroup = ({ group, block }: DrawnGroup) => {
  const { limit, appError, minimumProvenPpm } = group.terms;
  return {
    profile: limitOf({ limit: { min: -limit, max: limit }, appError, minimumProvenPpm }),
    blockNs: String(block),
    ...periodOf(group),
    group: group.members.map(({ terms, clock, exemptions }, index) => ({
      name: `host ${index}`,
      profile: demands(terms, clock),
      exemptions: exemptions.map(text),
      ...evidence(clock),
    })),
  };
};
interface DrawnGroup {
  readonly group: GroupCase;
  readonly block: bigint;
}

const orNull = (value: bigint | null) => (value === null ? null : String(value));
const statisticsOf = ({ statistics }: AuditResult) => ({
  samples: statistics.samples,
  spans: statistics.spans,
  dropped: {
    untraceable: statistics.dropped.untraceable,
    in_cut: statistics.dropped.inCut,
    contradictory: statistics.dropped.contradictory,
  },
  max_gap_ns: orNull(statistics.maxGap),
  worst_bound_ns: orNull(statistics.worstBound),
  bound_ns: statistics.bound === null ? null : text(statistics.bound),
  unproven_by_ns: text(statistics.unprovenBy),
});

function firstAnswer(written: object, result: AuditResult) {
  const explained = explainAuditCase(JSON.parse(JSON.stringify(written)));
  if (explained.kind !== "explained") throw new Error(`Cannot explain a case: ${explained.problems.join("; ")}`);
  return { ...(explained.answer as object), statistics: statisticsOf(result) };
}

function compare<Case>(cases: readonly Case[], write: (one: Case) => object, judge: (one: Case) => AuditResult): void {
  const written = cases.map(write);
  const answers = secondOfEach(written);
  cases.forEach((one, index) => {
    expect(answers[index], JSON.stringify(written[index])).toEqual(firstAnswer(written[index] as object, judge(one)));
  });
}

/** A smear over the days of the case: its ns become minutes, and its bounds as wide as a smear is. */
const NOON = 1_483_185_600_000_000_000n;
const stretched = ({ terms, clock, ...period }: AuditCase, smears: readonly Smear[]): AuditCase => {
  const at = (t: bigint) => NOON + t * 1_800_000_000_007n;
  const by = (value: bigint) => value * 50_000_017n;
  const moved = <S extends { from: bigint; to: bigint }>(stretch: S): S => ({ ...stretch, from: at(stretch.from), to: at(stretch.to) });
  const bound = <B extends { lo: bigint; hi: bigint }>(b: B): B => ({ ...b, lo: by(b.lo), hi: by(b.hi) });
  return {
    terms: {
      ...terms,
      limit: { min: by(terms.limit.min), max: by(terms.limit.max) },
      appError: by(terms.appError),
      horizon: terms.horizon * 1_800_000_000_000n,
    },
    clock: {
      driftPpb: clock.driftPpb / 33_331n,
      cuts: clock.cuts.map(moved),
      samples: [...clock.samples].map((sample) => bound({ ...sample, t: at(sample.t) })),
      spans: [...clock.spans].map((span) => bound(moved(span))),
    },
    window: moved(period.window),
    schedule: period.schedule.map(moved),
    exemptions: period.exemptions.map((one) => ({ ...moved(one), declaredAt: at(one.declaredAt) })),
    smears,
  };
};
const drawnSmears = fc.constantFrom<readonly Smear[]>([{ begins: NOON, step: 1 }], [{ begins: NOON + 777n, step: -1 }], []);
const drawnSmeared = fc.tuple(drawnCase, drawnSmears).map(([one, smears]) => stretched(one, smears));

describe.skipIf(!HAS_PYTHON)(`the second verifier${NEEDS_PYTHON}`, () => {
  it("prints what W1 expects", () => {
    const { expect: wanted } = JSON.parse(readFileSync(W1, "utf8"), (key, value) =>
      typeof value === "number" && !key.endsWith("Ppm") ? String(value) : value,
    );
    const answer = JSON.parse(second(["--explain", W1]));
    expect({ ...answer, compliancePpmRange: answer.compliancePpmRange.map(String) }).toEqual(wanted);
  });

  it("says what it cannot use, and does not show where in its code", () => {
    const fails = (...args: string[]) => spawnSync("python3", [VERIFIER, ...args], { encoding: "utf8", input: "{}" });
    expect(fails("--explain", "nowhere.json")).toMatchObject({
      status: 1,
      stderr: "Cannot read nowhere.json: No such file or directory\n",
    });
    expect(fails("--explain", "-")).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/^Cannot explain -: it is no case .*profile/),
    });
    expect(fails("one", "two")).toMatchObject({ status: 2, stderr: expect.stringMatching(/^Cannot use one two: /) });
    expect(fails("--help")).toMatchObject({ status: 0, stderr: "" });
  });
  it("judges drawn cases as the product does, to the nanosecond", () => {
    compare(fc.sample(drawnCase, { numRuns: CASES, seed: SEED }), writtenCase, audit);
  });
  it("judges drawn pairs as the product does", () => {
    compare(fc.sample(drawnPair, { numRuns: CASES / 2, seed: SEED }), writtenPair, auditPair);
  });
  it("judges all pairs of drawn groups as the product does", () => {
    const drawn = fc.record({ group: drawnGroup, block: fc.bigInt(1n, 70n) });
    compare(fc.sample(drawn, { numRuns: CASES, seed: SEED }), writtenGroup, ({ group, block }) => auditGroup(group, block));
  });
  it("judges smeared time as the product does", () => {
    compare(fc.sample(drawnSmeared, { numRuns: CASES / 2, seed: SEED }), writtenCase, audit);
  });
});

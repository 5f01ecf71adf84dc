import { utc } from "@truebound/time";
import { type AlertRule, DAEMON_FINDINGS, type DaemonFinding, FINDINGS, SOURCE_STATES, STATUSES } from "@truebound/wire";
import fc from "fast-check";
import { expect, it } from "vitest";
import { ASSUMPTIONS, aSource, healthy, START } from "./alert-world.fixture.ts";
import { factsOf } from "./host-facts.ts";
import { CONFIG } from "./memory-store.fixture.ts";
import { RuleBook } from "./rules-in-force.ts";
import { SHIPPED_RULES } from "./shipped-rules.ts";
import { isWell } from "./well.ts";

const MS = 1_000_000;

/** Half of all draws are of what is usual, so that a host which is well is no rarity. */
const mostly = <T>(usual: T, others: fc.Arbitrary<T>): fc.Arbitrary<T> =>
  fc.oneof({ weight: 3, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: others });

const ends = fc.tuple(fc.integer({ min: -120, max: 120 }), fc.integer({ min: 0, max: 60 }));
const seen = fc
  .record({
    ends,
    hasTight: fc.boolean(),
    status: mostly("proven", fc.constantFrom(...STATUSES)),
    votes: mostly<number | null>(4, fc.constantFrom(null, 0, 2, 3)),
    basis: mostly("assumed", fc.constantFrom("calibrated", "broken")),
    states: fc.array(mostly("agrees", fc.constantFrom(...SOURCE_STATES)), { maxLength: 4 }),
    daemon: mostly<DaemonFinding[]>([], fc.constantFrom(...DAEMON_FINDINGS.map((one) => [one]))),
    isCloned: mostly(false, fc.constant(true)),
    standing: mostly<"unaccused" | "flagged" | null>(null, fc.constantFrom("unaccused", "flagged")),
    liveness: mostly("reporting", fc.constantFrom("late", "silent")),
    ageMs: mostly<number | null>(1, fc.constant(null)),
    oscillator: fc.constantFrom(0, 150_000),
  })
  .map(({ ends: [lo, wide], hasTight, daemon, votes, basis, states, isCloned, standing, liveness, ageMs, status, oscillator }) => {
    const bound = { lo: BigInt(lo * MS), hi: BigInt((lo + wide) * MS) };
    const record = healthy(1, {
      bound,
      tight: hasTight ? { lo: bound.lo, hi: bound.lo } : null,
      status: status as "proven",
      votes,
      assumptions: { ...ASSUMPTIONS, drift_basis: basis as "assumed" },
      sources: states.map((state, index) => aSource(index + 1, { state })),
      daemon: { at: utc(START), findings: daemon },
      clone: isCloned ? { attempts: 1n, address: null, ownAddress: null, since: 0n as never } : null,
      frequency: { oscillator: [oscillator, oscillator + 1], daemon_slew: null },
    });
    return { record, liveness: liveness as "late", ageMs, standing: standing && { standing, tier: null, suspects: 0, leastLiars: 0 } };
  });

const [first] = SHIPPED_RULES as [AlertRule];
const rules = fc
  .array(
    fc.tuple(
      fc.constantFrom(...FINDINGS.filter((one) => one !== "frequency_exceeds")),
      fc.integer({ min: 1, max: 150 }),
      fc.integer({ min: 50, max: 100 }),
    ),
    { minLength: 1, maxLength: 6 },
  )
  .map((drawn) =>
    drawn.map(
      ([finding, limit, clear_pct], index): AlertRule => ({
        ...first,
        name: `r${index}`,
        finding,
        limit_ns: limit * MS,
        clear_pct,
        share_pct: clear_pct,
      }),
    ),
  );

it("of a host that is well no rule holds, whether or not an alert of it goes on", () => {
  let well = 0;
  fc.assert(
    fc.property(seen, rules, (host, drawn) => {
      const book = new RuleBook({ ...CONFIG, rules: drawn.map((body) => ({ body, origin: "file" })) }, []).of(host.record.labels);
      const facts = factsOf(host, true, false);
      if (!isWell(facts, book)) return;
      well += 1;
      for (const one of book.host)
        for (const on of [false, true]) expect([one.finding, one.test(facts, one, on)]).not.toEqual([one.finding, "holds"]);
      for (const one of book.source) for (const source of host.record.sources) expect(one.test(facts, source)).not.toBe("holds");
    }),
    { numRuns: 5_000 },
  );
  expect(well).toBeGreaterThan(100);
});

it("a rule on the oscillator asks for more than the bound", () => {
  const rule: AlertRule = { ...first, name: "frequency", finding: "frequency_exceeds" };
  const book = new RuleBook({ ...CONFIG, rules: [{ body: rule, origin: "file" }] }, []).of({});
  expect(isWell(factsOf({ record: healthy(1), liveness: "reporting", ageMs: 1 }, true, false), book)).toBe(false);
});

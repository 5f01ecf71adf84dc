import { INSTANT_VERDICTS, type InstantVerdict } from "@truebound/audit";
import { formatUtc, parseUtc, type UtcInstant, utc } from "@truebound/time";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bandOf } from "./band.ts";
import { COLUMNS } from "./blocks.ts";
import { MANIFESTS } from "./manifests.fixture.ts";
import { SEVERITY } from "./words.ts";

const [result] = MANIFESTS.compliant.results;
if (result === undefined) throw new Error("The fixture has no result");
const PERIOD = { from: "2026-01-01T00:00:00.000000000Z", to: "2027-01-01T00:00:00.000000000Z" };
const BEGIN = parseUtc(PERIOD.from) as UtcInstant;
const LENGTH = (parseUtc(PERIOD.to) as UtcInstant) - BEGIN;

describe("a band of verdicts", () => {
  it("shows a breach of one nanosecond in a year", () => {
    const middle = BEGIN + LENGTH / 3n;
    const [a, b] = [formatUtc(utc(middle)), formatUtc(utc(middle + 1n))];
    const { runs } = bandOf(
      {
        ...result,
        spans: [
          [PERIOD.from, a, "COMPLIANT"],
          [a, b, "VIOLATION"],
          [b, PERIOD.to, "COMPLIANT"],
        ],
      },
      PERIOD,
    );
    expect(runs.map(({ verdict }) => verdict)).toEqual(["COMPLIANT", "VIOLATION", "COMPLIANT"]);
  });

  it("is whole, in order, and never better than what lies there", () => {
    const cuts = fc.uniqueArray(fc.bigInt(1n, LENGTH - 1n), { maxLength: 40 });
    fc.assert(
      fc.property(cuts, fc.array(fc.constantFrom(...INSTANT_VERDICTS), { minLength: 41, maxLength: 41 }), (places, verdicts) => {
        const edges = [0n, ...[...places].sort((a, b) => (a < b ? -1 : 1)), LENGTH];
        const spans = edges.slice(1).map((to, at) => {
          const [from, verdict] = [edges[at] ?? 0n, verdicts[at] ?? "COMPLIANT"];
          return [formatUtc(utc(BEGIN + from)), formatUtc(utc(BEGIN + to)), verdict] as const;
        });
        const { runs } = bandOf({ ...result, spans }, PERIOD);
        expect(runs.map(({ from }) => from)).toEqual([0, ...runs.slice(0, -1).map(({ to }) => to)]);
        expect(runs.at(-1)?.to).toBe(COLUMNS);
        edges.slice(1).forEach((to, at) => {
          const column = Number((((edges[at] ?? 0n) + to) * BigInt(COLUMNS)) / (2n * LENGTH));
          const drawn = runs.find((run) => run.from <= column && column < run.to)?.verdict as InstantVerdict;
          expect(SEVERITY.indexOf(drawn)).toBeLessThanOrEqual(SEVERITY.indexOf(verdicts[at] ?? "COMPLIANT"));
        });
      }),
    );
  });

  it("draws within an inserted second", () => {
    const { runs } = bandOf(
      { ...result, spans: [["2016-12-31T23:59:60.000000000Z", "2017-01-01T00:00:01.000000000Z", "NO_EVIDENCE"]] },
      {
        from: "2016-12-31T00:00:00.000000000Z",
        to: "2017-01-02T00:00:00.000000000Z",
      },
    );
    expect(runs).toEqual([{ from: COLUMNS / 2, to: COLUMNS / 2 + 1, verdict: "NO_EVIDENCE" }]);
  });
});

import { FINDINGS } from "@truebound/wire";
import { expect, it } from "vitest";
import { ruleInWords, spanWords } from "./rule-words.ts";
import { SHIPPED_RULES } from "./shipped-rules.ts";

const shipped = (name: string) => SHIPPED_RULES.find((rule) => rule.name === name) as (typeof SHIPPED_RULES)[number];

it.each([
  [
    shipped("proved_outside_limit"),
    "Pages somebody when a host's clock is proved to be off by more than its policy's limit (else 100 ms), and a measurement made anew shows it too",
  ],
  [
    { ...shipped("will_exceed_in"), limit_ns: 1_500_000, hosts: { group: "trading", labels: { site: "fra", rack: "7" } } },
    "A ticket when a host without sources passes 1.5 ms within 10 min, of the group trading with site=fra rack=7, for 1 min",
  ],
  [
    { ...shipped("near_limit"), otherwise_ns: null, hold_s: 0, hosts: {}, calendar: { name: "lse", before_s: 1800 } },
    "A note when a host's worst error is more than 80 % of its policy's limit, of all hosts; while lse is open and for 30 min before",
  ],
  [
    { ...shipped("near_limit"), finding: "frequency_exceeds" as const, ppb: 50_500, hold_s: 90, calendar: { name: "lse", before_s: 0 } },
    "A note when a host's oscillator is proved to stray by more than 50.5 ppm, for 90 s; while lse is open",
  ],
])("$name in words", (rule, words) => expect(ruleInWords(rule)).toBe(words));

it("every finding has words of its own", () => {
  const words = FINDINGS.map((finding) => ruleInWords({ ...shipped("near_limit"), finding }));
  expect(new Set(words).size).toBe(FINDINGS.length);
});

it("spans are said in the greatest unit that is exact", () => {
  expect([0, 59, 60, 90, 3600, 86_400, 90_000].map(spanWords)).toEqual(["0 s", "59 s", "1 min", "90 s", "1 h", "1 d", "25 h"]);
});

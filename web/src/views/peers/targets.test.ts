import type { TargetView } from "@truebound/wire";
import { expect, it } from "vitest";
import { member } from "./mesh.fixture.ts";
import { measuredWords, targetStandings } from "./targets.ts";

const target = (name: string): TargetView => ({
  id: `id-${name}`,
  name,
  address: "10.0.0.1",
  port: 123,
  domain: "fra-1",
  labels: {},
  created_at: "2026-11-01T00:00:00.000Z",
});
const measured = (name: string, facts = {}) =>
  member(name, { kind: "target", measures: 0, measured_by: 3, guaranteed: { lo_ns: "-5", hi_ns: "7" }, ...facts });

it("puts the accused first, then those of which nothing is known, and calls none of these fine", () => {
  const members = [measured("fine"), measured("liar", { standing: "flagged" }), measured("unbounded", { guaranteed: null })];
  const standings = targetStandings(["new", "unbounded", "fine", "liar"].map(target), members);
  expect(standings.map(({ target: { name }, look, word }) => [name, look, word])).toEqual([
    ["liar", "conflict", "flagged"],
    ["new", "unknown", "not measured"],
    ["unbounded", "unknown", "not compared"],
    ["fine", "proven", "consistent"],
  ]);
  expect(standings[1]?.why).toBe("no host of fra-1 has measured it lately");
});

it("says that one measurer alone contradicts nobody", () => {
  expect([null, measured("a"), measured("b", { measured_by: 1 })].map(measuredWords)).toEqual([
    "by nobody",
    "by 3 hosts",
    "by 1 host: nobody can contradict it",
  ]);
});

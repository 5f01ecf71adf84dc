import { describe, expect, it } from "vitest";
import { startOf } from "./days.ts";
import { fateOf, type HostDay, judgeDay, oldDays } from "./fate.ts";
import type { Hold } from "./holds.ts";
import { chooseRule, type EvidenceRule } from "./rules.ts";

const RULES: EvidenceRule[] = [
  { selector: {}, class: "full", days: 30, archiveDays: null },
  { selector: { site: "fra" }, class: "audit", days: 2555, archiveDays: null },
  { selector: { site: "fra", role: "dev" }, class: "none", days: 0, archiveDays: null },
];
const host = (more: Partial<HostDay> = {}): HostDay => ({
  host: "a",
  labels: {},
  isGone: false,
  unconfirmed: false,
  unsealed: false,
  condensed: false,
  measured: { from: startOf(100), to: startOf(101) - 1n },
  ...more,
});
/** As of the first instant of a day. */
const on = (day: number, holds: Hold[] = []) => ({ now: startOf(day), rules: RULES, holds });
const hold = (from: number, to: number, on: Hold["on"] = { host: "a" }): Hold => ({ id: 1, on, from: startOf(from), to: startOf(to) });

describe("what was received on day 100", () => {
  it.each([
    ["is young for thirty days after its end", host(), on(130), "young"],
    ["goes then", host(), on(131), "goes"],
    ["stays while its agent has not been told that it may delete it", host({ unconfirmed: true }), on(500), "unconfirmed"],
    ["stays while no signed head of the log covers it", host({ unsealed: true }), on(500), "unsealed"],
    ["even of a host that will never report again", host({ unsealed: true, isGone: true }), on(500), "unsealed"],
    ["goes for a host that will never report again", host({ unconfirmed: true, isGone: true }), on(131), "goes"],
    ["gives way to its signed spans where a rule keeps those for years", host({ labels: { site: "fra" } }), on(103), "condenses"],
    ["not before the refill window is over", host({ labels: { site: "fra" } }), on(102), "young"],
    ["and then what is left of it stays for those years", host({ labels: { site: "fra" }, condensed: true }), on(2000), "young"],
    ["and goes after them", host({ labels: { site: "fra" }, condensed: true }), on(2656), "goes"],
    ["stays for the refill window where nothing is kept", host({ labels: { site: "fra", role: "dev" } }), on(102), "young"],
    ["goes after it", host({ labels: { site: "fra", role: "dev" } }), on(103), "goes"],
    ["stays under a hold on its host", host(), on(131, [hold(90, 100)]), "held"],
    ["goes under a hold on another", host(), on(131, [hold(90, 110, { host: "b" })]), "goes"],
    ["goes under a hold on other times", host(), on(131, [hold(90, 99)]), "goes"],
    [
      "stays under a hold on its labels",
      host({ labels: { site: "ams" } }),
      on(131, [hold(100, 100, { selector: { site: "ams" } })]),
      "held",
    ],
    [
      "stays under a hold on when it was measured, long before",
      host({ measured: { from: startOf(80), to: startOf(81) } }),
      on(131, [hold(79, 80)]),
      "held",
    ],
  ])("%s", (_, one, facts, fate) => expect(fateOf(one, 100, facts)).toBe(fate));
  it("is dropped as a whole when all of it may go, and else by row", () => {
    expect(judgeDay(100, [host(), host({ host: "b" })], on(131))).toMatchObject({ whole: true });
    const judged = judgeDay(100, [host(), host({ host: "b", unconfirmed: true })], on(131));
    expect([judged.whole, judged.go.map(({ host }) => host)]).toEqual([false, ["a"]]);
  });
  it("is dropped when it holds nothing", () => expect(judgeDay(100, [], on(131)).whole).toBe(true));
});

describe("the rule of a host", () => {
  it.each([
    [{}, "full"],
    [{ site: "fra" }, "audit"],
    [{ site: "fra", role: "dev" }, "none"],
    [{ role: "dev" }, "full"],
  ])("with labels %j is %s", (labels, name) => expect(chooseRule(labels, RULES).class).toBe(name));
  it("is the one that keeps more where two name as many labels", () => {
    const tied: EvidenceRule[] = [
      { selector: { a: "1" }, class: "none", days: 900, archiveDays: null },
      { selector: { b: "1" }, class: "full", days: 5, archiveDays: null },
      { selector: { c: "1" }, class: "full", days: 9, archiveDays: null },
    ];
    expect(chooseRule({ a: "1", b: "1", c: "1" }, tied)).toEqual(tied[2]);
  });
  it("is full for thirty days where there is none", () =>
    expect(chooseRule({}, [])).toEqual({ selector: {}, class: "full", days: 30, archiveDays: null }));
});

it("a day is looked at once it is past the shortest age of all rules, and never inside the refill window", () => {
  expect(oldDays([96, 95, 97, 98], { now: startOf(100), rules: RULES })).toEqual([95, 96, 97]);
  expect(oldDays([68, 69, 70], { now: startOf(100), rules: [] })).toEqual([68, 69]);
});

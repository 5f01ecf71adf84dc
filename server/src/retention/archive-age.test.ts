import { expect, it } from "vitest";
import { type ArchivedFile, judgeFile, lastOldDay } from "./archive-age.ts";
import { DAY_NS, startOf } from "./days.ts";
import type { Hold } from "./holds.ts";
import type { EvidenceRule } from "./rules.ts";

const DAY = 20_000;
const rules: EvidenceRule[] = [
  { selector: {}, class: "full", days: 30, archiveDays: null },
  { selector: { desk: "equities" }, class: "audit", days: 60, archiveDays: 1830 },
  { selector: { site: "lab" }, class: "full", days: 10, archiveDays: 90 },
];
const host = (name: string, labels: Record<string, string>, measured: ArchivedFile["hosts"][number]["measured"] = null) => ({
  host: name,
  labels,
  rows: 10,
  measured,
});
const file = (...hosts: ArchivedFile["hosts"]): ArchivedFile => ({ day: DAY, part: 1, file: "f", bytes: 1, hosts });
const after = (days: number, less = 0n) => startOf(DAY + 1) + BigInt(days) * DAY_NS - less;
const judge = (one: ArchivedFile, now: bigint, holds: Hold[] = []) => judgeFile(one, { now, rules, holds });

it("keeps for ever what no rule lets go", () => {
  expect(judge(file(host("a", {})), after(36_000))).toEqual({ kind: "young" });
});
it("lets a file go once everything in it is past its age, counted from the end of its day", () => {
  const lab = host("a", { site: "lab" });
  expect(judge(file(lab), after(90, 1n))).toEqual({ kind: "young" });
  expect(judge(file(lab), after(90))).toEqual({
    kind: "goes",
    hosts: [{ host: "a", rows: 10, class: "full", archive_days: 90 }],
  });
  expect(judge(file(lab, host("b", { desk: "equities" })), after(1829))).toEqual({ kind: "young" });
  expect(judge(file(lab, host("b", { desk: "equities" })), after(1830)).kind).toBe("goes");
  expect(judge(file(lab, host("b", {})), after(36_000))).toEqual({ kind: "young" });
});
it("lets nothing go under a hold on any host in the file, by when it was received or measured", () => {
  const long = { from: startOf(DAY - 100), to: startOf(DAY - 99) };
  const hold = (id: number, on: Hold["on"], at: bigint): Hold => ({ id, on, from: at, to: at });
  const both = file(host("a", { site: "lab" }), host("b", { site: "lab" }, long));
  const holds = [
    hold(7, { host: "b" }, long.from),
    hold(3, { selector: { site: "lab" } }, startOf(DAY)),
    hold(1, { host: "c" }, startOf(DAY)),
  ];
  expect(judge(both, after(400), holds)).toEqual({ kind: "held", holds: [3, 7] });
  expect(judge(both, after(400), [hold(1, { host: "a" }, long.from)]).kind).toBe("goes");
});
it.each([
  [rules, after(90), DAY],
  [rules, after(90, 1n), DAY - 1],
  [rules.slice(0, 1), after(400), null],
])("looks no further than the last day of which anything can go", (all, now, day) => {
  expect(lastOldDay({ now, rules: all })).toBe(day);
});

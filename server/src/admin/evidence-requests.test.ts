import { expect, it } from "vitest";
import { parseEvidence } from "./evidence-requests.ts";

const said = ["--reason", "MiFID II", "--who", "A. Counsel"];
const words = { dryRun: false, reason: "MiFID II", who: "A. Counsel" };

it.each([
  [["list", "--json"], { do: "list_evidence_rules", json: true }],
  [
    ["set", "--label", "desk=equities", "--label", "site=fra", "--class", "audit", "--days", "1830", "--archive-days=2555", ...said],
    {
      do: "set_evidence_rule",
      rule: { selector: { desk: "equities", site: "fra" }, class: "audit", days: 1830, archiveDays: 2555 },
      ...words,
    },
  ],
  [
    ["set", "--everyone", "--class", "full", "--days", "30", "--dry-run", ...said],
    { do: "set_evidence_rule", rule: { selector: {}, class: "full", days: 30, archiveDays: null }, ...words, dryRun: true },
  ],
  [
    ["set", "--label", "site=lab", "--class", "none", ...said],
    { do: "set_evidence_rule", rule: { selector: { site: "lab" }, class: "none", days: 0, archiveDays: null }, ...words },
  ],
  [["remove", "--label", "site=lab", ...said], { do: "remove_evidence_rule", selector: { site: "lab" }, ...words }],
])("evidence %j", (args, request) => expect(parseEvidence(args)).toEqual(request));

it.each([
  [[], "say list, set or remove"],
  [["drop"], 'Cannot do "drop" with rules of evidence'],
  [["set", "--class", "full", "--days", "30", ...said], "either --label name=value or --everyone"],
  [["set", "--everyone", "--label", "a=b", "--class", "full", "--days", "30", ...said], "either --label"],
  [["set", "web-1", "--class", "full", "--days", "30", ...said], "a rule is for labels"],
  [["set", "--everyone", "--class", "ful", "--days", "30", ...said], "full, audit or none"],
  [["set", "--everyone", "--days", "30", ...said], "full, audit or none"],
  [["set", "--everyone", "--class", "full", ...said], "Cannot take --days of nothing"],
  [["set", "--everyone", "--class", "full", "--days", "0", ...said], "whole days from 1 to 36500"],
  [["set", "--everyone", "--class", "full", "--days", "1y", ...said], "whole days"],
  [["set", "--everyone", "--class", "full", "--days", "30", "--archive-days", "never", ...said], "or forever"],
  [["set", "--everyone", "--class", "none", "--days", "30", ...said], "nothing is kept for any"],
  [["set", "--everyone", "--class", "full", "--days", "30", "--who", "x"], "--reason and --who"],
  [["set", "--label", "a", "--class", "full", "--days", "30", ...said], "write name=value"],
  [["remove", ...said], "either --label"],
  [["remove", "--everyone"], "--reason and --who"],
  [["list", "all"], "list takes none"],
])("evidence %j is refused: %s", (args, why) => expect(parseEvidence(args)).toEqual(expect.stringContaining(why)));

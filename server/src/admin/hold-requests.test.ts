import { parseUtc } from "@truebound/time";
import { expect, it } from "vitest";
import { parseHold } from "./hold-requests.ts";

const span = ["--from", "2026-01-01T00:00:00Z", "--to=2026-02-01T00:00:00Z"];
const said = ["--reason", "case 17", "--who", "A. Counsel"];
const made = {
  do: "add_hold",
  future: false,
  from: parseUtc("2026-01-01T00:00:00Z"),
  to: parseUtc("2026-02-01T00:00:00Z"),
  reason: "case 17",
  who: "A. Counsel",
};

it.each([
  [["add", "web-1", ...span, ...said], { ...made, on: { host: "web-1" } }],
  [["add", "--label", "site=fra", "--label", "role=db", ...span, ...said], { ...made, on: { selector: { site: "fra", role: "db" } } }],
  [["add", "--label", "site=new", "--future", ...span, ...said], { ...made, future: true, on: { selector: { site: "new" } } }],
  [["list", "--json"], { do: "list_holds", all: false, json: true }],
  [["list", "--all"], { do: "list_holds", all: true, json: false }],
  [["release", "3", ...said], { do: "release_hold", id: 3, reason: "case 17", who: "A. Counsel" }],
])("hold %j", (args, request) => expect(parseHold(args)).toEqual(request));

it.each([
  [[], "say add, list or release"],
  [["add", ...span, ...said], "either a host"],
  [["add", "web-1", "--label", "a=b", ...span, ...said], "either a host"],
  [["add", "web-1", "--future", ...span, ...said], "goes with --label"],
  [["add", "web-1", "web-2", ...span, ...said], "one host at a time"],
  [["add", "web-1", "--from", "yesterday", "--to", "2026-02-01T00:00:00Z", ...said], "--from yesterday"],
  [["add", "web-1", "--from", "2026-01-01T00:00:00Z", ...said], "--to"],
  [["add", "web-1", "--from", "2026-03-01T00:00:00Z", "--to", "2026-02-01T00:00:00Z", ...said], "from after to"],
  [["add", "web-1", ...span, "--reason", "x"], "--who"],
  [["add", "web-1", ...span, "--reason", "a\nb", "--who", "x"], "a line"],
  [["release", "x", ...said], "one number"],
  [["release", "3"], "--reason"],
])("hold %j is refused: %s", (args, why) => expect(parseHold(args)).toEqual(expect.stringContaining(why)));

import { parseUtc } from "@truebound/time";
import { expect, it } from "vitest";
import { parseExemption, parseInventory, parseScope } from "./scope-requests.ts";

const TERMS = ["--from", "2026-12-05T08:00:00Z", "--to", "2026-12-05T10:00:00Z", "--reason", "move", "--who", "ada"];
const without = (name: string) => TERMS.filter((_, at) => at !== TERMS.indexOf(name) && at !== TERMS.indexOf(name) + 1);
const period = { from: parseUtc("2026-12-05T08:00:00Z"), to: parseUtc("2026-12-05T10:00:00Z") };

it.each([
  [["list"], { do: "list_scopes", json: false }],
  [["list", "--json"], { do: "list_scopes", json: true }],
  [["list", "x"], 'Cannot take "x": it takes no words'],
  [[], expect.stringContaining("Cannot guess what to do with scopes")],
  [["show"], expect.stringContaining("say list; truebound apply sets scopes")],
])("scope %j", (args, request) => expect(parseScope(args)).toEqual(request));

it.each([
  [
    ["add", "floor", ...TERMS],
    { do: "add_exemption", exemption: { scope: "floor", host: null, period, reason: "move", who: "ada" }, json: false },
  ],
  [["add", "floor", "--host", "gw-1", ...TERMS], expect.objectContaining({ exemption: expect.objectContaining({ host: "gw-1" }) })],
  [["add", ...TERMS], expect.stringContaining("without exactly one scope")],
  [["add", "floor", "other", ...TERMS], expect.stringContaining("without exactly one scope")],
  [["add", "floor", ...without("--from")], "Cannot take from nothing: write a time such as 2026-11-26T00:00:00Z"],
  [["add", "floor", ...without("--to"), "--to", "noon"], "Cannot take to noon: write a time such as 2026-11-26T00:00:00Z"],
  [["add", "floor", ...without("--to"), "--to", "2026-12-05T08:00:00Z"], expect.stringContaining("to must be after from")],
  [["add", "floor", ...without("--who")], expect.stringContaining("without --reason and --who")],
  [["list"], { do: "list_exemptions", json: false }],
  [["withdraw", "5", "--reason", "no move", "--who", "ada"], { do: "withdraw_exemption", id: "5", reason: "no move", who: "ada" }],
  [["withdraw", "--reason", "no move", "--who", "ada"], expect.stringContaining("exactly one exemption")],
  [["remove", "1"], expect.stringContaining("Say add, withdraw or list")],
])("exemption %j", (args, request) => expect(parseExemption(args)).toEqual(request));

it.each([
  [["import", "-", "--kind", "csv", "--who", "ada"], { do: "import_inventory", kind: "csv", file: "-", who: "ada" }],
  [["import", "f", "--who", "ada"], "Cannot import without --kind: say csv, ansible, kubernetes"],
  [["import", "f", "--kind", "ansibl", "--who", "ada"], 'Cannot import "ansibl": did you mean ansible?'],
  [["import", "f", "--kind", "csv"], expect.stringContaining("without --who")],
  [["import", "--kind", "csv", "--who", "ada"], expect.stringContaining("without exactly one file")],
  [["show", "--json"], { do: "show_inventory", json: true }],
  [["shwo"], expect.stringContaining("did you mean show?")],
])("inventory %j", (args, request) => expect(parseInventory(args)).toEqual(request));

import type { Inventory } from "@truebound/audit";
import { parseUtc, type UtcInstant } from "@truebound/time";
import { nearest, readOptions } from "@truebound/wire";
import { saidBy } from "../admin/said.ts";
import { noVerb } from "../admin/verbs.ts";
import { ADMIN_SETTINGS } from "../usage.ts";
import { INVENTORY_KINDS } from "./inventory/read-inventory.ts";
import type { NewExemption } from "./scopes.ts";

/** What `truebound scope …`, `exemption …` and `inventory …` ask for. */
export type ScopeRequest =
  | { readonly do: "list_scopes"; readonly json: boolean }
  | { readonly do: "add_exemption"; readonly exemption: NewExemption; readonly json: boolean }
  | { readonly do: "withdraw_exemption"; readonly id: string; readonly reason: string; readonly who: string }
  | { readonly do: "list_exemptions"; readonly json: boolean }
  | { readonly do: "import_inventory"; readonly kind: Inventory["kind"]; readonly file: string; readonly who: string }
  | { readonly do: "show_inventory"; readonly json: boolean };

export const SCOPE_USAGE = `usage: truebound scope list [--json]
  Whose clocks are held against which limit, and when (docs/scopes.md); truebound apply sets scopes.
  --json                   as JSON (off)
${ADMIN_SETTINGS}
example: truebound scope list`;

export const EXEMPTION_USAGE = `usage: truebound exemption add SCOPE [--host HOST] --from TIME --to TIME --reason TEXT --who NAME [--json]
       truebound exemption withdraw ID --reason TEXT --who NAME
       truebound exemption list [--json]
  Time in which the limit of a scope need not hold. When it was declared is the time at which the database took it: one that was
  declared after it began never hides a violation, and list says so. It is kept for good. What is withdrawn holds no more from then on; where it has begun, what
  it exempted until then hides no violation either. Reports that were made before stay as they are, and withdraw names them.
  --host HOST              one host, by its id or name (all of the scope)
  --from TIME, --to TIME   needed; RFC 3339
  --reason TEXT, --who NAME   needed; a line each
  --json                   as JSON (off)
${ADMIN_SETTINGS}
example: truebound exemption add floor-cat --host gw-1 --from 2026-12-05T08:00:00Z --to 2026-12-05T10:00:00Z --reason "move, ticket 812" --who "A. Ops"`;

export const INVENTORY_USAGE = `usage: truebound inventory import FILE|- --kind csv|ansible|kubernetes --who NAME
       truebound inventory show [--json]
  A list of the hosts that must be there: reports say which are missing. The list that was imported last counts; earlier ones are
  kept. show says which are listed and do not report, and which are in scope and not listed.
  --kind KIND              needed: csv, with a column host, hostname, name, fqdn or server, or names in the first column;
                           ansible, an inventory as INI or YAML, or the JSON of ansible-inventory --list;
                           kubernetes, the JSON of kubectl get nodes -o json
  --who NAME               needed: who imports it
  --json                   show: as JSON (off)
${ADMIN_SETTINGS}
example: truebound inventory import nodes.json --kind kubernetes --who "A. Ops"`;

export function parseScope([what, ...rest]: readonly string[]): ScopeRequest | string {
  if (what === "list") return listing("list_scopes", rest);
  const guess = "say list; truebound apply sets scopes";
  return what === undefined ? `Cannot guess what to do with scopes: ${guess}` : `Cannot do ${JSON.stringify(what)} with scopes: ${guess}`;
}

export function parseExemption([what, ...rest]: readonly string[]): ScopeRequest | string {
  if (what === "list") return listing("list_exemptions", rest);
  if (what === "withdraw") return parseWithdraw(rest);
  return what === "add" ? parseAdd(rest) : noVerb(what, "exemptions", ["add", "withdraw", "list"]);
}

function parseWithdraw(args: readonly string[]): ScopeRequest | string {
  const read = readOptions(args, { reason: "text", who: "text" });
  if (typeof read === "string") return read;
  const [id, odd] = read.words;
  if (id === undefined || odd !== undefined)
    return "Cannot withdraw without exactly one exemption: its number, as truebound exemption list shows it";
  const said = saidBy(read.values);
  return typeof said === "string" ? said : { do: "withdraw_exemption", id, ...said };
}

export function parseInventory([what, ...rest]: readonly string[]): ScopeRequest | string {
  if (what === "show") return listing("show_inventory", rest);
  return what === "import" ? parseImport(rest) : noVerb(what, "the inventory", ["import", "show"]);
}

function listing(what: "list_scopes" | "list_exemptions" | "show_inventory", args: readonly string[]): ScopeRequest | string {
  const read = readOptions(args, { json: "flag" });
  if (typeof read === "string") return read;
  return read.words[0] === undefined
    ? { do: what, json: read.values.json ?? false }
    : `Cannot take ${JSON.stringify(read.words[0])}: it takes no words`;
}

function parseAdd(args: readonly string[]): ScopeRequest | string {
  const read = readOptions(args, { host: "text", from: "text", to: "text", reason: "text", who: "text", json: "flag" });
  if (typeof read === "string") return read;
  const { values } = read;
  const [scope, odd] = read.words;
  if (scope === undefined || odd !== undefined) return "Cannot exempt without exactly one scope, as truebound scope list shows it";
  const period = periodOf(values.from, values.to);
  if (typeof period === "string") return period;
  const said = saidBy(values);
  if (typeof said === "string") return said;
  return { do: "add_exemption", exemption: { scope, host: values.host ?? null, period, ...said }, json: values.json ?? false };
}

/** Half of what a bigint holds, as everywhere. */
const FAR = 2n ** 62n;

/** From two times as they were written, or what is wrong with them. */
export function periodOf(from: string | undefined, to: string | undefined): NewExemption["period"] | string {
  const [begins, ends] = [instantOf(from), instantOf(to)];
  if (begins === null || ends === null)
    return `Cannot take ${begins === null ? `from ${from ?? "nothing"}` : `to ${to ?? "nothing"}`}: write a time such as 2026-11-26T00:00:00Z`;
  return begins < ends ? { from: begins, to: ends } : "Cannot exempt a time that ends before it began: to must be after from";
}

function instantOf(text: string | undefined): UtcInstant | null {
  const at = text === undefined ? null : parseUtc(text);
  return at === null || at > FAR || at < -FAR ? null : at;
}

function parseImport(args: readonly string[]): ScopeRequest | string {
  const read = readOptions(args, { kind: "text", who: "text" });
  if (typeof read === "string") return read;
  const [file, odd] = read.words;
  if (file === undefined || odd !== undefined) return "Cannot import without exactly one file, or - for standard input";
  const { kind: word = "" } = read.values;
  const kind = INVENTORY_KINDS.find((one) => one === word);
  if (kind === undefined)
    return word === ""
      ? `Cannot import without --kind: say ${INVENTORY_KINDS.join(", ")}`
      : `Cannot import ${JSON.stringify(word)}: did you mean ${nearest(word, INVENTORY_KINDS)}?`;
  const said = saidBy({ reason: "import", ...(read.values.who === undefined ? {} : { who: read.values.who }) });
  return typeof said === "string"
    ? "Cannot import without --who: it is kept for good, a line of at most 500 characters"
    : { do: "import_inventory", kind, file, who: said.who };
}

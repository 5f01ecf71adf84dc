import { parseUtc, type UtcInstant } from "@truebound/time";
import { readOptions } from "@truebound/wire";
import type { LabelSet } from "../policy/choose-policy.ts";
import { ADMIN_SETTINGS } from "../usage.ts";
import { labelsOf } from "./labels.ts";
import { saidBy } from "./said.ts";
import { noVerb } from "./verbs.ts";

/** What `truebound hold …` asks for. */
export type HoldRequest =
  | {
      readonly do: "add_hold";
      /** A host by its id or name, or hosts by their labels. */
      readonly on: { readonly host: string } | { readonly selector: LabelSet };
      /** Labels that no host carries yet are meant. */
      readonly future: boolean;
      readonly from: UtcInstant;
      readonly to: UtcInstant;
      readonly reason: string;
      readonly who: string;
    }
  | { readonly do: "list_holds"; readonly all: boolean; readonly json: boolean }
  | { readonly do: "release_hold"; readonly id: number; readonly reason: string; readonly who: string };

export const HOLD_USAGE = `usage: truebound hold add HOST | --label name=value… [--future]  --from TIME --to TIME --reason TEXT --who NAME
       truebound hold list [--all] [--json]
       truebound hold release ID --reason TEXT --who NAME
  Nothing that was measured or received from --from to --to (RFC 3339) is removed while a hold is in force, of one host or
  of all hosts that carry these labels; with --future it may be that none does yet. list says which are in force, with --all
  those that were released, too. Who added and released which hold, when and why, is kept for good.
  --label name=value       hosts by their labels, instead of HOST; may be given several times
  --from TIME, --to TIME   needed; RFC 3339
  --reason TEXT, --who NAME   needed; a line each
  --future                 add: although no host carries these labels yet (off)
  --all                    list: those that were released, too (off)
  --json                   list: as JSON (off)
${ADMIN_SETTINGS}
example: truebound hold add db-1 --from 2026-11-01T00:00:00Z --to 2026-12-01T00:00:00Z --reason "case 17" --who "A. Counsel"`;

export function parseHold([what, ...rest]: readonly string[]): HoldRequest | string {
  switch (what) {
    case "add":
      return parseAdd(rest);
    case "list":
      return parseHoldList(rest);
    case "release":
      return parseRelease(rest);
    default:
      return noVerb(what, "holds", ["add", "list", "release"]);
  }
}

const ADD = { label: "list", future: "flag", from: "text", to: "text", reason: "text", who: "text" } as const;

function parseAdd(args: readonly string[]): HoldRequest | string {
  const read = readOptions(args, ADD);
  if (typeof read === "string") return read;
  const { values, words } = read;
  const on = subjectOf(words, values.label);
  if (typeof on === "string") return on;
  const future = values.future ?? false;
  if (future && "host" in on) return "Cannot hold a host with --future: it goes with --label, for hosts that are not there yet";
  const [from, to] = [instantOf("--from", values.from), instantOf("--to", values.to)];
  if (typeof from === "string") return from;
  if (typeof to === "string") return to;
  if (from > to) return "Cannot hold from after to";
  const said = saidBy(values);
  return typeof said === "string" ? said : { do: "add_hold", on, future, from, to, ...said };
}

function subjectOf(
  [host, odd]: readonly string[],
  label: readonly string[] | undefined,
): { host: string } | { selector: LabelSet } | string {
  if (odd !== undefined) return `Cannot take ${JSON.stringify(odd)}: one host at a time, or --label`;
  if ((host === undefined) === (label === undefined)) return "Cannot hold without either a host, by its id or name, or --label name=value";
  if (host !== undefined) return { host };
  const selector = labelsOf(label ?? []);
  return typeof selector === "string" ? selector : { selector };
}

/** Half of what a bigint holds, as everywhere. */
const FAR = 2n ** 62n;

function instantOf(name: string, text: string | undefined): UtcInstant | string {
  const at = text === undefined ? null : parseUtc(text);
  return at === null || at > FAR || at < -FAR
    ? `Cannot take ${name} ${text ?? "of nothing"}: write a time such as 2026-11-26T00:00:00Z`
    : at;
}

function parseHoldList(args: readonly string[]): HoldRequest | string {
  const read = readOptions(args, { all: "flag", json: "flag" });
  if (typeof read === "string") return read;
  if (read.words[0] !== undefined) return "Cannot take words: list takes none";
  return { do: "list_holds", all: read.values.all ?? false, json: read.values.json ?? false };
}

function parseRelease(args: readonly string[]): HoldRequest | string {
  const read = readOptions(args, { reason: "text", who: "text" });
  if (typeof read === "string") return read;
  const [id = "", odd] = read.words;
  if (!/^[1-9]\d{0,14}$/.test(id) || odd !== undefined)
    return "Cannot release without exactly one number of a hold, as truebound hold list shows it";
  const said = saidBy(read.values);
  return typeof said === "string" ? said : { do: "release_hold", id: Number(id), ...said };
}

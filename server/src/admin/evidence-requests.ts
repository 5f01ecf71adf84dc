import { readOptions } from "@truebound/wire";
import type { LabelSet } from "../policy/choose-policy.ts";
import { EVIDENCE_CLASSES, type EvidenceClass, type EvidenceRule } from "../retention/rules.ts";
import { ADMIN_SETTINGS } from "../usage.ts";
import { labelsOf } from "./labels.ts";
import { saidBy } from "./said.ts";
import { noVerb } from "./verbs.ts";

/** What `truebound evidence …` asks for. */
export type EvidenceRequest =
  | { readonly do: "list_evidence_rules"; readonly json: boolean }
  | {
      readonly do: "set_evidence_rule";
      readonly rule: EvidenceRule;
      readonly dryRun: boolean;
      readonly reason: string;
      readonly who: string;
    }
  | {
      readonly do: "remove_evidence_rule";
      readonly selector: LabelSet;
      readonly dryRun: boolean;
      readonly reason: string;
      readonly who: string;
    };

export const EVIDENCE_USAGE = `usage: truebound evidence list [--json]
       truebound evidence set --label name=value… | --everyone  --class full|audit|none [--days N] [--archive-days N|forever]
                              --reason TEXT --who NAME [--dry-run]
       truebound evidence remove --label name=value… | --everyone  --reason TEXT --who NAME [--dry-run]
  What is kept of hosts that carry these labels. full: their batches, for so many days. audit: the minutes that they signed
  apart, for so many days, and batches only until those vouch for them. none: batches until they are checkpointed. Where an
  archive is set, batches of full move there, and stay for so many days in all, or forever (without --archive-days).
  Of the rules that fit a host the one that names most of its labels counts. What a change lets go, goes within the hour:
  --dry-run says whom it would concern. Who changed what, when and why, is kept for good.
  --label name=value       hosts by their labels; may be given several times
  --everyone               all hosts, instead of --label
  --class full|audit|none  needed
  --days N                 set: needed for full and audit
  --archive-days N|forever   set: of what moved to the archive (forever)
  --reason TEXT, --who NAME   needed; a line each
  --dry-run                changes nothing (off)
  --json                   list: as JSON (off)
${ADMIN_SETTINGS}
example: truebound evidence set --label stage=test --class audit --days 400 --reason "cheap" --who "A. Operator" --dry-run`;

export function parseEvidence([what, ...rest]: readonly string[]): EvidenceRequest | string {
  switch (what) {
    case "list":
      return parseList(rest);
    case "set":
      return parseSet(rest);
    case "remove":
      return parseRemove(rest);
    default:
      return noVerb(what, "rules of evidence", ["list", "set", "remove"]);
  }
}

function parseList(args: readonly string[]): EvidenceRequest | string {
  const read = readOptions(args, { json: "flag" });
  if (typeof read === "string") return read;
  return read.words[0] === undefined
    ? { do: "list_evidence_rules", json: read.values.json ?? false }
    : "Cannot take words: list takes none";
}

const WHOM = { label: "list", everyone: "flag", reason: "text", who: "text", "dry-run": "flag" } as const;
const SET = { ...WHOM, class: "text", days: "text", "archive-days": "text" } as const;

function parseSet(args: readonly string[]): EvidenceRequest | string {
  const read = readOptions(args, SET);
  if (typeof read === "string") return read;
  const { values, words } = read;
  const selector = whomOf(words, values);
  if (typeof selector === "string") return selector;
  const kept = keptOf(values.class, values.days, values["archive-days"]);
  if (typeof kept === "string") return kept;
  const said = saidBy(values);
  if (typeof said === "string") return said;
  return { do: "set_evidence_rule", rule: { selector: selector.labels, ...kept }, dryRun: values["dry-run"] ?? false, ...said };
}

function parseRemove(args: readonly string[]): EvidenceRequest | string {
  const read = readOptions(args, WHOM);
  if (typeof read === "string") return read;
  const selector = whomOf(read.words, read.values);
  if (typeof selector === "string") return selector;
  const said = saidBy(read.values);
  if (typeof said === "string") return said;
  return { do: "remove_evidence_rule", selector: selector.labels, dryRun: read.values["dry-run"] ?? false, ...said };
}

/** Nobody means every host by leaving something out. */
function whomOf(
  [odd]: readonly string[],
  { label, everyone = false }: { readonly label?: readonly string[]; readonly everyone?: boolean },
): { readonly labels: LabelSet } | string {
  if (odd !== undefined) return `Cannot take ${JSON.stringify(odd)}: a rule is for labels, --label name=value`;
  if ((label === undefined) !== everyone) return "Cannot do that without either --label name=value or --everyone";
  const labels = labelsOf(label ?? []);
  return typeof labels === "string" ? labels : { labels };
}

type Kept = Pick<EvidenceRule, "class" | "days" | "archiveDays">;

function keptOf(name: string | undefined, days: string | undefined, archive = "forever"): Kept | string {
  const kept = EVIDENCE_CLASSES.find((one) => one === name);
  if (kept === undefined) return `Cannot take --class ${name ?? "of nothing"}: it is full, audit or none`;
  if (kept === "none") return nothing(days, archive);
  const [whole, archived] = [daysOf(days), archive === "forever" ? null : daysOf(archive)];
  if (whole === undefined) return `Cannot take --days ${days ?? "of nothing"}: ${DAYS_FORM}`;
  if (archived === undefined) return `Cannot take --archive-days ${archive}: ${DAYS_FORM}, or forever`;
  return { class: kept satisfies EvidenceClass, days: whole, archiveDays: archived };
}

const nothing = (days: string | undefined, archive: string): Kept | string =>
  days === undefined && archive === "forever"
    ? { class: "none", days: 0, archiveDays: null }
    : "Cannot take --days or --archive-days with --class none: nothing is kept for any";

const DAYS_FORM = "write whole days from 1 to 36500";
const MOST_DAYS = 36_500;

function daysOf(text: string | undefined): number | undefined {
  const days = text !== undefined && /^\d{1,5}$/.test(text) ? Number(text) : 0;
  return days >= 1 && days <= MOST_DAYS ? days : undefined;
}

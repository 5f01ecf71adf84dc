import { type LabelSet, matches } from "../policy/choose-policy.ts";
import { chooseRule, type EvidenceRule, OTHERWISE, sameSelector } from "../retention/rules.ts";
import type { Told } from "./admin.ts";
import type { EvidenceRequest } from "./evidence-requests.ts";
import { sayLabels } from "./labels.ts";

export interface LabelGroup {
  readonly labels: LabelSet;
  readonly hosts: number;
}

export interface EvidenceRuleStore {
  evidenceRules(): Promise<EvidenceRule[]>;
  /** All hosts, whatever became of them: what is left of them goes by the rules, too. */
  labelGroups(): Promise<LabelGroup[]>;
  setEvidenceRule(rule: EvidenceRule, reason: string, who: string): Promise<void>;
  /** False = there is none on these labels. */
  removeEvidenceRule(selector: LabelSet, reason: string, who: string): Promise<boolean>;
}

export async function administerEvidence(store: EvidenceRuleStore, request: EvidenceRequest): Promise<Told> {
  switch (request.do) {
    case "list_evidence_rules":
      return list(await store.evidenceRules(), await store.labelGroups(), request.json);
    case "set_evidence_rule":
      return set(store, request);
    case "remove_evidence_rule":
      return remove(store, request);
    default:
      return request satisfies never;
  }
}

const say = (err: string): Told => ({ code: 0, out: "", err: `${err}\n` });
const refuse = (err: string): Told => ({ code: 1, out: "", err: `${err}\n` });

const OVERRULED = (count: number): string => `; for ${hosts(count)} with these labels another rule counts`;

async function set(
  store: EvidenceRuleStore,
  { rule, dryRun, reason, who }: Extract<EvidenceRequest, { do: "set_evidence_rule" }>,
): Promise<Told> {
  const [rules, groups] = [await store.evidenceRules(), await store.labelGroups()];
  if (!dryRun) await store.setEvidenceRule(rule, reason, who);
  const after = [...rules.filter(({ selector }) => !sameSelector(selector, rule.selector)), rule];
  const { counts, overruled } = reachOf(rule, after, groups);
  const others = counts + overruled === 0 ? "; no host carries these labels so far" : overruled === 0 ? "" : OVERRULED(overruled);
  return say(`${hosts(counts)} ${dryRun ? "would keep" : counts === 1 ? "now keeps" : "now keep"} ${sayKept(rule)}${others}`);
}

async function remove(
  store: EvidenceRuleStore,
  { selector, dryRun, reason, who }: Extract<EvidenceRequest, { do: "remove_evidence_rule" }>,
): Promise<Told> {
  const [rules, groups] = [await store.evidenceRules(), await store.labelGroups()];
  const rule = rules.find((one) => sameSelector(one.selector, selector));
  const whom = sayWhom(selector);
  if (rule === undefined || !(dryRun || (await store.removeEvidenceRule(selector, reason, who))))
    return refuse(`Cannot remove the rule for${whom}: there is none; truebound evidence list shows them all`);
  const concerned = groups.filter(({ labels }) => chooseRule(labels, rules) === rule);
  const left = rules.filter((one) => one !== rule);
  const lines = [...tally(concerned, left)].map(
    ([next, count]) => `; ${hosts(count)} ${dryRun ? "would keep" : count === 1 ? "now keeps" : "now keep"} ${sayKept(next)}`,
  );
  return say(`${dryRun ? "Would remove" : "Removed"} the rule for${whom}${lines.join("") || "; it counted for no host"}`);
}

function tally(groups: readonly LabelGroup[], rules: readonly EvidenceRule[]): Map<EvidenceRule, number> {
  const counts = new Map<EvidenceRule, number>();
  for (const group of groups) {
    const rule = chooseRule(group.labels, rules);
    counts.set(rule, (counts.get(rule) ?? 0) + group.hosts);
  }
  return counts;
}

/** For how many hosts a rule counts, and for how many of those that it fits another one does. */
export function reachOf(
  rule: EvidenceRule,
  rules: readonly EvidenceRule[],
  groups: readonly LabelGroup[],
): { readonly counts: number; readonly overruled: number } {
  const fitting = groups.filter(({ labels }) => matches(labels, rule.selector));
  const sum = (some: readonly LabelGroup[]) => some.reduce((total, group) => total + group.hosts, 0);
  const counts = sum(fitting.filter(({ labels }) => chooseRule(labels, rules) === rule));
  return { counts, overruled: sum(fitting) - counts };
}

const hosts = (count: number): string => (count === 1 ? "1 host" : `${count} hosts`);
const days = (count: number): string => (count === 1 ? "1 day" : `${count} days`);
const sayWhom = (selector: LabelSet): string => sayLabels(selector) || " everyone";

function sayKept({ class: name, days: count, archiveDays }: EvidenceRule): string {
  if (name === "none") return "none: batches until they are checkpointed";
  const archived = archiveDays === null ? "for ever" : `for ${days(archiveDays)} in all`;
  const what =
    name === "full" ? `full: batches for ${days(count)}` : `audit: signed minutes for ${days(count)}, batches until those vouch for them`;
  return `${what}; what moves to an archive stays there ${archived}`;
}

function list(rules: readonly EvidenceRule[], groups: readonly LabelGroup[], json: boolean): Told {
  const all = [...rules, ...(rules.some(({ selector }) => Object.keys(selector).length === 0) ? [] : [OTHERWISE])];
  const items = all.map((rule) => ({ rule, hosts: reachOf(rule, all, groups).counts }));
  if (!json)
    return {
      code: 0,
      out: items.map((item) => `${sayWhom(item.rule.selector).trim()}  ${sayKept(item.rule)}  (${hosts(item.hosts)})\n`).join(""),
      err: "",
    };
  const shown = items.map((item) => ({
    selector: item.rule.selector,
    class: item.rule.class,
    days: item.rule.days,
    archive_days: item.rule.archiveDays,
    hosts: item.hosts,
  }));
  return { code: 0, out: `${JSON.stringify({ items: shown, next: null }, null, 2)}\n`, err: "" };
}

import { about } from "@truebound/time";
import type { EVENT_KINDS } from "@truebound/wire";
import type { EventRecord } from "./host-record.ts";

type Kind =
  | (typeof EVENT_KINDS)[number]
  | "batch_quarantined"
  | "records_set_aside"
  | "epoch_started"
  | "clone_suspected"
  | "key_agreed"
  | "name_taken"
  | "bounds_inconsistent"
  | "evidence_mismatch"
  | "host_retired";

const KIND_WORDS: Readonly<Record<Kind, string>> = {
  agent_started: "agent started",
  agent_stopping: "agent stops",
  clock_stepped: "the clock was stepped",
  suspended: "the machine was suspended",
  clocksource_changed: "the kernel took another clocksource",
  vm_disrupted: "the hypervisor says that it moved or restored the machine",
  ruler_jumped: "all that the sources say moved at once: the host's own ruler jumped, most likely",
  process_paused: "the agent's process stood still",
  steal_high: "the hypervisor withholds much processor time",
  steal_normal: "processor time is no longer withheld",
  clock_moved_by: "the audit log names who moved the clock, on that clock's own time",
  status_changed: "status changed",
  source_state_changed: "a source changed",
  source_resolved: "a source's name was resolved",
  source_denied: "a server does not want our questions; it is not asked again",
  nts_pin_mismatch: "a source proved itself by another key than those that are pinned for it, and is not believed",
  grandmaster_changed: "a PTP port follows another grandmaster",
  grandmaster_lost_reference: "a grandmaster no longer follows a reference of time such as GNSS",
  grandmaster_class_changed: "a grandmaster says something else of what it follows",
  grandmaster_regained_reference: "a grandmaster follows a reference of time again",
  probe_harms_daemon: "our polls cost this host's own time daemon its answers, so we poll more slowly",
  daemon_bound_violated: "what this host's own daemon claims and what is proved of its clock exclude each other: one of them is wrong",
  daemon_dead: "this host's own daemon is dead, or hangs",
  daemon_in_minority_camp: "this host's own daemon keeps to a minority of its sources",
  unsynchronised_source_in_use: "this host's own daemon follows what is not synchronised",
  daemon_finding_over: "a finding on this host's own daemon is over",
  vote_void: "sources that share an upstream contradict each other",
  source_conflict: "a source contradicts itself",
  bimodal: "the sources form two camps",
  stamp_mode_changed: "stamps are taken in another way",
  slew_assumption_broken: "the clock was moved faster than its daemon is configured to; the fastest that there is is now assumed",
  drift_assumption_broken: "the oscillator left what is assumed of its drift; bounds are widened to what was measured",
  drift_assumption_changed: "another drift is assumed",
  frequency_or_step_change: "a source and this host no longer fit one line: a change of frequency, or a step of the source",
  policy_applied: "a policy was applied",
  policy_refused: "a policy was refused",
  spool_degraded: "the agent cannot write its spool",
  spool_gap: "the agent had to drop reports",
  leap_pending: "a leap second is near",
  leap_applied: "the clock took a leap second",
  leap_indicator_disagrees: "the sources and the leap list disagree about a leap second",
  leap_list_refused: "a leap list was refused",
  mixed_timescales: "near a leap second the sources keep different timescales",
  root_declared: "what is declared of a source's own error counts in place of what it advertises",
  root_declaration_void: "what is declared of a source's own error does not count; what it advertises does",
  epoch_started: "the agent could not continue its chain and began a new epoch",
  clone_suspected: "somebody else reports by this host's key, most likely a copy of it, and is refused",
  records_set_aside: "some records of a report could not be relied upon and were set aside",
  key_agreed: "the host's next key was agreed on; the old one is refused from the first report by the new one on",
  host_retired: "the host was retired",
  evidence_mismatch: "what is stored of this host is not what was received: somebody changed or removed it in the database",
  name_taken: "the name that the host asked for is another host's, so it got one with a number",
  bounds_inconsistent: "what this host says and what hosts measured of each other cannot all be true",
  rehearsal_began: "a fault is rehearsed: what is reported until it ends is marked, and the clock is not touched",
  rehearsal_ended: "the rehearsal is over",
  rehearsal_refused: "the agent refused to rehearse a fault",
  batch_quarantined: "a report could not be read and was set aside",
};

/** An event in words; the agent's own details follow, a span of ns in its right unit. */
export function eventInWords({ kind, source, detail }: Pick<EventRecord, "kind" | "source" | "detail">): string {
  const whole = Object.hasOwn(WHOLE, kind) ? (WHOLE[kind]?.(detail) ?? null) : null;
  if (whole !== null) return whole;
  const what = isKind(kind) ? KIND_WORDS[kind] : kind.replaceAll("_", " ");
  const about = Object.entries(detail)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => detailInWords(name, value));
  const more = source === null ? about : [source, ...about];
  return more.length === 0 ? what : `${what}: ${more.join(", ")}`;
}

/** Kinds that have a sentence of their own, where their details are as they come from us. */
const WHOLE: Readonly<Record<string, (detail: EventRecord["detail"]) => string | null>> = {
  clock_stepped: (detail) => stepInWords(detail),
  bounds_inconsistent: (detail) => conflictInWords(detail),
  daemon_bound_violated: (detail) => violationInWords(detail),
  daemon_finding_over: (detail) => findingOverInWords(detail),
};

/** "chronyd claims −250 µs to +250 µs, and +714 µs to +5.44 ms was proved meanwhile: 464 µs apart, so one of them is wrong". */
function violationInWords({
  claimant,
  apart_ns,
  claim_lo_ns,
  claim_hi_ns,
  measured_lo_ns,
  measured_hi_ns,
  ...more
}: EventRecord["detail"]) {
  const [apart, ...ends] = [apart_ns, claim_lo_ns, claim_hi_ns, measured_lo_ns, measured_hi_ns].map((value) => signed(value));
  const [lo, hi, least, most] = ends;
  const isWhole = apart && lo && hi && least && most && Object.keys(more).length === 0;
  if (!isWhole || typeof claimant !== "string") return null;
  return `the host's own ${claimant} claims an offset of ${lo} to ${hi}, and ${least} to ${most} was proved meanwhile: they are ${apart.slice(1)} apart, so one of them is wrong`;
}

/** A span of ns in words with its sign; null = it is none. */
const signed = (value: unknown): string | null =>
  /^-?\d{1,30}$/.test(String(value)) ? `${String(value).startsWith("-") ? "−" : "+"}${about(BigInt(String(value)))}` : null;

/** "over after 35.8 s: this host's own daemon is dead, or hangs". */
function findingOverInWords({ finding, why, for_ns, ...more }: EventRecord["detail"]): string | null {
  const [lasted, what] = [signed(for_ns), String(finding)];
  if (lasted === null || !isKind(what) || Object.keys(more).length > 0) return null;
  return `${why === "over" ? "over" : "not judged for ten minutes, so nobody can say whether it goes on,"} after ${lasted.slice(1)}: ${KIND_WORDS[what]}`;
}

/** "the clock was set forward by 250 ms (the kernel gave notice)". */
function stepInWords({ by_ns, kernel_notice, rehearsal, ...more }: EventRecord["detail"]): string | null {
  const text = String(by_ns);
  if (!/^-?\d{1,30}$/.test(text) || Object.values(more).some((value) => value !== null)) return null;
  const by = BigInt(text);
  const moved = by === 0n ? "set, and set back or by next to nothing" : `set ${by > 0n ? "forward" : "back"} by ${about(by)}`;
  const notes = [...(kernel_notice === true ? ["the kernel gave notice"] : []), ...(rehearsal === undefined ? [] : ["rehearsed"])];
  return `the clock was ${moved}${notes.length === 0 ? "" : ` (${notes.join(", ")})`}`;
}

const CONFLICT_TOLD = {
  flagged: "its neighbours' measurements accuse it",
  suspect: "it is suspected by what hosts measured of each other",
} as const;

/** "its neighbours' measurements accuse it, by the guaranteed bounds: of 3 suspects at least 1 must be wrong; it goes on". */
function conflictInWords({ tier, standing, suspects, least_liars, ended, ...more }: EventRecord["detail"]): string | null {
  const isWhole = typeof suspects === "number" && typeof least_liars === "number" && typeof ended === "boolean";
  if (!isWhole || !Object.hasOwn(CONFLICT_TOLD, String(standing)) || Object.keys(more).length > 0) return null;
  const told = CONFLICT_TOLD[standing as keyof typeof CONFLICT_TOLD];
  const who = suspects === 1 ? "no other is suspected" : `of ${suspects} suspects at least ${least_liars} must be wrong`;
  return `${told}, by the ${tier} bounds: ${who}; ${ended ? "it is over" : "it goes on"}`;
}

const isKind = (kind: string): kind is Kind => Object.hasOwn(KIND_WORDS, kind);

/** What people or machines are called stays as it is; of all else the words are our own. */
const isCode = (name: string, text: string): boolean =>
  !/^(name|wanted|.*key|.*address|.*_from)$/.test(name) && /^[a-z]+(_[a-z0-9]+)*$/.test(text);

function detailInWords(name: string, value: string | number | boolean | null): string {
  const text = String(value);
  if (!name.endsWith("_ns") || !/^-?\d{1,30}$/.test(text))
    return `${name.replaceAll("_", " ")} ${isCode(name, text) ? text.replaceAll("_", " ") : text}`;
  const span = BigInt(text);
  return `${name.slice(0, -3).replaceAll("_", " ")} ${span < 0n ? "−" : ""}${about(span)}`;
}

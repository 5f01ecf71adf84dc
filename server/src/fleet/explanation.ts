import { formatUtc } from "@truebound/time";
import type { BatchSource, Liveness, Status } from "@truebound/wire";
import { standingInWords } from "../peer/peer-words.ts";
import type { MemberStanding } from "../peer/standing.ts";
import type { HostRecord } from "./host-record.ts";
import { isGone } from "./liveness.ts";
import { rehearsalInWords } from "./rehearsal-words.ts";
import { sourceInWords } from "./source-view.ts";
import { carriedUpTo, hostInWords, reasonInWords } from "./status-words.ts";
import { answersUnusably } from "./unusable-answers.ts";

/** What a person at 3 a.m. needs: what is the matter, which source or agent is behind it, and what to do next. */
export function explain(record: HostRecord, liveness: Liveness, standing: MemberStanding | null = null): string {
  const agent = agentTrouble(record, liveness);
  const clone = cloneTrouble(record);
  const rehearsal = rehearsalInWords(record);
  if (record.seq === 0)
    return [clone, agent ?? "The host is enrolled and its first report is awaited"].filter((part) => part !== null).join(" ");
  return [
    rehearsal,
    clone,
    agent,
    standingInWords(standing),
    `${capital(matter(record, isPast(record, liveness)))}.`,
    detail(record),
    localOnly(record),
    advice(record),
  ]
    .filter((part) => part !== null && part !== "")
    .join(" ");
}

/** What follows is old: it is not said as if it held now. */
const isPast = ({ unreadable }: HostRecord, liveness: Liveness): boolean => unreadable || isGone(liveness);

/** Servers that follow nothing but their own clocks cannot vouch for UTC, and nothing must sound as if they did. */
function localOnly({ sources }: HostRecord): string {
  const agreeing = sources.filter(({ state, counts }) => state === "agrees" && counts !== false);
  return agreeing.length > 0 && agreeing.every(({ local_reference }) => local_reference)
    ? "But UTC here is only what these servers' own clocks say: none of them has a reference."
    : "";
}

/** Which of the two is the copy only a person can tell: the chain goes on with whoever was first. */
function cloneTrouble({ clone, name }: HostRecord): string | null {
  if (clone === null) return null;
  const [theirs, own] = [clone.address ?? "an unknown address", clone.ownAddress ?? "an unknown address"];
  if (clone.address !== null && clone.address === clone.ownAddress)
    return `Reports by this host's key from ${own}, its own address, are refused: they do not continue what is stored. Either its folder was set back to an older copy, or a copy of it runs behind that address: on the one that is refused run truebound-agent unenroll and enroll it anew, then here truebound host clear-clone ${name}.`;
  return `Somebody else reports by this host's key, from ${theirs}, and is refused; what is shown came from ${own}. Most likely one is a copy of the other: on the copy run truebound-agent unenroll and enroll it anew, then here truebound host clear-clone ${name}.`;
}

function agentTrouble(record: HostRecord, liveness: Liveness): string | null {
  const { seq, unreadable, state, name } = record;
  if (state === "pending") return `This host waits until a person lets it in: truebound host approve ${name}`;
  if (state === "suspended") return `This host is suspended and its reports are refused: truebound host resume ${name}`;
  if (liveness === "revoked") return "This host was revoked; its reports are refused.";
  if (liveness === "retired") return "This host was retired; what follows is its last report.";
  if (liveness === "silent")
    return seq === 0
      ? "The host was enrolled but has never reported: is the machine up, does truebound-agent run there, can it reach this server?"
      : "The host has stopped reporting: is the machine up, does truebound-agent run there, can it reach this server? What follows is its last report.";
  if (liveness === "carried")
    return seq === 0
      ? "This host's reports are carried here in files, and none has come yet: truebound-agent spool export there, truebound import here."
      : `This host's reports are carried here in files (truebound import)${reachInWords(record)}. What became of its clock since then is not known here, and nobody is alerted of it. What follows is its last report.`;
  if (liveness === "late") return "A report is overdue.";
  return unreadable ? "The latest report could not be read and is in quarantine; what follows is older." : null;
}

function reachInWords(record: HostRecord): string {
  const reach = carriedUpTo(record);
  return reach === null ? "; up to when they reach is unknown" : `, and reach up to ${formatUtc(reach)}`;
}

function matter(record: HostRecord, past: boolean): string {
  if (record.status === "proven")
    return `the clock ${past ? "was" : "is"} ${hostInWords(record, "reporting")}${record.reason === "trusting" ? `, on the word of ${list(record.trusting)}` : ""}`;
  const status = MATTERS[record.status];
  const reason = reasonInWords(record.reason);
  return reason ? `${status}, because ${reason}` : status;
}

const MATTERS: Readonly<Record<Exclude<Status, "proven">, string>> = {
  unverified: "the bound is true only if the sources are honest",
  holdover: "the bound is the last proven one and grows with the allowance for drift",
  conflict: "nobody can tell which source is right",
  no_majority: "nobody can tell which sources are right",
  disrupted: "nothing is known of this clock until the next exchange",
  unknown: "nothing is known of this clock",
};

/** Who agrees, and each one that does not, with its reason. */
function detail({ sources, bound, votes, need }: HostRecord): string {
  if (sources.length === 0) return "It has no sources.";
  const agreeing = sources.filter((source) => source.state === "agrees" && source.counts !== false);
  const others = sources.filter((source) => !agreeing.includes(source));
  const agree =
    agreeing.length > 0
      ? `${list(agreeing.map((source) => source.id))} ${agreeing.length === 1 ? "agrees" : "agree"}${votes && need ? ` (${need} of ${votes} independent votes are needed)` : ""}.`
      : "";
  const apart = others.map((source) => `${source.id} ${sourceInWords(source, bound)}`).join("; ");
  return [agree, apart && `${apart}.`].filter(Boolean).join(" ");
}

function advice({ status, reason, sources: all }: HostRecord): string {
  if (reason === "not_authenticated")
    return "Write nts behind sources that offer it, and see what each of them refuses; or let others count too.";
  const sources = all.filter(({ counts }) => counts !== false);
  if (sources.length === 0) return "Set TRUEBOUND_SOURCES on the host, or give it sources by policy.";
  if (sources.every(isMute)) return whereMute(sources);
  if (status === "conflict" || status === "no_majority")
    return "Add independent sources until a majority can be told, or mend the one that lies.";
  if (status === "unverified") return "Add independent sources.";
  const apart = sources.filter(({ state }) => state === "falseticker").length;
  if (apart > 0)
    return `Look at the ${apart === 1 ? "source that disagrees" : "sources that disagree"} before ${apart === 1 ? "another one fails" : "more of them fail"}.`;
  return "";
}

/** Who is not heard may be cut off; who answers is reached, and what it says is the matter. */
function whereMute(sources: readonly BatchSource[]): string {
  const heard = sources.filter(answersUnusably);
  const unheard = sources.filter((source) => !answersUnusably(source));
  const whom = heard.length === 0 ? theirs(unheard) : list(unheard.map(({ id }) => id));
  const cutOff = unheard.length === 0 ? "" : `Check that ${ports(unheard)} open from this host to ${whom}.`;
  const answers = `${heard.length === 1 ? "its" : "their"} answers`;
  const unusable =
    heard.length === 0
      ? ""
      : `${list(heard.map(({ id }) => id))} can be reached: mend there what makes ${answers} unusable, or use other sources.`;
  return [cutOff, unusable].filter(Boolean).join(" ");
}

/** "it, and that its name is right": an address is no name. */
function theirs(sources: readonly BatchSource[]): string {
  const named = sources.some(({ id, address }) => address === null || !id.includes(address));
  if (sources.length === 1) return named ? "it, and that its name is right" : "it";
  return named ? "them, and that their names are right" : "them";
}

/** "UDP port 123 is", "UDP ports 123 and 1123 are". */
function ports(sources: readonly BatchSource[]): string {
  const named = [...new Set(sources.map(({ id }) => /:(\d+)(?:\/\d+)?$/.exec(id)?.[1] ?? "123"))];
  return named.length === 1 ? `UDP port ${list(named)} is` : `UDP ports ${list(named)} are`;
}

const isMute = (source: BatchSource): boolean =>
  source.state === "never_answered" || source.state === "stale" || source.state === "resolving";

/** "a", "a and b", "a, b and c". */
export function list(names: readonly string[]): string {
  const last = names.at(-1) ?? "nobody";
  return names.length < 2 ? last : `${names.slice(0, -1).join(", ")} and ${last}`;
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

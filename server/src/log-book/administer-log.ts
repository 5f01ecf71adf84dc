import type { AcknowledgeEntry } from "@truebound/audit";
import { formatUtc, type UtcInstant } from "@truebound/time";
import type { KeyChange } from "@truebound/wire";
import type { Told } from "../admin/admin.ts";
import { readSpokenHead, sayHead } from "./head-json.ts";
import { keyText, wayTo } from "./key-way.ts";
import type { LogRequest } from "./log-requests.ts";
import { isSigned } from "./next-head.ts";
import { hex, type LogCrypto, type SignedHead } from "./ports.ts";
import type { Verified, Witnessed } from "./verify.ts";

/** What there is to say of a log at a glance. */
export interface LogSummary {
  readonly head: SignedHead | null;
  readonly asOf: bigint;
  readonly months: readonly MonthKept[];
  readonly pending: number;
  readonly hostsBehind: number;
  /** Hosts whose log stopped, and nobody has acknowledged it. */
  readonly blocked: readonly BlockedHost[];
  /** What was logged and is not now what it was, and nobody has acknowledged it. */
  readonly differences: readonly Difference[];
  /** Months that no key signs that is in use, since what is stored is not what a lost key signed; acknowledged or not. */
  readonly left: readonly string[];
  /** What was never what had been received, as its leaves say: what is blocked, and what was acknowledged. */
  readonly mismatches: readonly string[];
  readonly scrub: Scrub;
  readonly anchor: { readonly at: bigint; readonly head: number; readonly authority: string } | null;
}

/** A month of the log, and what is stored of it. */
export interface MonthKept {
  readonly shard: string;
  /** It is that of the database's clock now. */
  readonly isNow: boolean;
  readonly first: number;
  /** Its newest head. */
  readonly last: SignedHead;
  /** Of leaf hashes, up to the last one that is stored. */
  readonly tiles: number;
}

export interface BlockedHost {
  readonly host: string;
  readonly name: string;
  readonly since: bigint;
  readonly epoch: number;
  readonly seq: number;
  /** The mismatch as its leaf has it. */
  readonly entry: string;
}

export interface Difference {
  readonly place: string;
  /** Null = it is of no host. */
  readonly name: string | null;
  readonly words: string;
  readonly found: bigint;
}

/** How far what is in the log was read again; instants by the database's clock. */
export interface Scrub {
  /** The last whole round; null = none has ended yet. */
  readonly ended: { readonly at: bigint; readonly leaves: number; readonly secondsAgo: number } | null;
  readonly began: bigint;
  readonly leaves: number;
  readonly isOverdue: boolean;
}

/** One key of the server took the place of another. */
export interface KeyRotation {
  readonly change: KeyChange;
  /** Where the new one lies. */
  readonly file: string;
  /** Name of the former one's file, beside it; null = it is lost. */
  readonly former: string | null;
}

export interface LogPorts {
  readonly crypto: LogCrypto;
  summary(): Promise<LogSummary>;
  lastHead(): Promise<SignedHead | null>;
  /** By the hashes that are stored now; null = they are not all there. */
  rootAt(shard: string, size: number): Promise<Uint8Array | null>;
  /** A month's last head where that is all that is left of it; null = there is more of it, or nothing. */
  leftOf(shard: string): Promise<{ readonly size: number; readonly root: string } | null>;
  /** How the key in use goes back to the first one, the oldest change first. */
  keyChanges(): Promise<readonly KeyChange[]>;
  /** A text = what hinders it. */
  rotateKey(isLost: boolean): Promise<KeyRotation | string>;
  verify(witnessed: readonly Witnessed[]): Promise<Verified>;
  /** Says in the log that a person has looked; null = there is nothing to look at. */
  acknowledge(host: string | null, note: string): Promise<AcknowledgeEntry | "unknown_host" | null>;
  /** Lines of a file; a file that is not there has none. */
  readLines(path: string): readonly string[];
  /** Kept for good when it returns. */
  appendLine(path: string, line: string): void;
}

export function administerLog(ports: LogPorts, request: LogRequest): Promise<Told> {
  if (request.do === "show") return show(ports, request.json);
  if (request.do === "acknowledge") return acknowledge(ports, request);
  if (request.do === "rotate-key") return rotateKey(ports, request);
  return request.do === "head" ? head(ports, request.witness, request.json) : verify(ports, request.witness, request.json);
}

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
const failed = (err: string): Told => ({ code: 1, out: "", err: `${err}\n` });
const at = (ns: bigint): string => formatUtc(ns as UtcInstant);

async function show(ports: LogPorts, asJson: boolean): Promise<Told> {
  const summary = await ports.summary();
  const code = summary.blocked.length + summary.differences.length + summary.left.length === 0 && !summary.scrub.isOverdue ? 0 : 1;
  return { code, out: asJson ? json(sayJson(summary)) : `${sayLines(summary).join("\n")}\n`, err: "" };
}

const sayJson = ({ head: last, months, pending, hostsBehind, blocked, differences, left, mismatches, scrub, anchor }: LogSummary) => ({
  head: last && sayHead(last),
  shards: months.map(({ shard, last: { head: newest } }) => ({ shard, leaves: newest.size })),
  pending,
  hosts_behind: hostsBehind,
  blocked: blocked.map(({ since, entry, ...one }) => ({ ...one, since: at(since), entry: JSON.parse(entry) as unknown })),
  differences: differences.map(({ place, name, words, found }) => ({ place, host: name, words, found_at: at(found) })),
  left_months: left,
  mismatches,
  scrub: {
    ended: scrub.ended && { at: at(scrub.ended.at), leaves: scrub.ended.leaves, seconds_ago: scrub.ended.secondsAgo },
    round: { began: at(scrub.began), leaves: scrub.leaves },
    overdue: scrub.isOverdue,
  },
  anchor: anchor && { at: at(anchor.at), head: anchor.head, authority: anchor.authority },
});

const sayLines = ({
  head: last,
  months,
  pending,
  hostsBehind,
  blocked,
  differences,
  left,
  mismatches,
  scrub,
  anchor,
}: LogSummary): string[] => [
  last === null
    ? "The log is empty"
    : `Head ${last.number}: ${last.head.size} leaves of shard ${last.head.shard}, signed at ${at(last.head.timestamp)} by the database's clock`,
  ...months.map(({ shard, last: { head: newest } }) => `  ${shard}  ${newest.size} leaves`),
  `${pending} entries and batches of ${hostsBehind} hosts wait to be logged`,
  anchor === null
    ? "No head is anchored: TRUEBOUND_TSA_URL names no authority, or none has answered"
    : `Head ${anchor.head} was anchored by ${anchor.authority} at ${at(anchor.at)}`,
  sayScrub(scrub),
  ...mismatches.map((entry) => `Was not what was received: ${entry}`),
  ...blocked.flatMap(sayBlocked),
  ...differences.flatMap(sayDifference),
  ...left.flatMap(sayLeft),
];

export function sayScrub({ ended, began, leaves, isOverdue }: Scrub): string {
  const round = `the present round began at ${at(began)} and has read ${leaves}`;
  const last = ended === null ? "No whole round has ended yet" : `All ${ended.leaves} leaves were read again by ${at(ended.at)}`;
  return isOverdue ? `OVERDUE: ${last}; ${round}: a server that runs does it within a day` : `${last}; ${round}`;
}

const sayBlocked = ({ name, epoch, seq, since, entry }: BlockedHost): string[] => [
  `STOPPED: the log of ${name} ends before batch ${epoch}/${seq} since ${at(since)}: ${entry}`,
  `  Its agent keeps all from there on, retention removes none of it, and no report counts it. Restore the row, or look and say: truebound log acknowledge ${name} --note TEXT`,
];

const sayDifference = ({ place, name, words, found }: Difference): string[] => [
  `NOT WHAT WAS LOGGED: ${place}: ${words}, found at ${at(found)}`,
  `  Restore it from a backup, or look and say: truebound log acknowledge ${name === null ? "" : `${name} `}--note TEXT`,
];

const sayLeft = (month: string): string[] => [
  `NOT SIGNED: ${month}: what is stored of it is not what a lost key signed, so the key in use does not sign it, and no report rests on it`,
  "  Restore its tiles and heads from a backup: the next pass signs it then",
];

async function acknowledge(ports: LogPorts, request: LogRequest & { readonly do: "acknowledge" }): Promise<Told> {
  const { host, note } = request;
  const entry = await ports.acknowledge(host, note);
  if (entry === "unknown_host") return failed(`Cannot find host ${JSON.stringify(host)}: truebound log show names those whose log stopped`);
  if (entry === null)
    return failed(`Cannot acknowledge anything of ${host ?? "no host"}: nothing of it waits for that; truebound log show lists what does`);
  if (request.json) return { code: 0, out: json(entry), err: "" };
  const { from, through, differences = [] } = entry;
  const lines = [
    ...(from === undefined || through === undefined
      ? []
      : [
          `The log of ${host} goes on with the next pass, within a minute: what does not fit from batch ${from.epoch}/${from.seq} to ${through.epoch}/${through.seq} gets a leaf that says so, and counts nowhere`,
        ]),
    ...differences.map((place) => `Acknowledged: ${place}`),
  ];
  return { code: 0, out: `${lines.join("\n")}\n`, err: "" };
}

async function head(ports: LogPorts, witness: string | null, asJson: boolean): Promise<Told> {
  const last = await ports.lastHead();
  if (last === null) return failed("Cannot show a head: the log is empty; a server signs the first one within a minute of its start");
  const said = asJson ? json(sayHead(last)) : `${JSON.stringify(sayHead(last))}\n`;
  if (witness === null) return { code: 0, out: said, err: "" };
  const kept = readWitness(ports.readLines(witness), witness);
  if (typeof kept === "string") return failed(kept);
  for (const one of newest(kept)) {
    const trouble = (await troubleSince(ports, one)) ?? (await keyTrouble(ports, one, last));
    if (trouble !== null) return failed(`Cannot add head ${last.number} to ${witness}: ${trouble}`);
  }
  if (kept.some(({ head: one }) => Buffer.compare(one.signature, last.signature) === 0))
    return { code: 0, out: said, err: `Head ${last.number} is in ${witness} already\n` };
  ports.appendLine(witness, JSON.stringify(sayHead(last)));
  return { code: 0, out: said, err: `The log goes on from ${kept.length} heads in ${witness}; head ${last.number} was added\n` };
}

/** The last of each shard: what they say binds all before them. */
const newest = (kept: readonly Witnessed[]): Witnessed[] => [...new Map(kept.map((one) => [one.head.head.shard, one])).values()];

async function troubleSince({ crypto, rootAt, leftOf }: LogPorts, { where, head: kept }: Witnessed): Promise<string | null> {
  if (!isSigned(kept, crypto)) return `the signature of ${where} does not hold`;
  const { shard, size, root } = kept.head;
  const present = await rootAt(shard, size);
  if (present !== null && hex(present) === root) return null;
  const left = present === null ? await leftOf(shard) : null;
  if (left !== null && (size < left.size || (size === left.size && root === left.root))) return null;
  const has = present === null ? "the log no longer has so many" : `the log now gives the root ${hex(present)}`;
  return `${where} signs ${size} leaves of shard ${shard} with the root ${root}, and ${has}: evidence was changed after it was signed`;
}

/** Whoever keeps a file of heads knows the keys that signed them, and what those vouch for. */
async function keyTrouble({ crypto, keyChanges }: LogPorts, { where, head: kept }: Witnessed, last: SignedHead): Promise<string | null> {
  if (keyText(kept) === keyText(last)) return null;
  const way = wayTo(keyText(last), keyText(kept), await keyChanges(), crypto);
  if (way === "vouched") return null;
  const why = way === "lost" ? "that one was lost, and trust begins anew" : "nobody vouches for it";
  return `it is signed by another key than ${where}, and ${why}; begin another file once you were told the new key by somebody whom you trust`;
}

async function rotateKey(
  { rotateKey: rotate }: LogPorts,
  { lost, json: asJson }: Extract<LogRequest, { do: "rotate-key" }>,
): Promise<Told> {
  const done = await rotate(lost);
  if (typeof done === "string") return failed(done);
  const { change, file, former } = done;
  if (asJson) return { code: 0, out: json({ ...change, file, former }), err: "" };
  const lines = [
    `Key ${change.public_key} signs from now on; it lies in ${file}`,
    former === null
      ? "Nothing vouches for it: tell it to whoever keeps heads or reports, and enrol agents anew, for they believe the lost key alone"
      : `The former one vouches for it, and lies in ${former} beside it; agents, reports and witnesses follow from the one to the other`,
    "Give each server of this database that file, and start it again: none signs by the former key any more",
  ];
  return { code: 0, out: `${lines.join("\n")}\n`, err: "" };
}

async function verify(ports: LogPorts, witness: string | null, asJson: boolean): Promise<Told> {
  const kept = witness === null ? [] : readWitness(ports.readLines(witness), witness);
  if (typeof kept === "string") return failed(kept);
  if (witness !== null && kept.length === 0) return failed(`Cannot verify against ${witness}: there is no head in it`);
  const found = await ports.verify(kept);
  const code = found.faults.length === 0 ? 0 : 1;
  if (asJson) return { code, out: json({ ...found, witnessed: kept.length }), err: "" };
  const { heads, leaves, batches, gone, statements, mismatches, notes, faults } = found;
  const all = `${heads} heads over ${leaves} leaves; ${batches} batches were read again, ${gone} are no longer kept${statements === 0 ? "" : `, of which ${statements} statements are, each in its leaf`}, ${mismatches} entries tell of what was not as received`;
  const against = witness === null ? "" : `; held against ${kept.length} heads in ${witness}`;
  const verdict = code === 0 ? "All of it holds" : "This does not hold:";
  return { code, out: `${[`${all}${against}`, ...notes, verdict, ...faults.map((fault) => `  ${fault}`)].join("\n")}\n`, err: "" };
}

/** A line that is no head makes the whole file worthless as a witness: somebody wrote into it. */
export function readWitness(lines: readonly string[], path: string): Witnessed[] | string {
  const kept: Witnessed[] = [];
  for (const [index, line] of lines.entries()) {
    const read = readSpokenHead(parsed(line));
    const where = `line ${index + 1} of ${path}`;
    if (read === null) return `Cannot use ${path}: line ${index + 1} is no head; take a copy of the file that nobody changed`;
    kept.push({ where, head: read });
  }
  return kept;
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined; // no JSON is no head
  }
}

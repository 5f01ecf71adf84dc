import { formatUtc, type UtcInstant } from "@truebound/time";
import type { LogAnchor, LogAnchorList, LogMonth, LogView } from "@truebound/wire";
import type { LogSummary, MonthKept } from "../log-book/administer-log.ts";
import { sayHead } from "../log-book/head-json.ts";
import { type Refusal, refuse } from "../refusal.ts";
import { type Parameters, readCount } from "./questions.ts";

/** What the server that answers knows of its own work on the log; a text is why the last try failed. */
export interface LogWork {
  /** Null = its sequencer has not looked yet. */
  readonly passedSecondsAgo: number | null;
  readonly sequencingTrouble: string | null;
  /** Null = no authority is asked. */
  readonly authority: string | null;
  readonly anchoringTrouble: string | null;
}

/** A token as it is kept; ns since 1970. */
export interface KeptAnchor {
  readonly id: bigint;
  readonly head: number;
  readonly shard: string;
  readonly size: number;
  readonly authority: string;
  readonly asked: bigint;
  readonly granted: bigint;
}

export interface LogRoomQuestions {
  summary(): Promise<LogSummary>;
  work(): LogWork;
  /** The newest first, from those that came before this one; null = from the newest. */
  anchorsBefore(id: bigint | null, most: number): Promise<KeptAnchor[]>;
  /** Request or response as it went; null = there is no such token. */
  anchorBytes(id: bigint, name: AnchorFileName): Promise<Uint8Array | null>;
}

/** What can be fetched of a token, and as what (RFC 3161, section 3.4). */
export const ANCHOR_FILES = {
  "request.tsq": "application/timestamp-query",
  "response.tsr": "application/timestamp-reply",
} as const;
export type AnchorFileName = keyof typeof ANCHOR_FILES;

const at = (ns: bigint): string => formatUtc(ns as UtcInstant);
const HASHES_A_TILE = 256;

export async function askLog(log: LogRoomQuestions): Promise<LogView> {
  const { asOf, head, months, pending, hostsBehind, blocked, differences, left, mismatches, scrub } = await log.summary();
  const { passedSecondsAgo, sequencingTrouble, authority, anchoringTrouble } = log.work();
  return {
    as_of: at(asOf),
    head: head && sayHead(head),
    months: months.map(sayMonth),
    waiting: { entries: pending, hosts: hostsBehind },
    sequencing: { passed_seconds_ago: passedSecondsAgo, trouble: sequencingTrouble },
    stopped: blocked.map(({ host, name, since, epoch, seq, entry }) => ({ host, name, since: at(since), epoch, seq, entry: read(entry) })),
    differences: differences.map(({ place, name, words, found }) => ({ place, host: name, words, found_at: at(found) })),
    left_months: [...left],
    mismatches: mismatches.map(read),
    scrub: {
      ended: scrub.ended && { at: at(scrub.ended.at), leaves: scrub.ended.leaves, seconds_ago: scrub.ended.secondsAgo },
      round: { began: at(scrub.began), leaves: scrub.leaves },
      overdue: scrub.isOverdue,
    },
    anchoring: { authority, trouble: anchoringTrouble },
  };
}

const read = (entry: string): Record<string, unknown> => JSON.parse(entry) as Record<string, unknown>;

function sayMonth({ shard, isNow, first, last, tiles }: MonthKept): LogMonth {
  const { number, head } = last;
  return {
    shard,
    state: isNow ? "growing" : tiles === 0 ? "spent" : "over",
    leaves: head.size,
    heads: { first, last: number },
    sealed_at: at(head.timestamp),
    tiles: { stored: tiles, needed: Math.ceil(head.size / HASHES_A_TILE) },
  };
}

const LIMIT_DEFAULT = 50;
const LIMIT_MAX = 1000;
const idOf = (text: string | undefined): bigint | null => (text !== undefined && /^[1-9]\d{0,17}$/.test(text) ? BigInt(text) : null);

export async function askLogAnchors(log: LogRoomQuestions, { limit, after }: Parameters): Promise<LogAnchorList | Refusal> {
  const most = readCount(limit, LIMIT_DEFAULT, LIMIT_MAX);
  if (most === null) return refuse("bad_request", `Cannot list ${limit} anchors: limit is a number from 1 to ${LIMIT_MAX}`);
  const before = idOf(after);
  if (after !== undefined && before === null) return refuse("bad_request", "Cannot use after: it must be the `next` of the page before");
  const items = (await log.anchorsBefore(before, most)).map(sayAnchor);
  return { items, next: items.length < most ? null : (items.at(-1)?.id ?? null) };
}

const sayAnchor = ({ id, head, shard, size, authority, asked, granted }: KeptAnchor): LogAnchor => ({
  id: String(id),
  head,
  shard,
  size,
  authority,
  asked_at: at(asked),
  granted_at: at(granted),
});

export interface AnchorFile {
  readonly type: string;
  readonly bytes: Uint8Array;
}

const isAnchorFile = (name: string): name is AnchorFileName => Object.hasOwn(ANCHOR_FILES, name);

export async function askLogAnchorFile(log: LogRoomQuestions, { id, name = "" }: Parameters): Promise<AnchorFile | Refusal> {
  const number = idOf(id);
  if (!isAnchorFile(name))
    return refuse("not_found", `A token has no file ${JSON.stringify(name)}: there are ${Object.keys(ANCHOR_FILES).join(" and ")}`);
  const bytes = number === null ? null : await log.anchorBytes(number, name);
  return bytes === null ? refuse("not_found", `There is no token ${JSON.stringify(id ?? "")}`) : { type: ANCHOR_FILES[name], bytes };
}

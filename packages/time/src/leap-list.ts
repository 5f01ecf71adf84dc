import type { Leap, LeapCalendar } from "./leap-axis.ts";
import { civil, daysFromCivil } from "./rfc3339.ts";
import { BILLION, divFloor, type Nanoseconds, ns, type UtcInstant, utc } from "./units.ts";

/**
 * leap-seconds.list as IERS and NIST write it: `#$` when it was last changed, `#@` when it expires, rows of NTP seconds and
 * the TAI − UTC that holds from then on, and `#h`, a SHA-1 over the digits of those three in this order. It comes from
 * outside, so whatever is wrong with it is a value. The hash function is the caller's.
 */
export interface LeapList {
  readonly updated: UtcInstant;
  /** Up to here it says of every possible leap whether there is one; later it says nothing. */
  readonly expires: UtcInstant;
  readonly rows: readonly LeapRow[];
}

export interface LeapRow {
  readonly from: UtcInstant;
  /** Seconds. */
  readonly taiMinusUtc: number;
}

/** SHA-1 of ASCII text as 40 lower-case hex digits. */
export type AsciiHash = (ascii: string) => string;

export const LEAP_LIST_REFUSALS = [
  "too_long",
  "malformed_line",
  "repeated_line",
  "no_update_time",
  "no_expiry",
  "no_hash",
  "no_rows",
  "too_many_rows",
  "not_ascending",
  "too_close",
  "step_not_one",
  "bad_hash",
] as const;
export type LeapListRefusal = (typeof LEAP_LIST_REFUSALS)[number];

export interface RefusedLeapList {
  readonly refused: LeapListRefusal;
  /** From 1; null where no single line is to blame. */
  readonly line: number | null;
}

export const LEAP_LIST_CHARS_MAX = 65_536;
const ROWS_MAX = 512;
const NTP_TO_UNIX = 2_208_988_800n;
const DAY = 86_400n * BILLION;
/** Leaps come at ends of months only (ITU-R TF.460); a smear of one must have ended before that of the next begins. */
const CLOSEST_ROWS = 28n * DAY;

type Draft = { -readonly [part in "updated" | "expires" | "hash"]: string | null } & { readonly rows: [string, string][] };
type Trouble = RefusedLeapList;

export function parseLeapList(text: string, sha1: AsciiHash): LeapList | RefusedLeapList {
  if (text.length > LEAP_LIST_CHARS_MAX) return { refused: "too_long", line: null };
  const draft = readLines(text);
  if ("refused" in draft) return draft;
  const { updated, expires, hash, rows } = draft;
  if (updated === null) return { refused: "no_update_time", line: null };
  if (expires === null) return { refused: "no_expiry", line: null };
  if (rows.length === 0) return { refused: "no_rows", line: null };
  if (hash === null) return { refused: "no_hash", line: null };
  if (sha1(updated + expires + rows.flat().join("")) !== hash) return { refused: "bad_hash", line: null };
  const read = rows.map(([from, offset]) => ({ from: fromNtp(from), taiMinusUtc: Number(offset) }));
  const disorder = whyNoTable(read);
  return disorder === null ? { updated: fromNtp(updated), expires: fromNtp(expires), rows: read } : { refused: disorder, line: null };
}

/** A line says one of three special things, or is a row, or a comment. */
function readLines(text: string): Draft | Trouble {
  const draft: Draft = { updated: null, expires: null, hash: null, rows: [] };
  for (const [index, line] of text.split("\n").entries()) {
    const refused = readLine(line.trimEnd(), draft);
    if (refused !== null) return { refused, line: index + 1 };
  }
  return draft;
}

const SPECIAL = { "#$": "updated", "#@": "expires", "#h": "hash" } as const;

function readLine(line: string, draft: Draft): LeapListRefusal | null {
  const special = SPECIAL[line.slice(0, 2) as keyof typeof SPECIAL];
  if (special !== undefined) {
    const value = special === "hash" ? readHash(line.slice(2)) : (/^\s*(\d{1,12})$/.exec(line.slice(2))?.[1] ?? null);
    if (value === null) return "malformed_line";
    if (draft[special] !== null) return "repeated_line";
    draft[special] = value;
    return null;
  }
  if (line === "" || line.startsWith("#")) return null;
  const row = /^(\d{1,12})[ \t]+(-?\d{1,4})(?:[ \t]*#.*)?$/.exec(line);
  if (row === null) return "malformed_line";
  draft.rows.push([row[1] as string, row[2] as string]);
  return draft.rows.length > ROWS_MAX ? "too_many_rows" : null;
}

/** Five words of up to eight hex digits; NIST's program drops leading zeros. */
function readHash(text: string): string | null {
  const words = text
    .trim()
    .toLowerCase()
    .split(/[ \t]+/);
  return words.length === 5 && words.every((word) => /^[0-9a-f]{1,8}$/.test(word))
    ? words.map((word) => word.padStart(8, "0")).join("")
    : null;
}

const fromNtp = (seconds: string): UtcInstant => utc((BigInt(seconds) - NTP_TO_UNIX) * BILLION);

function whyNoTable(rows: readonly LeapRow[]): LeapListRefusal | null {
  for (const [index, row] of rows.entries()) {
    const before = rows[index - 1];
    if (before === undefined) continue;
    if (row.from <= before.from) return "not_ascending";
    if (row.from - before.from < CLOSEST_ROWS) return "too_close";
    if (Math.abs(row.taiMinusUtc - before.taiMinusUtc) !== 1) return "step_not_one";
  }
  return null;
}

/** The list in its shortest form: what the hash covers, and the hash. */
export function renderLeapList({ updated, expires, rows }: LeapList, sha1: AsciiHash): string {
  const toNtp = (instant: UtcInstant) => (instant / BILLION + NTP_TO_UNIX).toString();
  const cells = rows.map(({ from, taiMinusUtc }) => [toNtp(from), String(taiMinusUtc)]);
  const hash = sha1(toNtp(updated) + toNtp(expires) + cells.flat().join(""));
  const words = [0, 8, 16, 24, 32].map((at) => hash.slice(at, at + 8)).join(" ");
  return [`#$\t${toNtp(updated)}`, `#@\t${toNtp(expires)}`, ...cells.map((row) => row.join("\t")), `#h\t${words}`, ""].join("\n");
}

const REFUSAL_WORDS: Readonly<Record<LeapListRefusal, string>> = {
  too_long: `it is longer than ${LEAP_LIST_CHARS_MAX} characters`,
  malformed_line: "the line is neither a comment nor a row of NTP seconds and TAI−UTC",
  repeated_line: "the line says once more what an earlier one said",
  no_update_time: "it has no #$ line",
  no_expiry: "it has no #@ line",
  no_hash: "it has no #h line",
  no_rows: "it has no rows",
  too_many_rows: `it has more than ${ROWS_MAX} rows`,
  not_ascending: "its rows are not in order of time",
  too_close: "two of its rows are less than 28 days apart",
  step_not_one: "TAI−UTC changes by something else than one second",
  bad_hash: "its #h line is not the SHA-1 of its data: it is damaged or was edited",
};

/** "line 7: the line is neither …". */
export const leapListRefusalInWords = ({ refused, line }: RefusedLeapList): string =>
  `${line === null ? "" : `line ${line}: `}${REFUSAL_WORDS[refused]}`;

/** The rows after the first as leaps: each says by its difference to the one before whether a second came in or went. */
export const leapsOf = ({ rows }: LeapList): Leap[] =>
  rows.slice(1).map(({ from, taiMinusUtc }, index) => ({
    utc_ns: from,
    step: taiMinusUtc > (rows[index] as LeapRow).taiMinusUtc ? 1 : -1,
  }));

export const calendarOf = (list: LeapList): LeapCalendar => ({ leaps: leapsOf(list), expires: list.expires });

/** Seconds at a UTC count; null before the first row. Within an inserted second the count has two meanings: this is the later one's. */
export const taiMinusUtcAt = ({ rows }: LeapList, at: UtcInstant): number | null =>
  rows.findLast(({ from }) => from <= at)?.taiMinusUtc ?? null;

export const isExpired = ({ expires }: LeapList, at: UtcInstant): boolean => at >= expires;

export const untilExpiry = ({ expires }: LeapList, at: UtcInstant): Nanoseconds => ns(expires - at);

/** Whole days, rounded down; negative once it has expired. */
export const daysToExpiry = (list: LeapList, at: UtcInstant): number => Number(divFloor(untilExpiry(list, at), DAY));

/** The latest end of a June or December at or before `at`: where a leap would have been by custom (TF.460: first preference). */
export const possibleLeapBefore = (at: UtcInstant): UtcInstant => halfYearOf(at).from;

export const possibleLeapAfter = (at: UtcInstant): UtcInstant => halfYearOf(at).to;

interface HalfYear {
  readonly from: UtcInstant;
  readonly to: UtcInstant;
}

/** Each reading asks several times for each source, and nearly always of the same one. */
let latest: HalfYear | null = null;

function halfYearOf(at: UtcInstant): HalfYear {
  if (latest === null || at < latest.from || at >= latest.to) latest = calendarHalf(at);
  return latest;
}

function calendarHalf(at: UtcInstant): HalfYear {
  const { year, month } = civil(divFloor(at, DAY));
  const isFirst = month < 7n;
  return {
    from: utc(daysFromCivil(year, isFirst ? 1n : 7n, 1n) * DAY),
    to: utc((isFirst ? daysFromCivil(year, 7n, 1n) : daysFromCivil(year + 1n, 1n, 1n)) * DAY),
  };
}

/** The midnight that ends the month of `at`: RFC 5905 lets an indicator speak of any month's last day. */
export function endOfMonth(at: UtcInstant): UtcInstant {
  const { year, month } = civil(divFloor(at, DAY));
  return utc((month < 12n ? daysFromCivil(year, month + 1n, 1n) : daysFromCivil(year + 1n, 1n, 1n)) * DAY);
}

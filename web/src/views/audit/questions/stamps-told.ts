import type { Bound, StampAnswer, StampRow } from "@truebound/wire";
import type { Look } from "../../../format/status-look.ts";

interface Inside {
  readonly word: string;
  readonly look: Look;
}

const INSIDE: Readonly<Record<string, Inside>> = {
  yes: { word: "yes", look: "proven" },
  no: { word: "no", look: "proven-off" },
  not_provable: { word: "not provable", look: "unverified" },
};
const BAD: Inside = { word: "bad line", look: "conflict" };
const UNKNOWN: Inside = { word: "unknown", look: "unknown" };

export const insideLook = ({ inside, error }: StampRow): Inside => (error === null ? (INSIDE[inside ?? ""] ?? UNKNOWN) : BAD);

/** Divergence is local less UTC; the page draws offsets, which are UTC less local. */
export const offsetOf = ({ divergence_lo_ns: lo, divergence_hi_ns: hi }: StampRow): Bound | null =>
  lo === null || hi === null ? null : { lo_ns: String(-BigInt(hi)), hi_ns: String(-BigInt(lo)) };

/** From the worst on. */
const ORDER: readonly Inside["word"][] = ["no", "bad line", "not provable", "unknown", "yes"];

function counted(rows: readonly StampRow[]): { readonly word: string; readonly count: number; readonly look: Look }[] {
  const all = rows.map(insideLook);
  return ORDER.map((word) => ({
    word,
    count: all.filter((one) => one.word === word).length,
    look: all.find((one) => one.word === word)?.look ?? "unknown",
  })).filter(({ count }) => count > 0);
}

export const worstLook = (rows: readonly StampRow[]): Look => counted(rows)[0]?.look ?? "unknown";

/** All of few; of many the worst of them first, else in the order of the file. */
export function shownFirst(rows: readonly StampRow[], most: number): readonly StampRow[] {
  if (rows.length <= most) return rows;
  const all = ORDER.map((): StampRow[] => []);
  for (const row of rows) all[ORDER.indexOf(insideLook(row).word)]?.push(row);
  return all.flat().slice(0, most);
}

const WORDS: Readonly<Record<string, string>> = {
  no: "was not within the limit",
  "bad line": "could not be read",
  "not provable": "may have been within the limit, and nothing proves it",
  unknown: "is not known",
  yes: "was within the limit, proved",
};

export function tallyWords(rows: readonly StampRow[]): string {
  const counts = counted(rows);
  const [only] = counts;
  if (only === undefined) return "There was no stamp to answer";
  if (rows.length === 1) return `The stamp ${WORDS[only.word]}`;
  return `Of ${rows.length} stamps: ${counts.map(({ word, count }) => `${count} ${word}`).join(", ")}`;
}

const COLUMNS = [
  "line",
  "id",
  "host",
  "timestamp",
  "inside",
  "earliest",
  "latest",
  "status",
  "reason",
  "divergence_lo_ns",
  "divergence_hi_ns",
  "app_error_ns",
  "simulated",
  "error",
] as const;

/** A table program takes a cell that begins so for a formula; a number may. */
const isFormula = (text: string): boolean => /^[=+\-@\t\r]/.test(text) && !/^-?\d+$/.test(text);

function cell(value: string | number | boolean | null): string {
  const text = value === null ? "" : String(value);
  const safe = isFormula(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** As the API says it; what is unknown is empty, and never 0. */
export const stampsCsv = ({ items }: Pick<StampAnswer, "items">): string =>
  [COLUMNS.join(","), ...items.map((row) => COLUMNS.map((name) => cell(row[name])).join(","))].map((line) => `${line}\r\n`).join("");

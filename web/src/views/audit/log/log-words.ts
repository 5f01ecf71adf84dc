import type { LogHeadView, LogMonth, LogView } from "@truebound/wire";
import { ageText } from "../../../format/age.ts";
import { codeWords } from "../../../format/code-words.ts";
import { countWords } from "../../../format/count-words.ts";
import type { Look } from "../../../format/status-look.ts";
import { groupedText } from "../../reports/summary.ts";

export interface LogStanding {
  readonly look: Look;
  readonly title: string;
}

/** A pass comes about once a minute; a server that has not had one for so long has stopped, or has not begun. */
const LATE_S = 300;

/** The worst that is to be said of the log comes first. */
export function logStanding({ head, stopped, differences, left_months, sequencing, scrub, waiting }: LogView): LogStanding {
  if (differences.length > 0)
    return { look: "conflict", title: `What is stored is not what was logged, at ${countWords(differences.length, "place")}` };
  if (left_months.length > 0)
    return {
      look: "conflict",
      title: `The key in use does not sign ${countWords(left_months.length, "month")}: no report rests on what lies there`,
    };
  if (stopped.length > 0) return { look: "conflict", title: `The log of ${countWords(stopped.length, "host")} has stopped` };
  if (sequencing.trouble !== null) return { look: "proven-off", title: "Nothing new is taken into the log: sequencing has stopped" };
  if (head === null) return { look: "unknown", title: "The log is empty: no head is signed yet" };
  if ((sequencing.passed_seconds_ago ?? 0) > LATE_S)
    return {
      look: "proven-off",
      title: `This server has not looked after the log for ${ageText((sequencing.passed_seconds_ago ?? 0) * 1000)}`,
    };
  if (scrub.overdue) return { look: "holdover", title: "The log was not read again within a day" };
  const rest = waiting.entries + waiting.hosts > 0 ? "; what came since waits for the next" : "";
  return { look: "proven", title: `The log is sealed up to head ${groupedText(head.number)}${rest}` };
}

export interface MonthStanding {
  readonly look: Look;
  readonly isSealed: string;
  readonly why: string;
}

/** Whether all of a month lies under a head, and why it does not. */
export function monthStanding(
  { shard, state, tiles, heads }: LogMonth,
  { waiting, stopped, left_months }: Pick<LogView, "waiting" | "stopped" | "left_months">,
): MonthStanding {
  const head = `head ${groupedText(heads.last)}`;
  if (left_months.includes(shard))
    return {
      look: "conflict",
      isSealed: "not signed",
      why: `left after a key was lost: what is stored is not what that one signed by ${head}; no report rests on it`,
    };
  if (state === "spent")
    return {
      look: "unknown",
      isSealed: "sealed",
      why: `by ${head}; no evidence of it is kept, only that head and the proofs of its entries`,
    };
  if (tiles.stored < tiles.needed)
    return {
      look: "conflict",
      isSealed: "damaged",
      why: `${groupedText(tiles.needed - tiles.stored)} tiles of hashes are not there: truebound log verify says more`,
    };
  if (state === "over") return { look: "proven", isSealed: "sealed", why: `by ${head}; the month is over` };
  return openStanding(head, waiting, stopped.length);
}

/** What comes in waits up to a minute for its head: that is no trouble, and a log that has stopped is. */
function openStanding(head: string, waiting: LogView["waiting"], stopped: number): MonthStanding {
  const open = waitingWords(waiting);
  if (stopped > 0)
    return {
      look: "conflict",
      isSealed: "not all of it",
      why: `sealed by ${head}; the log of ${countWords(stopped, "host")} has stopped${open === null ? "" : `, and ${open} wait`}`,
    };
  const rest = open === null ? "it grows until the month is over" : `${open} wait for the next one, which is signed within a minute`;
  return { look: "proven", isSealed: "sealed so far", why: `by ${head}; ${rest}` };
}

/** Null = nothing waits. */
export function waitingWords({ entries, hosts }: LogView["waiting"]): string | null {
  const parts = [
    ...(entries > 0 ? [`${groupedText(entries)} ${entries === 1 ? "entry" : "entries"}`] : []),
    ...(hosts > 0 ? [`batches of ${groupedText(hosts)} ${hosts === 1 ? "host" : "hosts"}`] : []),
  ];
  return parts.length === 0 ? null : parts.join(" and ");
}

/** A mismatch as its leaf tells it: "batch 1/4711 is not what was received: changed". */
export function mismatchWords(entry: Readonly<Record<string, unknown>>): string {
  const { epoch, seq, to_seq, why } = entry;
  const which =
    to_seq === undefined ? `batch ${String(epoch)}/${String(seq)}` : `batches ${String(epoch)}/${String(seq)} to ${String(to_seq)}`;
  return `${which}: ${WHY[String(why)] ?? codeWords(String(why))}`;
}

const WHY: Readonly<Record<string, string>> = {
  changed: "its bytes and its hash do not fit",
  unchained: "it does not follow the batch before",
  twice: "it is there twice",
  missing: "was received, and is not there any more",
};

/** How far the present round of reading all again has come. */
export function roundWords({ scrub: { round }, months }: Pick<LogView, "scrub" | "months">): string {
  const all = months.filter(({ state }) => state !== "spent").reduce((sum, { leaves }) => sum + leaves, 0);
  return `${groupedText(Math.min(round.leaves, all))} of ${countWordsGrouped(all)}`;
}

const countWordsGrouped = (count: number): string => `${groupedText(count)} ${count === 1 ? "leaf" : "leaves"}`;

/** A line of a witness file, as truebound log head --witness writes and log verify --witness reads it. */
export const witnessLine = ({
  number,
  installation,
  shard,
  size,
  root,
  timestamp_ns,
  previous,
  public_key,
  signature,
}: LogHeadView): string =>
  `${JSON.stringify({ number, installation, shard, size, root, timestamp_ns, previous, public_key, signature })}\n`;

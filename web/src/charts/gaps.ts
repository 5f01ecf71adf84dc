import type { SeriesPoint } from "@truebound/wire";
import { codeWords } from "../format/code-words.ts";
import { toMs } from "../format/instant.ts";

/** A stretch of time without a bound, to be shown as such: blank paper could pass for "nothing to worry about". */
export interface Gap {
  readonly from_ms: number;
  readonly to_ms: number;
  /** Why, in the server's words, in order of appearance. */
  readonly words: readonly string[];
}

export interface GapFrame {
  readonly points: readonly SeriesPoint[];
  /** The end of the range, ms since the epoch. */
  readonly to_ms: number;
  /** The last reading that the server has of a host that is no longer heard, or whose past is still arriving, and a word for that; null = it has all. */
  readonly silence: Silence | null;
}

export interface Silence {
  readonly from_ms: number;
  readonly word: string;
}

/** Points without a bound, each run from the bounded point before it to the one after it; at the end, to the end of the range. */
export function gapsOf({ points, to_ms, silence }: GapFrame): Gap[] {
  const gaps: Gap[] = [];
  let run: SeriesPoint[] = [];
  let before: SeriesPoint | null = null;
  for (const point of points) {
    if (!hasBound(point)) {
      run.push(point);
      continue;
    }
    if (run.length > 0) gaps.push(...gapOf(run, before, toMs(point.t)));
    run = [];
    before = point;
  }
  return [...gaps, ...gapOf(run, before, to_ms), ...silentGap(points, run, { to_ms, silence })];
}

const hasBound = ({ lo_ns, hi_ns }: SeriesPoint): boolean => lo_ns !== null && hi_ns !== null;

function gapOf(run: readonly SeriesPoint[], before: SeriesPoint | null, to_ms: number): Gap[] {
  const first = before ?? run[0];
  if (first === undefined || run.length === 0) return [];
  return [{ from_ms: toMs(first.t), to_ms, words: [...new Set(run.map(gapWords))] }];
}

/** After the last reading of such a host the server has nothing to send, not even a gap. A run without a bound at the end covers it already. */
function silentGap(points: readonly SeriesPoint[], run: readonly SeriesPoint[], { to_ms, silence }: Omit<GapFrame, "points">): Gap[] {
  const last = points.at(-1);
  if (silence === null || last === undefined || run.length > 0) return [];
  const from_ms = Math.max(silence.from_ms, toMs(last.t));
  return from_ms < to_ms ? [{ from_ms, to_ms, words: [silence.word] }] : [];
}

/** What is no more than `unknown` is told by its reason. */
const gapWords = ({ status, reason }: SeriesPoint): string => codeWords(status === "unknown" ? (reason ?? "no_evidence") : status);

/** Every reason for a gap on show, each once. */
export const gapReasons = (gaps: readonly Gap[]): string[] => [...new Set(gaps.flatMap(({ words }) => words))];

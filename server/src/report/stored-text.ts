import {
  areIntervals,
  type Column,
  ColumnRecord,
  type EvidenceRecord,
  knownWith,
  type ReadingColumns,
  type SpanColumns,
} from "@truebound/audit";
import { driftOf } from "./evidence-record.ts";

const CELL = String.raw`-?(?:0|[1-9]\d{0,14})|null`;
/** A column of which each cell is an integer that a double holds, or unknown. */
const COLUMN = String.raw`\{"base":"(-?\d{1,19})","d":\[((?:${CELL})(?:,(?:${CELL}))*|)\]\}`;
const PASSED = String.raw`\{"base":"-?\d+","d":\[[^\]]*\]\}`;
const WORDS = String.raw`\[((?:"\w+"(?:,"\w+")*)?)\]`;
const NUMBER = String.raw`-?\d+`;

/** As agents write it: by these members in this order, and nothing between. */
const HEAD = new RegExp(
  String.raw`^\{"version":2,"agent":"([0-9a-f-]{36})","boot_id":"([ !#-~]{1,64})","software":"[^"]*","sealed_boottime_ns":"${NUMBER}","sealed_realtime_ns":"${NUMBER}",` +
    String.raw`"assumptions":\{"rho_ppb":(\d{1,15}),"oscillator_ppb":(-?\d{1,15}|null),"drift_basis":"\w+","sigma_ppb":(?:${NUMBER}|null),"faults":\d+,` +
    String.raw`"slew_ppm":(\d{1,15}),"slew_basis":"\w+","stamp_mode":"\w+"\},`,
);
const BOUNDS = new RegExp(
  String.raw`"bounds":\{"raw_ns":${COLUMN},"realtime_ns":${COLUMN},"boottime_ns":${PASSED},"status":${WORDS},"reason":\[[^\]]*\],` +
    `"lo_ns":${COLUMN},"hi_ns":${COLUMN},"since_lo_ns":${PASSED},"since_hi_ns":${PASSED},"tight_lo_ns":${PASSED},"tight_hi_ns":${PASSED},` +
    String.raw`"throughout_lo_ns":${COLUMN},"throughout_hi_ns":${COLUMN},"gap_ns":${PASSED},"votes":\[[\d,]*\],"need":\[[\d,]*\],"agree":\[[\d,[\]]*\]\},`,
  "y",
);
const SPANS = new RegExp(
  String.raw`"spans":\{"from_raw_ns":${COLUMN},"from_realtime_ns":${COLUMN},"to_raw_ns":${COLUMN},"to_realtime_ns":${COLUMN},"lo_ns":${COLUMN},"hi_ns":${COLUMN},` +
    String.raw`"readings":\[[\d,]*\],"status":${WORDS}\},`,
  "y",
);

interface Place {
  readonly host: string;
  readonly epoch: number;
  readonly seq: number;
}

/**
 * What an audit asks of a batch, taken from its text where it stands: most of a batch is not for audits, and need not be made
 * objects of. The text must be that of a batch in which nothing is wrong. Null = it is not written as agents write it, or has
 * events, a rehearsal or odd numbers: it is to be read as JSON.
 */
export function plainRecord(text: string, { host, epoch, seq }: Place): EvidenceRecord | null {
  // Without a backslash each name in it can be searched for.
  const head = text.includes("\\") || text.includes('"rehearsal"') ? null : HEAD.exec(text);
  const bounds = matchAt(BOUNDS, text, onlyPlace(text, '"bounds"'));
  const spans = matchAt(SPANS, text, onlyPlace(text, '"spans"'));
  const events = onlyPlace(text, '"events"');
  if (head === null || bounds === null || spans === null || head[1] !== host || !text.startsWith('"events":[]', events)) return null;
  const [readings, stretches] = [readingsOf(bounds), spansOf(spans)];
  if (readings === null || stretches === null) return null;
  const [, , bootId, rho, oscillator, slew] = head as unknown as readonly string[];
  const driftPpb = driftOf({
    rho_ppb: Number(rho),
    oscillator_ppb: oscillator === "null" ? null : Number(oscillator),
    slew_ppm: Number(slew),
  });
  return new ColumnRecord({ epoch, seq, bootId: bootId as string, rehearsed: false, driftPpb }, { readings, spans: stretches }, []);
}

/** -1 = there is none, or more than one: then it is not known which of them is the batch's own. */
function onlyPlace(text: string, name: string): number {
  const first = text.indexOf(name);
  return first < 0 || text.indexOf(name, first + name.length) >= 0 ? -1 : first;
}

function matchAt(pattern: RegExp, text: string, place: number): RegExpExecArray | null {
  if (place < 0) return null;
  pattern.lastIndex = place;
  return pattern.exec(text);
}

/** The columns of which base and cells are captured from these places on. */
function columnsAt(found: RegExpExecArray, places: readonly number[]): Column[] {
  // All at once: JSON's own reader is faster than splitting, and is asked once.
  const cells = JSON.parse(`[${places.map((place) => `[${found[place + 1]}]`).join()}]`) as (number | null)[][];
  return cells.map((d, at) => ({ base: BigInt(found[places[at] as number] as string), d }));
}

const wordsAt = (found: RegExpExecArray, place: number): readonly string[] => {
  const words = found[place] as string;
  return words === "" ? [] : words.slice(1, -1).split('","');
};

function readingsOf(found: RegExpExecArray): ReadingColumns | null {
  const status = wordsAt(found, 5);
  const columns = columnsAt(found, [1, 3, 6, 8, 10, 12]);
  const [raw, realtime, lo, hi, low, high] = columns as [Column, Column, Column, Column, Column, Column];
  const isWhole = hasRows(columns, status.length) && isKnown(raw) && isKnown(realtime) && areIntervals(lo, hi) && areIntervals(low, high);
  return isWhole ? { status, raw, realtime, lo, hi, low: knownWith(low, lo), high: knownWith(high, lo) } : null;
}

function spansOf(found: RegExpExecArray): SpanColumns | null {
  const status = wordsAt(found, 13);
  const columns = columnsAt(found, [1, 3, 5, 7, 9, 11]);
  const [fromRaw, fromRealtime, toRaw, toRealtime, lo, hi] = columns as [Column, Column, Column, Column, Column, Column];
  const isWhole = hasRows(columns, status.length) && columns.every(isKnown) && areIntervals(lo, hi) && areIntervals(fromRaw, toRaw);
  return isWhole ? { status, fromRaw, fromRealtime, toRaw, toRealtime, lo, hi } : null;
}

const hasRows = (columns: readonly Column[], rows: number): boolean => columns.every(({ d }) => d.length === rows);
const isKnown = ({ d }: Column): boolean => !d.includes(null);

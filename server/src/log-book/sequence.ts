import type { BatchEntry, LogEntry, MismatchEntry, StatementEntry } from "@truebound/audit";
import { chainText, genesisText } from "@truebound/wire";

/** A batch as it lies in the store now. Hashes in hex. */
export interface StoredRow {
  readonly epoch: number;
  readonly seq: number;
  readonly hash: string;
  readonly prevHash: string;
  /** Of its bytes, as they were just read. */
  readonly bodySha256: Uint8Array;
  readonly receivedAt: bigint;
  /** SHA-256 of its statement's body and signature; null = it has none. */
  readonly statement: string | null;
}

/** The last batch that lies in the log; `hash` null = it was not the one that was received. */
export interface ChainEnd {
  readonly epoch: number;
  readonly seq: number;
  readonly hash: string | null;
}

export interface HostLogFacts {
  readonly host: string;
  /** Null = nothing of it was ever logged. */
  readonly last: ChainEnd | null;
  /** In the order of the chain, all after `last`. */
  readonly rows: readonly StoredRow[];
  /** The one behind them, where there are more. */
  readonly next: StoredRow | null;
  /** There are no more of them. */
  readonly isAll: boolean;
  /** Where the host's chain stands. */
  readonly present: ChainEnd;
  readonly enrolledAt: bigint;
  /** Its latest batch came then; null = none ever did. */
  readonly heardAt: bigint | null;
  /** Number of the last batch of epochs that ended. */
  readonly epochEnds: ReadonlyMap<number, number>;
  /** What came before the log began may have gone by its age without being logged. */
  readonly begun: bigint;
  /** What does not fit up to there a person has acknowledged; null = nothing. */
  readonly acknowledged: ChainPlace | null;
}

export interface ChainPlace {
  readonly epoch: number;
  readonly seq: number;
}

export interface Mismatch {
  readonly kind: "mismatch";
  readonly entry: MismatchEntry;
  readonly batches: number;
}

export type Planned = { readonly kind: "run"; readonly host: string; readonly rows: readonly StoredRow[] } | Mismatch;

export interface HostPlan {
  readonly planned: readonly Planned[];
  /** Null = there is still nothing of it. */
  readonly last: ChainEnd | null;
  /** What nobody has acknowledged: the log follows the host's chain no further. */
  readonly blocked: Mismatch | null;
}

export type TextHash = (text: string) => string;

/**
 * Which leaves a host's new batches get: one each, in order. It ends before what is not what was received, or is missing, until a
 * person has acknowledged that; then it goes on behind a leaf that says so.
 */
export function planHost(facts: HostLogFacts, sha256: TextHash): HostPlan {
  const plan = new Planning(facts);
  for (const [at, row] of facts.rows.entries()) {
    const after = facts.rows[at + 1] ?? facts.next;
    for (const gap of missingBefore(facts, plan.last, row)) if (!plan.pass(gap)) return plan.end();
    const why = whatIsWrong(facts.host, row, plan.last, after, sha256);
    if (why !== null) {
      if (!plan.pass(mismatch(facts.host, row, why))) return plan.end();
    } else plan.take(row);
  }
  if (!facts.isAll) return plan.end();
  for (const gap of missingBehind(facts, plan.last)) if (!plan.pass(gap)) return plan.end();
  plan.finish();
  return plan.end();
}

class Planning {
  readonly #facts: HostLogFacts;
  readonly #planned: Planned[] = [];
  #blocked: Mismatch | null = null;
  last: ChainEnd | null;

  constructor(facts: HostLogFacts) {
    this.#facts = facts;
    this.last = facts.last ?? (facts.enrolledAt >= facts.begun ? NOTHING_YET : null);
  }

  take(row: StoredRow): void {
    this.#planned.push({ kind: "run", host: this.#facts.host, rows: [row] });
    this.last = { epoch: row.epoch, seq: row.seq, hash: row.hash };
  }

  /** False = nothing behind it is looked at. */
  pass(one: Mismatch): boolean {
    const { epoch, seq, to_seq = seq } = one.entry;
    const { acknowledged } = this.#facts;
    if (acknowledged === null || isAfter({ epoch, seq: to_seq }, acknowledged)) {
      this.#blocked = one;
      return false;
    }
    this.#planned.push(one);
    this.last = { epoch, seq: to_seq, hash: null };
    return true;
  }

  /** All that there is was taken. */
  finish(): void {
    const { present } = this.#facts;
    if (this.last === null || isAfter(present, this.last)) this.last = present;
  }

  end(): HostPlan {
    return { planned: joined(this.#planned), last: this.last, blocked: this.#blocked };
  }
}

/** Behind all rows, up to where the host's chain stands; none where the host was set back, or was not heard since the log began. */
function missingBehind(facts: HostLogFacts, last: ChainEnd | null): Mismatch[] {
  const { present, heardAt, begun } = facts;
  if ((last !== null && isAfter(last, present)) || heardAt === null || heardAt < begun) return [];
  return missing(facts, last, present, present.seq + 1);
}

/** Of a host that came since the log began every batch must be there, from the first one on. */
const NOTHING_YET: ChainEnd = { epoch: 1, seq: 0, hash: null };

const isAfter = (a: ChainPlace, b: ChainPlace): boolean => a.epoch > b.epoch || (a.epoch === b.epoch && a.seq > b.seq);

function whatIsWrong(
  host: string,
  row: StoredRow,
  last: ChainEnd | null,
  after: StoredRow | null,
  sha256: TextHash,
): MismatchEntry["why"] | null {
  if (isSamePlace(last, row) || isSamePlace(after, row)) return "twice";
  const { epoch, seq, prevHash: prev } = row;
  const contentDigest = `sha-256=:${base64(row.bodySha256)}:`;
  if (sha256(chainText({ agent: host, epoch, seq, prev, contentDigest })) !== row.hash) return "changed";
  const before = seq === 1 ? sha256(genesisText(host, epoch)) : follows(last, row) ? last?.hash : null;
  return before === null || before === undefined || before === prev ? null : "unchained";
}

const isSamePlace = (a: ChainPlace | null, b: ChainPlace): boolean => a !== null && a.epoch === b.epoch && a.seq === b.seq;

const follows = (last: ChainEnd | null, { epoch, seq }: StoredRow): boolean =>
  last !== null && last.epoch === epoch && last.seq === seq - 1;

const base64 = (bytes: Uint8Array): string => btoa(String.fromCharCode(...bytes));

/** What came before the log began may have gone by its age; of what came since nothing goes before it is logged. */
function missingBefore(facts: HostLogFacts, last: ChainEnd | null, row: StoredRow): Mismatch[] {
  return last === null || row.receivedAt < facts.begun ? [] : missing(facts, last, row, row.seq);
}

/** Of the epoch of `last` what lies behind it, and of that of `next` what lies before `end`. */
function missing({ host, epochEnds }: HostLogFacts, last: ChainEnd | null, next: { readonly epoch: number }, end: number): Mismatch[] {
  if (last === null) return [];
  if (last.epoch === next.epoch) return gap(host, next.epoch, last.seq + 1, end);
  const ended = epochEnds.get(last.epoch);
  return [...(ended === undefined ? [] : gap(host, last.epoch, last.seq + 1, ended + 1)), ...gap(host, next.epoch, 1, end)];
}

function gap(host: string, epoch: number, seq: number, end: number): Mismatch[] {
  if (seq >= end) return [];
  const entry: MismatchEntry = { kind: "mismatch", host, epoch, seq, why: "missing", to_seq: end - 1 };
  return [{ kind: "mismatch", entry, batches: end - seq }];
}

const mismatch = (host: string, { epoch, seq, hash, bodySha256 }: StoredRow, why: MismatchEntry["why"]): Mismatch => ({
  kind: "mismatch",
  entry: { kind: "mismatch", host, epoch, seq, why, hash, body_sha256: hexOf(bodySha256) },
  batches: 1,
});

const hexOf = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

/** Batches whose numbers follow each other lie in one run. */
function joined(planned: readonly Planned[]): Planned[] {
  const runs: Planned[] = [];
  for (const one of planned) {
    const before = runs.at(-1);
    if (one.kind === "run" && before?.kind === "run" && isNext(before.rows, one.rows))
      runs[runs.length - 1] = { ...before, rows: [...before.rows, ...one.rows] };
    else runs.push(one);
  }
  return runs;
}

function isNext(before: readonly StoredRow[], after: readonly StoredRow[]): boolean {
  const [end, start] = [before.at(-1), after[0]];
  return end !== undefined && start !== undefined && end.epoch === start.epoch && end.seq + 1 === start.seq;
}

/** The leaves of a run: its batches, then its statements. */
export const entriesOf = (host: string, rows: readonly StoredRow[]): LogEntry[] => [
  ...rows.map((row) => batchEntry(host, row)),
  ...rows.flatMap((row) => (row.statement === null ? [] : [statementEntry(host, row, row.statement)])),
];

export const batchEntry = (
  host: string,
  { epoch, seq, hash, receivedAt }: Pick<StoredRow, "epoch" | "seq" | "hash" | "receivedAt">,
): BatchEntry => ({
  kind: "batch",
  host,
  epoch,
  seq,
  hash,
  received_at_ns: receivedAt.toString(),
});

export const statementEntry = (host: string, { epoch, seq }: Pick<StoredRow, "epoch" | "seq">, digest: string): StatementEntry => ({
  kind: "statement",
  host,
  epoch,
  seq,
  digest,
});

/** Which rows of a run, counted from 0, have a statement. */
export const statedIn = (rows: readonly StoredRow[]): number[] => rows.flatMap(({ statement }, at) => (statement === null ? [] : [at]));

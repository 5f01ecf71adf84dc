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
}

export type Planned =
  | { readonly kind: "run"; readonly host: string; readonly rows: readonly StoredRow[] }
  | { readonly kind: "mismatch"; readonly entry: MismatchEntry; readonly batches: number };

export interface HostPlan {
  readonly planned: readonly Planned[];
  readonly last: ChainEnd;
}

export type TextHash = (text: string) => string;

/** Which leaves a host's new batches get: one each, in order, and where one is not what was received, or is missing, one that says so. */
export function planHost(facts: HostLogFacts, sha256: TextHash): HostPlan {
  const planned: Planned[] = [];
  let last = facts.last ?? (facts.enrolledAt >= facts.begun ? NOTHING_YET : null);
  for (const row of facts.rows) {
    for (const gap of missingBefore(facts, last, row)) planned.push(gap);
    const why = whatIsWrong(facts.host, row, last, sha256);
    planned.push(why === null ? { kind: "run", host: facts.host, rows: [row] } : mismatch(facts.host, row, why));
    last = { epoch: row.epoch, seq: row.seq, hash: why === null ? row.hash : null };
  }
  if (!facts.isAll) return { planned: joined(planned), last: last ?? facts.present };
  const { present } = facts;
  const isSetBack = last !== null && isAfter(last, present);
  if (!isSetBack && facts.heardAt !== null && facts.heardAt >= facts.begun) planned.push(...missing(facts, last, present, present.seq + 1));
  return { planned: joined(planned), last: isSetBack && last !== null ? last : endOf(last, present) };
}

/** Of a host that came since the log began every batch must be there, from the first one on. */
const NOTHING_YET: ChainEnd = { epoch: 1, seq: 0, hash: null };

const isAfter = (a: ChainEnd, b: ChainEnd): boolean => a.epoch > b.epoch || (a.epoch === b.epoch && a.seq > b.seq);

const endOf = (last: ChainEnd | null, present: ChainEnd): ChainEnd =>
  last !== null && last.epoch === present.epoch && last.seq === present.seq ? last : present;

function whatIsWrong(host: string, row: StoredRow, last: ChainEnd | null, sha256: TextHash): MismatchEntry["why"] | null {
  if (last !== null && last.epoch === row.epoch && last.seq === row.seq) return "twice";
  const { epoch, seq, prevHash: prev } = row;
  const contentDigest = `sha-256=:${base64(row.bodySha256)}:`;
  if (sha256(chainText({ agent: host, epoch, seq, prev, contentDigest })) !== row.hash) return "changed";
  const before = seq === 1 ? sha256(genesisText(host, epoch)) : follows(last, row) ? last?.hash : null;
  return before === null || before === undefined || before === prev ? null : "unchained";
}

const follows = (last: ChainEnd | null, { epoch, seq }: StoredRow): boolean =>
  last !== null && last.epoch === epoch && last.seq === seq - 1;

const base64 = (bytes: Uint8Array): string => btoa(String.fromCharCode(...bytes));

/** What came before the log began may have gone by its age; of what came since nothing goes before it is logged. */
function missingBefore(facts: HostLogFacts, last: ChainEnd | null, row: StoredRow): Planned[] {
  return last === null || row.receivedAt < facts.begun ? [] : missing(facts, last, row, row.seq);
}

/** Of the epoch of `last` what lies behind it, and of that of `next` what lies before `end`. */
function missing({ host, epochEnds }: HostLogFacts, last: ChainEnd | null, next: { readonly epoch: number }, end: number): Planned[] {
  if (last === null) return [];
  if (last.epoch === next.epoch) return gap(host, next.epoch, last.seq + 1, end);
  const ended = epochEnds.get(last.epoch);
  return [...(ended === undefined ? [] : gap(host, last.epoch, last.seq + 1, ended + 1)), ...gap(host, next.epoch, 1, end)];
}

function gap(host: string, epoch: number, seq: number, end: number): Planned[] {
  if (seq >= end) return [];
  const entry: MismatchEntry = { kind: "mismatch", host, epoch, seq, why: "missing", to_seq: end - 1 };
  return [{ kind: "mismatch", entry, batches: end - seq }];
}

const mismatch = (host: string, { epoch, seq, hash, bodySha256 }: StoredRow, why: MismatchEntry["why"]): Planned => ({
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

import { entryText, sameBytes } from "@truebound/audit";
import { batchEntry, statementEntry } from "./sequence.ts";
import type { Run, StoredLog, Stretch } from "./verify.ts";

/** A leaf, and where what it says lies. */
export type Leaf =
  | { readonly kind: "entry"; readonly leaf: number; readonly text: string }
  | { readonly kind: "batch"; readonly leaf: number; readonly run: Run; readonly seq: number; readonly isStatement: boolean };

export interface Found {
  /** `kept` = the statement of a batch that is gone; `gone` = neither is there any more. */
  readonly kind: "sound" | "kept" | "gone" | "different";
  readonly words: string;
}

type Rows = Awaited<ReturnType<StoredLog["rows"]>>;

/** Reads what leaves stand for again, and compares. Leaves of one run come one after the other. */
export class Reread {
  readonly #log: Pick<StoredLog, "rows" | "statements" | "leafHash">;
  #rows: { readonly run: Run; readonly rows: Rows } | null = null;
  #statements: { readonly run: Run; readonly digests: readonly string[] } | null = null;

  constructor(log: Pick<StoredLog, "rows" | "statements" | "leafHash">) {
    this.#log = log;
  }

  async compare(shard: string, leaf: Leaf, hash: Uint8Array): Promise<Found> {
    const isLogged = async (text: string) => sameBytes(await this.#log.leafHash(shard, leaf.leaf, text), hash);
    const of = whatOf(leaf);
    const compared = async (text: string): Promise<Found> =>
      (await isLogged(text))
        ? { kind: "sound", words: of }
        : { kind: "different", words: `what is stored of ${of} is not what was logged` };
    if (leaf.kind === "entry") return compared(leaf.text);
    const { run, seq, isStatement } = leaf;
    const [row, second] = (await this.#rowsOf(run)).filter((one) => one.seq === seq);
    if (second !== undefined && !isStatement) return { kind: "different", words: `${of} is stored twice` };
    if (row === undefined) return isStatement ? this.#kept(leaf, of, isLogged) : { kind: "gone", words: of };
    if (!row.isSound) return { kind: "different", words: `what is stored of ${of} is not what was received` };
    if (!isStatement) return compared(entryText(batchEntry(run.host, row)));
    return compared(row.statement === null ? "" : entryText(statementEntry(run.host, row, row.statement)));
  }

  /** Which of those that are kept it is the leaf tells by its hash. */
  async #kept({ run, seq }: Leaf & { kind: "batch" }, of: string, isLogged: (text: string) => Promise<boolean>): Promise<Found> {
    if (this.#statements?.run !== run) this.#statements = { run, digests: await this.#log.statements(run) };
    for (const digest of this.#statements.digests)
      if (await isLogged(entryText(statementEntry(run.host, { epoch: run.epoch, seq }, digest)))) return { kind: "kept", words: of };
    return { kind: "gone", words: of };
  }

  async #rowsOf(run: Run): Promise<Rows> {
    if (this.#rows?.run !== run) this.#rows = { run, rows: await this.#log.rows(run) };
    return this.#rows.rows;
  }
}

function whatOf(leaf: Leaf): string {
  if (leaf.kind === "entry") return `the entry ${leaf.text.slice(0, 120)}`;
  const { run, seq, isStatement } = leaf;
  return `${isStatement ? "the statement of " : ""}batch ${seq} of epoch ${run.epoch} of host ${run.host}`;
}

export async function* leavesOf(stretches: AsyncIterable<Stretch>): AsyncGenerator<Leaf> {
  for await (const one of stretches) {
    if (one.kind === "entry") yield one;
    else yield* leavesOfRun(one.run);
  }
}

export function* leavesOfRun(run: Run): Generator<Leaf> {
  for (let at = 0; at < run.batches; at++) yield { kind: "batch", leaf: run.leaf + at, run, seq: run.firstSeq + at, isStatement: false };
  for (const [at, offset] of run.stated.entries())
    yield { kind: "batch", leaf: run.leaf + run.batches + at, run, seq: run.firstSeq + offset, isStatement: true };
}

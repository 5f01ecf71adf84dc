import type { Evidence } from "../probe/source-window.ts";
import type { BoundRow } from "./bound-row.ts";
import type { Finding } from "./findings.ts";
import type { Present } from "./present.ts";
import type { Span } from "./span-builder.ts";

/** What was seen under one set of assumptions, in the order in which it was seen. */
export interface Observation {
  /** How the host stood at the end of it, under those assumptions. */
  readonly present: Present;
  readonly rows: readonly BoundRow[];
  readonly evidence: readonly Evidence[];
  readonly findings: readonly Finding[];
  readonly spans: readonly Span[];
}

/** What waits to be reported. Whatever is assumed later, each part goes out with the assumptions that it rests on, and as the host stood then. */
export class Observations {
  readonly #present: () => Present;
  readonly #taken: () => void;
  #sealed: Observation[] = [];
  #rows: BoundRow[] = [];
  #evidence: Evidence[] = [];
  #findings: Finding[] = [];
  #spans: Span[] = [];
  /** The newest row that was taken in, reported or not. */
  #newest: BoundRow | null = null;

  /** `present` is how the host stands now; `taken` is called when what waited has been given it. */
  constructor(present: () => Present, taken: () => void) {
    this.#present = present;
    this.#taken = taken;
  }

  row(row: BoundRow, spans: readonly Span[]): void {
    this.#rows.push(row);
    this.#newest = row;
    this.#spans.push(...spans);
  }

  evidence(evidence: readonly Evidence[]): void {
    this.#evidence.push(...evidence);
  }

  findings(findings: readonly Finding[]): void {
    this.#findings.push(...findings);
  }

  /** True for a row that was taken in already. */
  isLast(row: BoundRow): boolean {
    return this.#newest?.reading === row.reading;
  }

  /** RAW of the newest row that was taken in; null = none was. */
  get newestAt(): bigint | null {
    return this.#newest?.reading.rawAfter ?? null;
  }

  /** To be called before an assumption changes. */
  seal(): void {
    if (this.#rows.length + this.#evidence.length + this.#spans.length > 0) this.#sealed.push(this.#take());
  }

  /** All of it: mostly one observation, and one more for each change of the assumptions. */
  drain(): Observation[] {
    const seen = [...this.#sealed, this.#take()];
    this.#sealed = [];
    return seen;
  }

  /** How many rows and exchanges wait. */
  get pending(): number {
    const sealed = this.#sealed.reduce((sum, { rows, evidence }) => sum + rows.length + evidence.length, 0);
    return sealed + this.#rows.length + this.#evidence.length;
  }

  /** True when something waits that should not wait long. */
  get urgent(): boolean {
    return this.#findings.length > 0 || this.#sealed.length > 0;
  }

  #take(): Observation {
    const seen: Observation = {
      present: this.#present(),
      rows: this.#rows,
      evidence: this.#evidence,
      findings: this.#findings,
      spans: this.#spans,
    };
    this.#rows = [];
    this.#evidence = [];
    this.#findings = [];
    this.#spans = [];
    this.#taken();
    return seen;
  }
}

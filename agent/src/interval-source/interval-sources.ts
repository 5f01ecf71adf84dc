import type { Source } from "../probe/source.ts";
import type { IntervalSource } from "./ports.ts";

/** What no part of this agent knows how to ask. */
const NOBODY = (kind: IntervalSource["kind"]): IntervalSource => ({
  kind,
  assumes: [],
  take: () => Promise.resolve({ kind: "refused", reason: "kind_unsupported" }),
  says: () => ({}),
  refusals: new Map(),
  close: () => undefined,
});

/** The sources of intervals that are open: each once, as long as it is one of the host's sources. */
export class IntervalSources {
  readonly #open: (source: Source) => IntervalSource | null;
  readonly #opened = new Map<string, { readonly source: Source; readonly intervals: IntervalSource }>();

  constructor(open: (source: Source) => IntervalSource | null = () => null) {
    this.#open = open;
  }

  /** Undefined = it is asked by NTP. */
  of(source: Source): IntervalSource | undefined {
    const { kind } = source;
    if (kind === undefined) return undefined;
    const known = this.#opened.get(source.id);
    if (known !== undefined && isSame(known.source, source)) return known.intervals;
    known?.intervals.close();
    const intervals = this.#open(source) ?? NOBODY(kind);
    this.#opened.set(source.id, { source, intervals });
    return intervals;
  }

  /** Closes all others. */
  keep(sources: readonly Source[]): void {
    for (const [id, { intervals }] of this.#opened) {
      if (sources.some((source) => source.id === id && source.kind !== undefined)) continue;
      intervals.close();
      this.#opened.delete(id);
    }
  }

  close(): void {
    this.keep([]);
  }
}

/** The same thing, asked in the same way. */
export const isSame = (a: Source, b: Source): boolean =>
  a.kind === b.kind && a.host === b.host && JSON.stringify([a.options, a.words]) === JSON.stringify([b.options, b.words]);

/** One part of the long run. Short forms of the same code run with the other tests. */
export interface Part {
  readonly name: string;
  readonly about: string;
  /** It starts other processes, which are ended with it by a signal. One that reckons without a pause would never hear of the signal. */
  readonly startsOthers?: true;
  readonly run: (options: LongOptions, log: (text: string) => void) => Promise<Verdict>;
}

export interface Verdict {
  readonly ok: boolean;
  /** What was found, a line each; the first is the summary. */
  readonly lines: readonly string[];
}

export interface LongOptions {
  /** Simulated exchanges. */
  readonly exchanges: number;
  /** Exchanges with a real chronyd. */
  readonly real: number;
  /** Cases for all parsers together, or for each where parsers are named. */
  readonly cases: number;
  /** Words of which a parser's name holds one; null = all parsers. */
  readonly parsers: readonly string[] | null;
  /** Bits of a spool, one flipped at a time. */
  readonly flips: number;
  /** Simulated worlds. */
  readonly worlds: number;
  /** Reads of a segment that give a bound, in each language. */
  readonly reads: number;
  /** Null = all. */
  readonly languages: readonly string[] | null;
  /** For each cell of a plan. */
  readonly minutes: number;
  /** Seconds between two looks at a daemon, and looks for each scene. */
  readonly every: number;
  readonly looks: number;
  readonly seed: number;
  /** Put the published table into docs/containment.md, or what observers find into docs/observers.md. */
  readonly write: boolean;
}

/** 1234567 as 1,234,567. */
export const count = (value: number): string => Math.round(value).toLocaleString("en-GB");

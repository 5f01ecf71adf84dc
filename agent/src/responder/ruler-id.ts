export interface RulerFacts {
  readonly bootId: string;
  /** RAW when the agent started: it counts disruptions anew with each start, and must not come back to an old name. */
  readonly started: bigint;
  /** Suspends, moves, changes of clocksource, jumps of RAW: since then RAW is another ruler. */
  readonly disruptions: number;
}

/** SHA-256 of a text in hexadecimal. */
export type HexHash = (text: string) => string;

/**
 * Which ruler RAW is, in 32 bits: readings under two names never meet. Two rulers of one host fall on the same name once in four
 * billion times; no bound rests on that alone, since edges are minutes old.
 */
export const rulerId = ({ bootId, started, disruptions }: RulerFacts, sha256: HexHash): number =>
  Number.parseInt(sha256(`truebound ruler\n${bootId}\n${started}\n${disruptions}`).slice(0, 8), 16);

import { raw } from "@truebound/time";
import type { IntervalReading, IntervalSource, StatedTrouble, Taken } from "./ports.ts";

/** UTC − RAW at `ms` of RAW was `middle` ± `half`, ns. */
export const aReading = (ms: number, middle: bigint, half = 1000n, document: string | null = null): IntervalReading => ({
  raw: raw(BigInt(ms) * 1_000_000n),
  lo: middle - half,
  hi: middle + half,
  cap: 0n,
  document,
});

/** Says what it is told to say, once each. */
export class ToldIntervals implements IntervalSource {
  readonly kind: IntervalSource["kind"];
  readonly assumes: readonly string[];
  readonly refusals = new Map<string, number>();
  readonly #told: (Taken | (() => Taken))[] = [];
  isClosed = false;

  constructor(kind: IntervalSource["kind"] = "external") {
    this.kind = kind;
    this.assumes = [`${kind}_declared`];
  }

  tell(...readings: readonly [IntervalReading, ...IntervalReading[]]): void {
    this.#told.push({ kind: "readings", readings });
  }

  refuse(reason: StatedTrouble): void {
    this.#told.push({ kind: "refused", reason });
  }

  /** What happens while it is asked. */
  meanwhile(act: () => Taken): void {
    this.#told.push(act);
  }

  take(): Promise<Taken> {
    const next = this.#told.shift() ?? { kind: "refused", reason: "external_silent" };
    return Promise.resolve(typeof next === "function" ? next() : next);
  }

  says(): Readonly<Record<string, string>> {
    return { model: "told" };
  }

  close(): void {
    this.isClosed = true;
  }
}

import { type LeapList, ppb } from "@truebound/time";
import type { IntervalSource, SourceSays, Taken } from "../interval-source/ports.ts";
import { phcEvidence } from "./phc-evidence.ts";
import type { PhcOptions } from "./phc-options.ts";
import type { PhcMethod } from "./phc-reading.ts";
import type { Phc } from "./ports.ts";

/** The steepest that a ruler is looked for: within a bracket that is nothing, or some ns. */
const ANY_RATE = ppb(5_000_000n);

/** A card's clock that is a source itself, by what was declared of it. It is read and never set. */
export class PhcSource implements IntervalSource {
  readonly kind = "phc";
  readonly assumes: readonly string[];
  readonly refusals: ReadonlyMap<string, number> = new Map();
  readonly #options: PhcOptions;
  readonly #phc: Phc;
  readonly #leapList: () => LeapList | null;
  #latest: { readonly method: PhcMethod; readonly bound: bigint | null; readonly width: bigint } | null = null;

  constructor(options: PhcOptions, phc: Phc, leapList: () => LeapList | null) {
    this.#options = options;
    this.#phc = phc;
    this.#leapList = leapList;
    this.assumes = ["phc_declared", options.bound === "ena" ? "driver_error_bound" : "error_declared", `scale_${options.scale}`];
  }

  async take(): Promise<Taken> {
    const reading = this.#phc.read();
    if (typeof reading === "string") return { kind: "refused", reason: reading };
    const bound = this.#options.bound === "ena" ? this.#phc.errorBound() : this.#options.bound;
    this.#latest = { method: reading.method, bound, width: reading.rawAfter - reading.rawBefore };
    const found = phcEvidence(reading, bound, this.#options, this.#leapList(), ANY_RATE);
    if (found.kind === "refused") return { kind: "refused", reason: `phc_${found.reason}` };
    const { raw, lo, hi, cap } = found;
    return { kind: "readings", readings: [{ raw, lo, hi, cap, document: this.#options.document }] };
  }

  says(): SourceSays {
    if (this.#latest === null) return {};
    const { method, bound, width } = this.#latest;
    return {
      clock: this.#options.device,
      read_by: method,
      bracket_ns: width.toString(),
      error_bound_ns: bound?.toString() ?? null,
      scale: this.#options.scale,
    };
  }

  close(): void {
    this.#phc.close();
  }
}

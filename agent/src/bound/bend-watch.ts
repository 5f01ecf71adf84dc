import { FRESH_POLLS, type RawInstant } from "@truebound/time";
import type { SourceProbe } from "../probe/source-probe.ts";

export interface Bends {
  /** Sources that stopped fitting one line since the last look. */
  readonly news: readonly string[];
  /** How many did so lately, where that many began to only now; null = no news. */
  readonly together: number | null;
}

/**
 * Sources whose exchanges stopped fitting one line. One alone: its clock or its path changed. Several independent ones at
 * the same time: it is our own frequency that moved by more than sigma.
 */
export class BendWatch {
  readonly #known = new Map<string, RawInstant | null>();
  #moved = false;

  look(probes: readonly SourceProbe[], need: number, now: RawInstant): Bends {
    const news = probes.filter((probe) => this.#isNews(probe)).map(({ source }) => source.id);
    const lately = probes.filter((probe) => hasBentLately(probe, now)).length;
    const moved = lately >= Math.max(2, need);
    const began = moved && !this.#moved;
    this.#moved = moved;
    return { news, together: began ? lately : null };
  }

  #isNews({ source, bentAt }: SourceProbe): boolean {
    const known = this.#known.get(source.id) ?? null;
    this.#known.set(source.id, bentAt);
    return bentAt !== null && bentAt !== known;
  }
}

const hasBentLately = ({ bentAt, pollSeconds }: SourceProbe, now: RawInstant): boolean =>
  bentAt !== null && now - bentAt < FRESH_POLLS * BigInt(Math.round(1e9 * pollSeconds));

import { hasBentLately, type RawInstant, type SourceFacts, votesWith } from "@truebound/time";

export interface Bends {
  /** Sources that stopped fitting one line since the last look. */
  readonly news: readonly string[];
  /** More votes than can lie did so lately. */
  readonly moved: boolean;
  /** How many, where that began only now; null = no news. */
  readonly began: number | null;
}

/**
 * Sources whose exchanges stopped fitting one line. One alone: its clock or its path changed. More independent ones than can
 * lie, at the same time: it is our own ruler that moved by more than sigma.
 */
export class BendWatch {
  readonly #known = new Map<string, RawInstant | null>();
  #moved = false;

  look(sources: readonly SourceFacts[], faults: number, now: RawInstant): Bends {
    const news = sources.filter((source) => this.#isNews(source)).map(({ identity }) => identity.id);
    const lately = votesWith(
      sources.filter((source) => hasBentLately(source, now)),
      sources,
    ).length;
    const moved = lately >= Math.max(2, faults + 1);
    const began = moved && !this.#moved ? lately : null;
    this.#moved = moved;
    return { news, moved, began };
  }

  #isNews({ identity: { id }, bentAt }: SourceFacts): boolean {
    const known = this.#known.get(id) ?? null;
    this.#known.set(id, bentAt);
    return bentAt !== null && bentAt !== known;
  }
}

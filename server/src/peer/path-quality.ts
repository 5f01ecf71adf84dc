import { type AsymmetryHint, about, asymmetryHints, type Gait, nextGaits, type PaceWindow, UTC_NODE } from "@truebound/time";
import type { Member } from "./members.ts";
import type { Solution } from "./solution.ts";

/** What is said of a host's paths, by host. */
export type PathRemarks = ReadonlyMap<string, string>;

const WINDOW_MS = 60_000;
/** Beyond so many nodes triangles are not gone through: it would take longer than the solving itself. */
const MOST_NODES = 5_000;

/**
 * How good the paths are: which of them are uneven, by their triangles, and which hosts got slow beside their likes, by the least round
 * trip to their neighbours in a minute. Hints for people; neither enters a bound.
 */
export class PathQuality {
  readonly #delays = new Map<string, number>();
  #gaits: ReadonlyMap<string, Gait> = new Map();
  #windowFrom: number | null = null;

  /** `now` in ms of a monotonic clock. */
  look(members: ReadonlyMap<string, Member>, solution: Solution | null, now: number): PathRemarks {
    this.#measure(members, now);
    const remarks = new Map<string, string>();
    const say = (id: string, words: string) => remarks.set(id, remarks.has(id) ? `${remarks.get(id)}; ${words}` : words);
    for (const [id, { verdict, by }] of this.#gaits) if (verdict === "limping" && by.length > 0) say(id, limpInWords(members, id));
    for (const hint of hintsOf(solution)) for (const [id, words] of unevenInWords(hint, members)) say(id, words);
    return remarks;
  }

  #measure(members: ReadonlyMap<string, Member>, now: number): void {
    for (const [id, { mesh, reading }] of members) {
      if (reading === null) continue;
      const delays = mesh.peers.flatMap(({ kind, delay_ns }) => (kind === "agent" && delay_ns !== null ? [Number(delay_ns)] : []));
      if (delays.length > 0) this.#delays.set(id, Math.min(this.#delays.get(id) ?? Number.POSITIVE_INFINITY, ...delays));
    }
    this.#windowFrom ??= now;
    if (now - this.#windowFrom < WINDOW_MS) return;
    this.#windowFrom = now;
    this.#gaits = new Map(cohorts(members).flatMap((ids) => [...nextGaits(this.#gaits, this.#paces(ids))]));
    this.#delays.clear();
  }

  #paces(ids: readonly string[]): Map<string, PaceWindow> {
    return new Map(ids.map((id) => [id, { delay: this.#delays.get(id) ?? null, hold: null }]));
  }
}

/** Of one domain, and of one rack where the rule says what a rack is. */
function cohorts(members: ReadonlyMap<string, Member>): string[][] {
  const found = new Map<string, string[]>();
  for (const [id, { domain, record, spreadBy }] of members) {
    const key = JSON.stringify([domain, spreadBy === null ? null : (record.labels[spreadBy] ?? null)]);
    found.set(key, [...(found.get(key) ?? []), id]);
  }
  return [...found.values()];
}

/** By what is narrowest: the tight tier, while nothing contradicts in it. */
function hintsOf(solution: Solution | null): readonly AsymmetryHint[] {
  if (solution === null || solution.tight.without !== null || solution.tight.graph.ids.length > MOST_NODES) return [];
  return asymmetryHints(solution.tight.graph).hints;
}

const limpInWords = (members: ReadonlyMap<string, Member>, id: string): string =>
  `limping: for three minutes its neighbours were further away than those of its likes in ${members.get(id)?.domain ?? "its domain"}; look at its network and its load`;

function unevenInWords({ from, to, least, triangles }: AsymmetryHint, members: ReadonlyMap<string, Member>): [string, string][] {
  const by = `by some ${about(least)} or more (${triangles} triangles show it; a hint, in no bound)`;
  const nameOf = (id: string) => members.get(id)?.record.name ?? id;
  if (from === UTC_NODE) return [[to, `the way to it from its sources takes longer than the way back, ${by}`]];
  if (to === UTC_NODE) return [[from, `the way from it to its sources takes longer than the way back, ${by}`]];
  return [
    [from, `its way to ${nameOf(to)} takes longer than the way back, ${by}`],
    [to, `the way to it from ${nameOf(from)} takes longer than the way back, ${by}`],
  ];
}

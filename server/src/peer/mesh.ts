/** A host as the mesh sees it. */
export interface MeshHost {
  readonly id: string;
  /** Hosts reach each other within one; null = it has no peers. */
  readonly domain: string | null;
  /** What fails together: a rack, a zone; null = unknown. */
  readonly zone: string | null;
}

/** So many neighbours are measured by each host: six tolerate two liars among those of any host, and eight are needed where there are many. */
export const neighbourCount = (hosts: number): number => (hosts > 5_000 ? 8 : 6);

/**
 * The neighbours that each host measures: drawn by lot inside its domain, one zone after the other. The lots are hashes of
 * both hosts (rendezvous hashing, Thaler and Ravishankar 1998), so that who comes or goes changes the neighbours of few, and
 * every server draws the same without asking. Another `draw` draws anew.
 */
export class Mesh {
  readonly #draw: string;
  readonly #domains = new Map<string, Member[]>();
  readonly #members = new Map<string, Member>();

  constructor(hosts: readonly MeshHost[], draw = "") {
    this.#draw = draw;
    for (const { id, domain, zone } of hosts) {
      if (domain === null) continue;
      const member = { id, domain, zone: zone ?? "", hash: hashOf(`${id} ${draw}`) };
      this.#members.set(id, member);
      const others = this.#domains.get(domain);
      if (others === undefined) this.#domains.set(domain, [member]);
      else others.push(member);
    }
  }

  /** Ids of the hosts that `id` measures, best lot first. */
  neighboursOf(id: string): string[] {
    const host = this.#members.get(id);
    if (host === undefined) return [];
    const domain = this.#domains.get(host.domain) as readonly Member[];
    const count = neighbourCount(domain.length);
    return takeTurns(bestOfZones(host, domain, count), count, zoneOrder(host, this.#draw)).map(({ id }) => id);
  }
}

interface Member {
  readonly id: string;
  readonly domain: string;
  readonly zone: string;
  /** 32 bits. */
  readonly hash: number;
}

/** Lots of the zones, of their own, so that no zone is always first. */
const zoneOrder =
  (host: Member, draw: string) =>
  (a: string, b: string): number =>
    hashOf(`${host.id} ${b} ${draw}`) - hashOf(`${host.id} ${a} ${draw}`) || (a < b ? -1 : 1);

/** The `count` best lots of each zone, best first, without sorting all. */
function bestOfZones(host: Member, domain: readonly Member[], count: number): Map<string, Drawn[]> {
  const zones = new Map<string, Drawn[]>();
  for (const member of domain) {
    if (member === host) continue;
    const drawn = { id: member.id, lot: mix(host.hash ^ rotate(member.hash)) };
    const best = zones.get(member.zone);
    if (best === undefined) zones.set(member.zone, [drawn]);
    else if (best.length < count || isBetter(drawn, best[best.length - 1] as Drawn)) insert(best, drawn, count);
  }
  return zones;
}

interface Drawn {
  readonly id: string;
  readonly lot: number;
}

const isBetter = (a: Drawn, b: Drawn): boolean => a.lot > b.lot || (a.lot === b.lot && a.id < b.id);

function insert(best: Drawn[], drawn: Drawn, count: number): void {
  const place = best.findIndex((other) => isBetter(drawn, other));
  best.splice(place < 0 ? best.length : place, 0, drawn);
  if (best.length > count) best.pop();
}

/** The best of each zone, then the second best of each, until there are enough. */
function takeTurns(zones: ReadonlyMap<string, readonly Drawn[]>, count: number, order: (a: string, b: string) => number): Drawn[] {
  const inOrder = [...zones.keys()].sort(order).map((zone) => zones.get(zone) as readonly Drawn[]);
  const chosen = Array.from({ length: count }, (_, turn) => inOrder.flatMap((zone) => zone[turn] ?? []));
  return chosen.flat().slice(0, count);
}

/** FNV-1a of the UTF-16 units, then mixed. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return mix(hash);
}

/** The end of MurmurHash3: each bit of the input changes half of those of the answer. */
function mix(value: number): number {
  let hash = value ^ (value >>> 16);
  hash = Math.imul(hash, 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** So that a host and its neighbour do not draw the same lot of each other. */
const rotate = (value: number): number => (value << 13) | (value >>> 19);

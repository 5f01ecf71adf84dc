import { type Drawn, hashOf, isBetter, lotOf, type Ticket, Urn } from "./lots.ts";

/** As many as any host has. */
export const MOST_NEIGHBOURS = 8;

/** So many neighbours are measured by each host: six tolerate two liars among those of any host, and eight are needed where there are many. */
export const neighbourCount = (hosts: number): number => (hosts > 5_000 ? MOST_NEIGHBOURS : 6);

/** Of many newcomers it costs less to draw all anew than to ask whom each of them moves. */
const MANY = 50;

export interface Member extends Ticket {
  readonly domain: string;
  readonly zone: string;
  readonly answers: boolean;
  neighbours: readonly Drawn<Member>[];
  readonly measuredBy: Set<Member>;
}

export const memberOf = (host: Omit<Member, "neighbours" | "measuredBy">): Member => ({ ...host, neighbours: [], measuredBy: new Set() });

/** Of those that answer. */
interface Zone extends Ticket {
  readonly members: Urn<Member>;
}

/** Hosts that can reach each other, and whom each of them measures. */
export class Domain {
  readonly #members = new Set<Member>();
  readonly #zones = new Urn<Zone>();
  readonly #zoneOf = new Map<string, Zone>();

  /** Adds to `touched` who measures others now, or is measured by others. */
  change(leave: readonly Member[], come: readonly Member[], touched: Set<string>): void {
    const before = neighbourCount(this.#members.size);
    const moved = new Set<Member>(leave.flatMap(({ measuredBy }) => [...measuredBy]));
    for (const member of leave) this.#remove(member, touched);
    const isAll = come.length > MANY || neighbourCount(this.#members.size + come.length) !== before;
    if (!isAll) for (const host of this.#members) if (come.some((newcomer) => this.#moves(host, newcomer))) moved.add(host);
    for (const member of come) this.#add(member, touched);
    for (const host of isAll ? this.#members : [...moved, ...come]) if (this.#members.has(host)) this.#draw(host, touched);
  }

  #add(member: Member, touched: Set<string>): void {
    touched.add(member.id);
    this.#members.add(member);
    if (!member.answers) return;
    const known = this.#zoneOf.get(member.zone);
    const zone = known ?? zoneNamed(member.zone);
    zone.members.add(member);
    if (known !== undefined) return;
    this.#zoneOf.set(member.zone, zone);
    this.#zones.add(zone);
  }

  #remove(member: Member, touched: Set<string>): void {
    touched.add(member.id);
    this.#members.delete(member);
    for (const { ticket } of member.neighbours) {
      ticket.measuredBy.delete(member);
      touched.add(ticket.id);
    }
    const zone = this.#zoneOf.get(member.zone);
    zone?.members.remove(member);
    if (zone?.members.size !== 0) return;
    this.#zoneOf.delete(member.zone);
    this.#zones.remove(zone);
  }

  /** Whether a newcomer may change whom `host` measures. True where it is not plain that it does not. */
  #moves(host: Member, newcomer: Member): boolean {
    if (!newcomer.answers) return false;
    const zone = this.#zoneOf.get(newcomer.zone);
    const others = zone === undefined ? 0 : zone.members.size - (zone.members.has(host) ? 1 : 0);
    if (zone === undefined || others === 0) return this.#zoneMoves(host, zone ?? zoneNamed(newcomer.zone));
    let ofZone = 0;
    const drawn = { ticket: newcomer, lot: lotOf(host.hash, newcomer.hash) };
    for (const neighbour of host.neighbours) {
      if (neighbour.ticket.zone !== newcomer.zone) continue;
      if (isBetter(drawn, neighbour)) return true;
      ofZone += 1;
    }
    // A zone that gave nobody although it could was not wanted; one that gave all that it had may be asked for more.
    return ofZone > 0 && ofZone === others;
  }

  /** Whether a zone that had nobody for `host` may now be asked before one of those that were. */
  #zoneMoves(host: Member, zone: Zone): boolean {
    const last = host.neighbours.at(-1)?.ticket.zone;
    const known = last === undefined ? undefined : this.#zoneOf.get(last);
    if (known === undefined || this.#zones.size <= neighbourCount(this.#members.size) + 1) return true;
    return isBetter({ ticket: zone, lot: lotOf(host.hash, zone.hash) }, { ticket: known, lot: lotOf(host.hash, known.hash) });
  }

  #draw(host: Member, touched: Set<string>): void {
    const before = host.neighbours;
    host.neighbours = this.#drawnFor(host);
    if (before.length === host.neighbours.length && before.every(({ ticket }, at) => ticket === host.neighbours[at]?.ticket)) return;
    touched.add(host.id);
    for (const { ticket } of before) if (ticket.measuredBy.delete(host)) touched.add(ticket.id);
    for (const { ticket } of host.neighbours) {
      ticket.measuredBy.add(host);
      touched.add(ticket.id);
    }
  }

  /** The best of each zone, then the second best of each, until there are enough. */
  #drawnFor(host: Member): Drawn<Member>[] {
    const count = neighbourCount(this.#members.size);
    // One of them may hold nobody but the host itself.
    const zones = this.#zones.best({ id: "", hash: host.hash }, count + 1).map(({ ticket }) => ticket.members);
    const turns = turnsFor(
      zones.map((members) => members.size - (members.has(host) ? 1 : 0)),
      count,
    );
    return takeTurns(
      zones.map((members) => members.best(host, turns)),
      count,
    );
  }
}

function takeTurns(zones: readonly (readonly Drawn<Member>[])[], count: number): Drawn<Member>[] {
  const taken: Drawn<Member>[] = [];
  for (let turn = 0; turn < count && taken.length < count; turn++)
    for (const zone of zones) if (turn < zone.length && taken.length < count) taken.push(zone[turn] as Drawn<Member>);
  return taken;
}

const zoneNamed = (name: string): Zone => ({ id: `zone ${name}`, hash: hashOf(`zone ${name}`), members: new Urn() });

/** How often zones of these sizes are asked for one more, until there are enough. */
function turnsFor(sizes: readonly number[], count: number): number {
  for (let turns = 1; turns < count; turns++) if (sizes.reduce((sum, size) => sum + Math.min(size, turns), 0) >= count) return turns;
  return count;
}

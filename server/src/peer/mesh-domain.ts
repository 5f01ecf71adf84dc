import { type Drawn, hashOf, isBetter, lotOf, type Ticket, Urn } from "./lots.ts";

/** As many as any host has. */
export const MOST_NEIGHBOURS = 8;

/** So many neighbours are measured by each host: six tolerate two liars among those of any host, and eight are needed where there are many. */
export const neighbourCount = (hosts: number): number => (hosts > 5_000 ? MOST_NEIGHBOURS : 6);

/** Of more newcomers than this, and than one in fifty, it costs less to draw all anew than to ask whom each of them moves. */
const MANY = 50;

export interface Member extends Ticket {
  readonly domain: string;
  readonly zone: string;
  readonly answers: boolean;
  neighbours: readonly Drawn<Member>[];
  /** The least of their lots: most newcomers are told from it alone, without a look at far-off memory. */
  least: number;
  readonly measuredBy: Set<Member>;
}

export const memberOf = (host: Omit<Member, "neighbours" | "least" | "measuredBy">): Member => ({
  ...host,
  neighbours: [],
  least: 0,
  measuredBy: new Set(),
});

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
    const [before, after] = [this.#members.size, this.#members.size - leave.length + come.length];
    const isAll = come.length > Math.max(MANY, before / 50) || neighbourCount(before) !== neighbourCount(after);
    const moved = new Set<Member>(leave.flatMap(({ measuredBy }) => [...measuredBy]));
    for (const member of leave) this.#remove(member, touched);
    if (!isAll) for (const newcomer of come) this.#movedBy(newcomer, moved);
    for (const member of come) this.#add(member, touched);
    if (isAll) this.#drawAll(touched);
    else for (const host of [...moved, ...come]) if (this.#members.has(host)) this.#draw(host, touched);
  }

  /** Touches all, and looks at nothing that was. */
  #drawAll(touched: Set<string>): void {
    for (const member of this.#members) member.measuredBy.clear();
    for (const host of this.#members) {
      this.#seat(host, this.#drawnFor(host));
      for (const { ticket } of host.neighbours) ticket.measuredBy.add(host);
      touched.add(host.id);
    }
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

  /** Those whom a newcomer may give another neighbour: all of whom it is not plain that it does not. */
  #movedBy(newcomer: Member, moved: Set<Member>): void {
    if (!newcomer.answers) return;
    const zone = this.#zoneOf.get(newcomer.zone) ?? zoneNamed(newcomer.zone);
    for (const host of this.#members) {
      const others = zone.members.size - (host.answers && host.zone === newcomer.zone ? 1 : 0);
      if (others === 0 ? this.#zoneMoves(host, zone) : isMovedBy(host, newcomer, others)) moved.add(host);
    }
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
    this.#seat(host, this.#drawnFor(host));
    if (before.length === host.neighbours.length && before.every(({ ticket }, at) => ticket === host.neighbours[at]?.ticket)) return;
    touched.add(host.id);
    for (const { ticket } of before) if (ticket.measuredBy.delete(host)) touched.add(ticket.id);
    for (const { ticket } of host.neighbours) {
      ticket.measuredBy.add(host);
      touched.add(ticket.id);
    }
  }

  #seat(host: Member, neighbours: readonly Drawn<Member>[]): void {
    host.neighbours = neighbours;
    host.least = Math.min(...neighbours.map(({ lot }) => lot));
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

/** Of a zone that has had so many others for the host. */
function isMovedBy(host: Member, newcomer: Member, others: number): boolean {
  const lot = lotOf(host.hash, newcomer.hash);
  if (lot < host.least && others > MOST_NEIGHBOURS) return false;
  let ofZone = 0;
  for (const neighbour of host.neighbours) {
    if (neighbour.ticket.zone !== newcomer.zone) continue;
    if (lot >= neighbour.lot) return true;
    ofZone += 1;
  }
  // A zone that gave nobody although it could was not wanted; one that gave all that it had may be asked for more.
  return ofZone === others;
}

const zoneNamed = (name: string): Zone => ({ id: `zone ${name}`, hash: hashOf(`zone ${name}`), members: new Urn() });

/** How often zones of these sizes are asked for one more, until there are enough. */
function turnsFor(sizes: readonly number[], count: number): number {
  for (let turns = 1; turns < count; turns++) if (sizes.reduce((sum, size) => sum + Math.min(size, turns), 0) >= count) return turns;
  return count;
}

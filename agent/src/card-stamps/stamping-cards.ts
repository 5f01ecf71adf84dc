import { MOST_SLEW, minOf, type PartsPerBillion } from "@truebound/time";
import type { Phc } from "../phc/ports.ts";
import type { CardOutcome } from "./card-exchange.ts";
import { type NicSays, type NicStamps, type NoCardStamps, nicStamps } from "./nic.ts";

/** A card whose stamps are on. */
export interface Card extends NicStamps {
  readonly interface: string;
  readonly clock: Phc;
  /** The most by which its clock moves against RAW. */
  readonly slew: PartsPerBillion;
}

export interface CardPorts {
  /** Through which a packet from this address of ours leaves; null = not one, or more than one. */
  readonly interfaceOf: (address: string) => string | null;
  readonly interfaces: () => readonly string[];
  /** What an interface says of itself. It is never told anything. */
  readonly ask: (name: string) => NicSays;
  /** Whether ptp4l runs here, or may: it holds a port for faulty where a stamp of what it sent does not come. */
  readonly mayPtp4lRun: () => boolean;
  readonly openClock: (phcIndex: number) => Phc;
  /** ns of a clock that is never set. */
  readonly now: () => bigint;
}

/** What is known of an interface, and what came of its stamps since the start. */
export interface CardState {
  readonly interface: string;
  readonly found: Card | NoCardStamps;
  readonly outcomes: Readonly<Partial<Record<CardResult, number>>>;
}

/** `missing`: a stamp that is on did not come. `disagrees`: what a server said proves something else by the card's than by the kernel's. */
export type CardResult = CardOutcome | "missing" | "disagrees";

interface Kept {
  askedAt: bigint;
  found: Card | NoCardStamps;
  missed: number;
  /** ns for which stamps that do not come are not asked for. */
  rest: bigint;
  contradicted: number;
  /** Servers by whose replies its stamps and the kernel's excluded each other. */
  readonly against: Set<string>;
  readonly outcomes: Partial<Record<CardResult, number>>;
}

const MINUTE = 60_000_000_000n;
const HOUR = 60n * MINUTE;
const NOTHING_MISSED = { missed: 0, rest: 0n };
const IN_A_ROW = 3;
/** One server alone may lie. */
const WITNESSES = 2;

/** Which interfaces stamp in hardware just now. Asked anew each minute, and whenever a stamp does not come. */
export class StampingCards {
  readonly #ports: CardPorts;
  readonly #kept = new Map<string, Kept>();
  readonly #leaving = new Map<string, { readonly through: string | null; readonly at: bigint }>();
  readonly #clocks = new Map<number, Phc>();
  /** Told once for each interface that is given up. */
  gaveUp: (name: string, why: NoCardStamps) => void = () => undefined;

  constructor(ports: CardPorts) {
    this.#ports = ports;
  }

  /** The card by which packets from this address of ours are stamped; null = there is none. */
  cardFor(address: string): Card | null {
    const through = this.#through(address);
    if (through === null) return null;
    const { found } = this.#look(through);
    return typeof found === "string" ? null : found;
  }

  /** What came of one exchange. @param missing a stamp that is on did not come */
  took(card: Card, outcome: CardOutcome, missing: boolean): void {
    const kept = this.#kept.get(card.interface);
    if (kept === undefined) return;
    count(kept, outcome);
    if (outcome === "both" || outcome === "one") kept.contradicted = 0;
    if (outcome === "contradicts_kernel" && ++kept.contradicted >= IN_A_ROW) this.#giveUp(card.interface, kept);
    if (missing) this.#missed(card.interface, kept);
    else Object.assign(kept, NOTHING_MISSED);
  }

  /** By what a server said, an exchange proves by the card's stamps what it excludes by the kernel's. */
  disagreed(card: Card, server: string): void {
    const kept = this.#kept.get(card.interface);
    if (kept === undefined) return;
    count(kept, "disagrees");
    if (kept.against.add(server).size >= WITNESSES) this.#giveUp(card.interface, kept);
  }

  /** All interfaces, asked now. */
  survey(): CardState[] {
    const names = this.#ports.interfaces();
    for (const name of names) this.#look(name);
    return this.states().filter((state) => names.includes(state.interface));
  }

  /** Those that were asked about. */
  states(): CardState[] {
    return [...this.#kept].map(([name, { found, outcomes }]) => ({ interface: name, found, outcomes }));
  }

  close(): void {
    for (const clock of this.#clocks.values()) clock.close();
    this.#clocks.clear();
  }

  #through(address: string): string | null {
    const now = this.#ports.now();
    const known = this.#leaving.get(address);
    if (known !== undefined && now - known.at < MINUTE) return known.through;
    // Addresses come and go on a machine with many containers.
    if (this.#leaving.size >= MOST_ADDRESSES) this.#leaving.clear();
    const through = this.#ports.interfaceOf(address);
    this.#leaving.set(address, { through, at: now });
    return through;
  }

  #look(name: string): Kept {
    const now = this.#ports.now();
    const known = this.#kept.get(name);
    if (known !== undefined && (known.found === "contradicts_kernel" || now - known.askedAt < this.#goodFor(known))) return known;
    const fresh: Kept = {
      ...NOTHING_MISSED,
      contradicted: 0,
      against: new Set(),
      outcomes: {},
      ...known,
      askedAt: now,
      found: this.#ask(name),
    };
    this.#kept.set(name, fresh);
    return fresh;
  }

  #ask(name: string): Card | NoCardStamps {
    const stamps = nicStamps(this.#ports.ask(name), this.#ports.mayPtp4lRun());
    if (typeof stamps === "string") return stamps;
    const clock = this.#clocks.get(stamps.phcIndex) ?? this.#ports.openClock(stamps.phcIndex);
    this.#clocks.set(stamps.phcIndex, clock);
    const reading = clock.read();
    if (typeof reading === "string") return reading === "phc_denied" ? "clock_denied" : "clock_unreadable";
    const slew = clock.maxSlew();
    return slew === null || slew >= MOST_SLEW ? "rate_unbounded" : { ...stamps, interface: name, clock, slew };
  }

  /** How long what it said is good, ns. */
  #goodFor = ({ found, rest }: Kept): bigint => (found === "stamps_missing" ? rest : MINUTE);

  /**
   * It is asked anew. If it still says that they are on, and three are missing, it has rest: for a minute, and where the next one is
   * missing too, ever longer. Each attempt may cost an exchange its stamps. One that was under way when that, or worse, was found says
   * nothing new.
   */
  #missed(name: string, kept: Kept): void {
    count(kept, "missing");
    if (typeof kept.found === "string") return;
    kept.missed += 1;
    const found = this.#ask(name);
    kept.askedAt = this.#ports.now();
    const isResting = typeof found !== "string" && kept.missed >= IN_A_ROW;
    kept.found = isResting ? "stamps_missing" : found;
    if (isResting) kept.rest = kept.rest === 0n ? MINUTE : minOf(2n * kept.rest, HOUR);
  }

  #giveUp(name: string, kept: Kept): void {
    if (kept.found === "contradicts_kernel") return;
    kept.found = "contradicts_kernel";
    this.gaveUp(name, kept.found);
  }
}

const MOST_ADDRESSES = 256;

function count({ outcomes }: Kept, result: CardResult): void {
  outcomes[result] = (outcomes[result] ?? 0) + 1;
}

import type { HostReading, LeapList, Steering } from "@truebound/time";
import { type EvidenceHead, type LineTrouble, readHead, readLine } from "./evidence-line.ts";
import { type PlaceTrouble, placeLine } from "./place-line.ts";
import type { IntervalReading, SourceSays, Taken } from "./ports.ts";

export type IntakeTrouble = LineTrouble | PlaceTrouble | "external_too_fast" | "external_line_too_long" | "external_other_document";

export interface IntakePorts {
  readonly look: () => HostReading;
  readonly steering: () => Steering;
  readonly hasRaw: boolean;
  /** The only document that is accepted; null = whatever is named. */
  readonly document: string | null;
  readonly leapList: () => LeapList | null;
}

/** Longer than any line that means something. */
export const MOST_LINE = 1024;
/** Lines at once, and afterwards in a second. */
export const MOST_LINES = 20;
/** So far apart, ns, that so many of them reach back beyond the oldest line that is taken, however often something comes. */
const APART = 1_000_000_000n;
const MOST_LOOKS = 16;
const SECOND = 1_000_000_000n;

/**
 * The lines of one program: split, bounded, placed, and the best of them kept until they are taken. However much comes, no more is kept
 * than one line and two readings, and no more lines are read than `MOST_LINES` a second. Whatever is wrong is counted by name.
 */
export class EvidenceIntake {
  readonly refusals = new Map<string, number>();
  readonly #ports: IntakePorts;
  #looks: HostReading[] = [];
  #head: EvidenceHead | null = null;
  #rest = "";
  #newest: IntervalReading | null = null;
  #narrowest: IntervalReading | null = null;
  #trouble: IntakeTrouble | null = null;
  /** Lines that may still be read now, in billionths. */
  #budget = BigInt(MOST_LINES) * SECOND;
  #budgetAt: bigint | null = null;

  constructor(ports: IntakePorts) {
    this.#ports = ports;
  }

  /** A conversation begins: its first line says what the others are. */
  begin(): void {
    this.#head = null;
    this.#rest = "";
    this.#remember(this.#ports.look());
  }

  /** False = nothing good can come of this conversation any more: it is to be ended. */
  take(bytes: Uint8Array): boolean {
    const pieces = (this.#rest + Buffer.from(bytes).toString("latin1")).split("\n");
    this.#rest = pieces.pop() ?? "";
    if (pieces.length === 0) return this.#isShort(this.#rest);
    const look = this.#ports.look();
    const goesOn = pieces.every((line) => this.#isShort(line) && this.#line(line, look));
    this.#remember(look);
    return goesOn && this.#isShort(this.#rest);
  }

  /** In place of the newest where that is near the one before it. */
  #remember(look: HostReading): void {
    const [before, newest] = this.#looks.slice(-2);
    const isNear = before !== undefined && newest !== undefined && newest.rawAfter - before.rawAfter < APART;
    this.#looks = [...(isNear ? this.#looks.slice(0, -1) : this.#looks), look].slice(-MOST_LOOKS);
  }

  /** What came since it was last asked: the narrowest, and the newest. */
  taken(): Taken | null {
    const [first, last] = [this.#narrowest, this.#newest];
    if (first === null || last === null) return this.#refused();
    [this.#narrowest, this.#newest, this.#trouble] = [null, null, null];
    return { kind: "readings", readings: first === last ? [first] : [first, last] };
  }

  says(): SourceSays {
    return this.#head === null ? {} : { clock: this.#head.clock, ...(this.#head.model === null ? {} : { model: this.#head.model }) };
  }

  /** What was wrong since it was last asked; null = nothing came. */
  #refused(): Taken | null {
    const trouble = this.#trouble;
    this.#trouble = null;
    return trouble && { kind: "refused", reason: trouble };
  }

  #isShort(text: string): boolean {
    return text.length <= MOST_LINE || this.#refuse("external_line_too_long");
  }

  /** False = the conversation is over: without a head no line means anything. */
  #line(text: string, look: HostReading): boolean {
    if (!this.#mayRead(look.rawAfter)) return this.#refuse("external_too_fast") || true;
    if (this.#head === null) return this.#begun(readHead(text));
    const line = readLine(text, this.#head);
    if (typeof line === "string") return this.#refuse(line) || true;
    if (this.#isOther(line.document)) return this.#refuse("external_other_document") || true;
    const { steering, hasRaw, leapList } = this.#ports;
    const placing = { before: this.#looks, after: look, steering: steering(), hasRaw, leapList: leapList() };
    const reading = placeLine(line, this.#head, placing);
    if (typeof reading === "string") return this.#refuse(reading) || true;
    this.#keep(reading);
    return true;
  }

  #begun(head: EvidenceHead | LineTrouble): boolean {
    if (typeof head === "string") return this.#refuse(head);
    if (this.#isOther(head.document)) return this.#refuse("external_other_document");
    this.#head = head;
    return true;
  }

  #isOther(document: string): boolean {
    return this.#ports.document !== null && document !== this.#ports.document;
  }

  #keep(reading: IntervalReading): void {
    if (this.#newest !== null && reading.raw <= this.#newest.raw) return;
    this.#newest = reading;
    if (this.#narrowest === null || widthOf(reading) <= widthOf(this.#narrowest)) this.#narrowest = reading;
  }

  /** On RAW: what sets the pace is no clock that anybody can set. */
  #mayRead(now: bigint): boolean {
    const most = BigInt(MOST_LINES) * SECOND;
    const gained = this.#budgetAt === null || now < this.#budgetAt ? most : (now - this.#budgetAt) * BigInt(MOST_LINES);
    this.#budget = this.#budget + gained > most ? most : this.#budget + gained;
    this.#budgetAt = now;
    if (this.#budget < SECOND) return false;
    this.#budget -= SECOND;
    return true;
  }

  /** Always false. */
  #refuse(trouble: IntakeTrouble): false {
    this.#trouble = trouble;
    this.refusals.set(trouble, (this.refusals.get(trouble) ?? 0) + 1);
    return false;
  }
}

const widthOf = ({ lo, hi }: IntervalReading): bigint => hi - lo;

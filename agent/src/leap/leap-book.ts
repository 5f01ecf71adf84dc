import {
  type AsciiHash,
  calendarOf,
  type LeapCalendar,
  type LeapList,
  leapListRefusalInWords,
  NO_CALENDAR,
  parseLeapList,
} from "@truebound/time";

export type LeapOffer =
  | { readonly kind: "kept"; readonly leaps: number; readonly expires: bigint }
  | { readonly kind: "same" }
  | { readonly kind: "refused"; readonly why: string };

/** The leap list in force: the last one whose hash was right. What it replaces is forgotten; what it cannot read changes nothing. */
export class LeapBook {
  readonly #sha1: AsciiHash;
  #text: string | null = null;
  #list: LeapList | null = null;
  #calendar: LeapCalendar = NO_CALENDAR;
  #refused: string | null = null;

  constructor(sha1: AsciiHash) {
    this.#sha1 = sha1;
  }

  get list(): LeapList | null {
    return this.#list;
  }

  get calendar(): LeapCalendar {
    return this.#calendar;
  }

  /** As it was offered; null = there is none. */
  get text(): string | null {
    return this.#text;
  }

  /** A list that was refused is told once, however often it is offered again. */
  offer(text: string): LeapOffer {
    if (text === this.#text || text === this.#refused) return { kind: "same" };
    const list = parseLeapList(text, this.#sha1);
    if ("refused" in list) {
      this.#refused = text;
      return { kind: "refused", why: leapListRefusalInWords(list) };
    }
    this.#refused = null;
    this.#text = text;
    this.#list = list;
    this.#calendar = calendarOf(list);
    return { kind: "kept", leaps: this.#calendar.leaps.length, expires: list.expires };
  }
}

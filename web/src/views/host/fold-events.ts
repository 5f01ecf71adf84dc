import type { HostEvent } from "@truebound/wire";
import { ageText } from "../../format/age.ts";
import { codeWords } from "../../format/code-words.ts";
import { toMs } from "../../format/instant.ts";

/** One line of what happened: an event, or many of one kind and one source that came one after the other. */
export interface EventLine {
  /** Newest first; never empty. */
  readonly events: readonly HostEvent[];
}

/** Fewer stand for themselves. */
const FOLD_FROM = 4;
/** What comes later than this after the one before is something new. */
const TOGETHER_MS = 3_600_000;

/** Newest first, as they come. A line stands where its newest event stood, so that a source that flaps pushes nothing else away. */
export function foldEvents(events: readonly HostEvent[]): readonly EventLine[] {
  const lines: HostEvent[][] = [];
  const latest = new Map<string, HostEvent[]>();
  for (const event of events) {
    const key = `${event.kind} ${event.source ?? ""}`;
    const line = latest.get(key);
    const before = line?.at(-1);
    if (line !== undefined && before !== undefined && Math.abs(toMs(before.at) - toMs(event.at)) <= TOGETHER_MS) line.push(event);
    else {
      const begun = [event];
      lines.push(begun);
      latest.set(key, begun);
    }
  }
  const whole = lines.flatMap((line) => (line.length >= FOLD_FROM ? [line] : line.map((event) => [event])));
  const place = new Map(events.map((event, index) => [event, index]));
  return whole.map((line) => ({ events: line })).sort((a, b) => placeOf(a, place) - placeOf(b, place));
}

const placeOf = ({ events: [newest] }: EventLine, place: ReadonlyMap<HostEvent, number>): number =>
  (newest === undefined ? undefined : place.get(newest)) ?? 0;

export interface EventText {
  /** What happened; the server's words up to their details. */
  readonly lead: string;
  /** Empty = there are none. */
  readonly details: string;
}

/** "a source changed" and "192.0.2.7, to agrees, from falseticker". Only what is followed by the event's own details is cut off. */
export function eventText({ words, source, detail }: HostEvent): EventText {
  const first = source ?? Object.keys(detail)[0]?.replace(/_ns$/, "").replaceAll("_", " ");
  const at = first === undefined ? -1 : words.indexOf(`: ${first}`);
  return at < 0 ? { lead: words, details: "" } : { lead: words.slice(0, at), details: words.slice(at + 2) };
}

/** "ntp2 flapped 14 times in 2 h", and what it came to at last. */
export function foldText({ events }: EventLine): EventText {
  const [newest] = events;
  const oldest = events.at(-1);
  if (newest === undefined || oldest === undefined) return { lead: "", details: "" };
  const { lead, details } = eventText(newest);
  const span = ageText(Math.abs(toMs(newest.at) - toMs(oldest.at)));
  // A sentence with figures of its own is true of that one alone.
  if (events.some((one) => eventText(one).lead !== lead))
    return { lead: `${codeWords(newest.kind)}, ${events.length} times in ${span}`, details: `the last: ${newest.words}` };
  const what = newest.kind === "source_state_changed" && newest.source !== null ? `${newest.source} flapped` : `${lead},`;
  return { lead: `${what} ${events.length} times in ${span}`, details: details === "" ? "" : `the last: ${details}` };
}

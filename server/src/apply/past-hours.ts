import { formatUtc } from "@truebound/time";
import { isIanaTimezone } from "../alert/zone-time.ts";
import type { DatedCalendar } from "../audit/schedule.ts";
import { placeKey, type Thing } from "./document.ts";
import type { FileProblem, Place } from "./located.ts";

/** What a calendar said at any time, the oldest first, by its name. */
export type CalendarForms = ReadonlyMap<string, readonly DatedCalendar[]>;

/** The calendars that scopes of a file name. */
export const calendarsOf = (things: readonly Thing[]): string[] => [
  ...new Set(things.flatMap(({ kind, body: { calendar } }) => (kind === "scope" && typeof calendar === "string" ? [calendar] : []))),
];

/**
 * A file sets no hours that this machine cannot tell. Those that were set before can be such, by another machine or an earlier release:
 * reports of that time are by them, whatever the file says from now on.
 */
export function doubtPastHours(things: readonly Thing[], places: ReadonlyMap<string, Place>, forms: CalendarForms): FileProblem[] {
  return things.flatMap((thing) => {
    const { calendar } = thing.body;
    if (thing.kind !== "scope" || typeof calendar !== "string") return [];
    const at = places.get(placeKey(thing)) ?? { line: 1, column: 1 };
    return untellable(forms.get(calendar) ?? []).map((words) => ({ at, words: `scope ${thing.key}: calendar ${calendar} ${words}` }));
  });
}

const untellable = (forms: readonly DatedCalendar[]): string[] =>
  forms.flatMap(({ calendar, from }, index) => {
    if (calendar === null || isIanaTimezone(calendar.timezone)) return [];
    const next = forms[index + 1];
    const since = index === 0 ? `at all times` : `from ${formatUtc(from)}`;
    const until = next === undefined ? "until this file is applied" : `before ${formatUtc(next.from)}`;
    return [
      `was by timezone ${JSON.stringify(calendar.timezone)} ${since} ${until}, of which this machine has no rules: no report of that time can be made here. Ask for a later period, or make it on a machine whose Node has that timezone`,
    ];
  });

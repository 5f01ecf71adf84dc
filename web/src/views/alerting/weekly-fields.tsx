import type { Weekly, WindowTime, WindowTimes } from "@truebound/wire";
import type { ComponentChildren, JSX } from "preact";
import { loadWindowTimes } from "../../api/alerting-requests.ts";
import { useServices } from "../../api/services.ts";
import { useOnce } from "../../api/use-once.ts";
import { questionTrouble } from "../../format/question-trouble.ts";
import { TextField, TimeField } from "../admin/text-field.tsx";
import { Instant } from "../parts/exact.tsx";
import { type TypedWindow, weeklyOf } from "./window-wish.ts";

export const TIMEZONES: readonly string[] = ["UTC", ...Intl.supportedValuesOf("timeZone")];
type Weekday = Weekly["days"][number];
const DAY_NAMES: Readonly<Record<Weekday, string>> = {
  mon: "Monday",
  tue: "Tuesday",
  wed: "Wednesday",
  thu: "Thursday",
  fri: "Friday",
  sat: "Saturday",
  sun: "Sunday",
};
const WEEKDAYS = Object.keys(DAY_NAMES) as Weekday[];

interface WeeklyFieldsProps {
  readonly typed: TypedWindow;
  readonly onSay: (changes: Partial<TypedWindow>) => void;
}

/** When a window of every week comes, and its next times before it is declared. */
export function WeeklyFields({ typed, onSay }: WeeklyFieldsProps): JSX.Element {
  const { days, at, until, timezone } = typed;
  const toggle = (day: Weekday): void =>
    onSay({ days: WEEKDAYS.filter((one) => (one === day ? !days.includes(day) : days.includes(one))) });
  return (
    <>
      <fieldset class="weekdays">
        <legend>Begins on</legend>
        {WEEKDAYS.map((day) => (
          <label key={day} class="toggle">
            <input type="checkbox" checked={days.includes(day)} onChange={() => toggle(day)} />
            {DAY_NAMES[day]}
          </label>
        ))}
      </fieldset>
      <TimeField label="From, time of day" value={at} onSay={(text) => onSay({ at: text })} />
      <TimeField label="To; not later = on the next day" value={until} onSay={(text) => onSay({ until: text })} />
      <TextField
        label="By the clock of which timezone"
        hint="Europe/London"
        value={timezone}
        offers={TIMEZONES}
        onSay={(text) => onSay({ timezone: text })}
        required
      />
      <NextTimes typed={typed} />
    </>
  );
}

/** Until a timezone is whole there is nothing to ask of it. */
function NextTimes({ typed }: { readonly typed: TypedWindow }): JSX.Element {
  const weekly = weeklyOf(typed);
  if (typeof weekly === "string") return <Next>once the above is whole: {weekly.charAt(0).toLowerCase() + weekly.slice(1)}</Next>;
  if (!TIMEZONES.includes(weekly.timezone))
    return <Next>“{weekly.timezone}” is no timezone that this browser knows: choose one of the list</Next>;
  return <AskedTimes weekly={weekly} />;
}

function AskedTimes({ weekly }: { readonly weekly: Weekly }): JSX.Element {
  const { clock } = useServices();
  const once = useOnce<WindowTimes>(JSON.stringify(weekly), (signal) => loadWindowTimes(weekly, clock, signal));
  if (once.kind === "asking") return <Next>asking the server…</Next>;
  if (once.kind === "failed") return <Next>not known. {questionTrouble(once.failure).wrong}</Next>;
  const [first, ...others] = once.value.items;
  if (first === undefined) return <Next>never</Next>;
  return (
    <Next>
      <strong>
        <Time time={first} />
      </strong>
      , then{" "}
      {others.map((time, index) => (
        <span key={time.from}>
          {index > 0 && ", "}
          <Time time={time} />
        </span>
      ))}
    </Next>
  );
}

const Time = ({ time: { from, to } }: { readonly time: WindowTime }): JSX.Element => (
  <>
    <Instant at={from} /> to <Instant at={to} />
  </>
);

const Next = ({ children }: { readonly children: ComponentChildren }): JSX.Element => (
  <p class="next-times" aria-live="polite">
    <span class="field-name">Next</span> {children}
  </p>
);

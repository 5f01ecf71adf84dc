import type { HostLimit } from "@truebound/wire";
import type { JSX } from "preact";
import { type EventMark, limitWords } from "../../charts/band-annotations.ts";
import type { BandData } from "../../charts/band-data.ts";
import { Instant } from "../parts/exact.tsx";
import { type EventLine, foldEvents, foldText } from "./fold-events.ts";

const SHOWN = 8;

interface BandEventsProps {
  readonly limits: readonly HostLimit[];
  readonly events: readonly EventMark[];
  readonly data: BandData;
}

/** What the lines in the picture stand for, in words: limits, and the latest events of what is drawn. */
export const BandEvents = ({ limits, events, data }: BandEventsProps): JSX.Element => (
  <>
    <EventMarks events={events} />
    {limits.length > 0 && <LimitList limits={limits} hidden={beyond(limits, data)} />}
  </>
);

/** Those of one source that came together are one line here, as in the list below. */
function EventMarks({ events }: Pick<BandEventsProps, "events">): JSX.Element | null {
  if (events.length === 0) return null;
  const words = new Map(events.map(({ event, word }) => [event, word]));
  const lines = foldEvents(events.map(({ event }) => event).toReversed());
  const shown = lines.slice(0, SHOWN);
  const earlier = lines.slice(SHOWN).reduce((sum, line) => sum + line.events.length, 0);
  return (
    <>
      <ul class="band-events" aria-label="Events in this stretch">
        {shown.map((line, index) => (
          <Marked key={`${line.events.at(-1)?.at} ${index}`} line={line} word={(line.events[0] && words.get(line.events[0])) ?? ""} />
        ))}
      </ul>
      {earlier > 0 && <p class="band-note">{earlier} earlier ones are marked in the picture and listed below.</p>}
    </>
  );
}

function Marked({ line, word }: { readonly line: EventLine; readonly word: string }): JSX.Element | null {
  const [newest, ...others] = line.events;
  if (newest === undefined) return null;
  const { lead, details } = foldText(line);
  return (
    <li>
      <span class="event-word">{word}</span>
      <Instant at={newest.at} />
      <span>{others.length === 0 ? newest.words : `${lead}${details === "" ? "" : `; ${details}`}`}</span>
    </li>
  );
}

const LimitList = ({ limits, hidden }: { readonly limits: readonly HostLimit[]; readonly hidden: readonly HostLimit[] }): JSX.Element => (
  <ul class="legend" aria-label="Limits of this host">
    {limits.map((limit) => (
      <li key={limit.scope}>
        <span class="swatch swatch-limit" aria-hidden="true" />
        limit {limitWords(limit)} of {limit.scope} ({limit.profile}){hidden.includes(limit) && ", beyond the picture"}
      </li>
    ))}
  </ul>
);

/** The limits of which no line is in the picture. */
const beyond = (limits: readonly HostLimit[], { hi, lo, unit }: BandData): readonly HostLimit[] => {
  const most = [...hi, ...lo].reduce((sum, { y }) => Math.max(sum, Math.abs(y ?? 0)), 0) * unit.size_ns;
  return limits.filter(({ lo_ns, hi_ns }) => Math.min(Math.abs(Number(lo_ns)), Math.abs(Number(hi_ns))) > most * 1.2);
};

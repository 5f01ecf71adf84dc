import type { HostLimit } from "@truebound/wire";
import type { JSX } from "preact";
import { type EventMark, limitWords } from "../../charts/band-annotations.ts";
import type { BandData } from "../../charts/band-data.ts";
import { Instant } from "../parts/exact.tsx";

const SHOWN = 8;

interface BandEventsProps {
  readonly limits: readonly HostLimit[];
  readonly events: readonly EventMark[];
  readonly data: BandData;
}

/** What the lines in the picture stand for, in words: limits, and the latest events of what is drawn. */
export const BandEvents = ({ limits, events, data }: BandEventsProps): JSX.Element => (
  <>
    {events.length > 0 && (
      <ul class="band-events" aria-label="Events in this stretch">
        {events
          .slice(-SHOWN)
          .toReversed()
          .map(({ word, event }, index) => (
            <li key={`${event.at} ${event.kind} ${index}`}>
              <span class="event-word">{word}</span>
              <Instant at={event.at} />
              <span>{event.words}</span>
            </li>
          ))}
      </ul>
    )}
    {events.length > SHOWN && <p class="band-note">{events.length - SHOWN} earlier ones are marked in the picture and listed below.</p>}
    {limits.length > 0 && <LimitList limits={limits} hidden={beyond(limits, data)} />}
  </>
);

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

import type { HostDetail, HostEvent } from "@truebound/wire";
import type { JSX } from "preact";
import { Instant } from "../parts/exact.tsx";
import { type EventLine, type EventText, eventText, foldEvents, foldText } from "./fold-events.ts";

export const EventsSection = ({ host }: { readonly host: HostDetail }): JSX.Element => (
  <section aria-labelledby="events-title">
    <div class="section-head">
      <h2 id="events-title">Events</h2>
    </div>
    {host.events.length === 0 ? <p class="none">Nothing has happened yet that is worth a line.</p> : <EventList events={host.events} />}
    <Provenance host={host} />
  </section>
);

const EventList = ({ events }: { readonly events: readonly HostEvent[] }): JSX.Element => (
  <ol class="events host-events">
    {foldEvents(events).map((line, index) => (
      <li key={`${line.events.at(-1)?.at} ${line.events[0]?.kind} ${index}`}>
        <Line line={line} />
      </li>
    ))}
  </ol>
);

function Line({ line }: { readonly line: EventLine }): JSX.Element | null {
  const [newest, ...others] = line.events;
  if (newest === undefined) return null;
  if (others.length === 0)
    return (
      <>
        <EventAt event={newest} />
        <EventWords text={eventText(newest)} kind={newest.kind} />
      </>
    );
  return (
    <>
      <EventAt event={newest} />
      <details>
        <summary>
          <EventWords text={foldText(line)} kind={newest.kind} />
        </summary>
        <ol class="folded-events">
          {line.events.map((event, index) => (
            <li key={`${event.at} ${index}`}>
              <EventAt event={event} /> <span>{eventText(event).details || event.words}</span>
            </li>
          ))}
        </ol>
      </details>
    </>
  );
}

const EventAt = ({ event }: { readonly event: HostEvent }): JSX.Element => (
  <span class="event-at">
    <Instant at={event.at} />
    {event.at_marked && <span class="fact-note">by receive time</span>}
  </span>
);

/** What happened stands out; the code of its kind, as runbooks name it, is told by pointing at it. */
const EventWords = ({ text: { lead, details }, kind }: { readonly text: EventText; readonly kind: string }): JSX.Element => (
  <span title={kind}>
    <span class="event-kind">{lead}</span>
    {details !== "" && <span class="event-details"> {details}</span>}
  </span>
);

/** Where the figures come from. */
const Provenance = ({ host }: { readonly host: HostDetail }): JSX.Element => (
  <p class="provenance">
    Host <code>{host.id}</code>, enrolled <Instant at={host.enrolled_at} />
    {host.software !== null && `, ${host.software}`}
    {host.boot_id !== null && (
      <>
        , boot <code>{host.boot_id}</code>
      </>
    )}
    {host.policy_version !== null && `, policy ${host.policy_version}`}
    {host.evidence !== null && `, evidence ${host.evidence.epoch}.${host.evidence.seq}`}
  </p>
);

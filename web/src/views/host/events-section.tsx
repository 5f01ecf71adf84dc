import type { HostDetail, HostEvent } from "@truebound/wire";
import type { JSX } from "preact";
import { codeWords } from "../../format/code-words.ts";
import { Instant } from "../parts/exact.tsx";

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
  <ol class="events">
    {events.map((event, index) => (
      <li key={`${event.at} ${event.kind} ${index}`}>
        <span class="event-at">
          <Instant at={event.at} />
          {event.at_marked && <span class="fact-note">by receive time</span>}
        </span>
        <span class="event-kind">{codeWords(event.kind)}</span>
        <span>{event.words}</span>
      </li>
    ))}
  </ol>
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

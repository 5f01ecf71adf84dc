import type { IncidentEntry } from "@truebound/wire";
import type { JSX } from "preact";
import { codeWords } from "../../../format/code-words.ts";
import { Instant } from "../../parts/exact.tsx";
import { newestFirst } from "./timeline.ts";

/** What happened and who did what, the newest first. */
export const TimelineSection = ({ timeline }: { readonly timeline: readonly IncidentEntry[] }): JSX.Element => (
  <section aria-labelledby="timeline-title">
    <div class="section-head">
      <h2 id="timeline-title">Timeline</h2>
    </div>
    {timeline.length === 0 && <p class="none">Nothing is written of it yet.</p>}
    {timeline.length > 0 && (
      <ol class="events timeline">
        {newestFirst(timeline).map((entry, index) => (
          <li key={`${entry.at} ${entry.kind} ${index}`}>
            <span class="event-at">
              <Instant at={entry.at} />
            </span>
            <span class="event-kind">{codeWords(entry.kind)}</span>
            <span class="timeline-words">
              {entry.words}
              {entry.who !== null && <span class="fact-note">{entry.who}</span>}
            </span>
          </li>
        ))}
      </ol>
    )}
  </section>
);

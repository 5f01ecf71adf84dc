import type { LogView } from "@truebound/wire";
import type { JSX } from "preact";
import { ageText } from "../../../format/age.ts";
import { countWords } from "../../../format/count-words.ts";
import { Instant } from "../../parts/exact.tsx";
import { groupedText } from "../../reports/summary.ts";
import { roundWords } from "./log-words.ts";

/** Whether what is stored is still what was logged: read again each day, and at once by a command. */
export const RereadSection = ({ log }: { readonly log: LogView }): JSX.Element => {
  const { ended, round, overdue } = log.scrub;
  return (
    <section aria-labelledby="log-reread-title">
      <div class="section-head">
        <h2 id="log-reread-title">Read again</h2>
        <p>Each row is hashed and held against its leaf, round after round, within a day.</p>
      </div>
      <dl class="report-facts">
        <dt>Last whole round</dt>
        <dd>
          {ended === null ? (
            "none has ended yet"
          ) : (
            <>
              <Instant at={ended.at} />, {ageText(ended.seconds_ago * 1000)} ago, {groupedText(ended.leaves)} leaves
            </>
          )}
          {overdue && <strong class="log-overdue"> overdue: a server that runs does it within a day</strong>}
        </dd>
        <dt>Present round</dt>
        <dd>
          {roundWords(log)}, since <Instant at={round.began} />
        </dd>
        <dt>Found to differ</dt>
        <dd>
          {log.differences.length === 0
            ? "nothing that waits for somebody to look"
            : `${countWords(log.differences.length, "place")}, named above`}
        </dd>
        <dt>All of it at once</dt>
        <dd>
          <code>truebound log verify</code>
          <p class="muted">
            Reads the whole log and all evidence of it again: heads, signatures and their chain, every leaf from its row, every tile, and
            the root of every head. It ends with 0 only if all of it holds, else it names the first leaf that does not. It is a command,
            since it may take long; nothing is written.
          </p>
        </dd>
      </dl>
    </section>
  );
};

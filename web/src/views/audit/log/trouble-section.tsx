import type { LogView } from "@truebound/wire";
import type { JSX } from "preact";
import { Instant } from "../../parts/exact.tsx";
import { mismatchWords } from "./log-words.ts";

/** What hinders the log, and what to do about it. Nothing = it is not drawn. */
export function TroubleSection({
  log: { sequencing, stopped, differences, left_months, mismatches },
}: {
  readonly log: LogView;
}): JSX.Element | null {
  const settled = mismatches.length - stopped.length;
  if (sequencing.trouble === null && stopped.length + differences.length + left_months.length + mismatches.length === 0) return null;
  return (
    <section aria-labelledby="log-trouble-title">
      <div class="section-head">
        <h2 id="log-trouble-title">What hinders it</h2>
        <p>Agents keep what no head covers, and retention removes none of it.</p>
      </div>
      <ul class="log-troubles">
        {sequencing.trouble !== null && (
          <li class="row-proven-off">
            <strong>Sequencing has stopped.</strong> The last pass of this server failed, and it tries again each minute:{" "}
            <code>{sequencing.trouble}</code>
          </li>
        )}
        {differences.map(({ place, host, words, found_at }) => (
          <li key={place} class="row-conflict">
            <strong>{place} is not what was logged</strong>
            {host !== null && <> (of {host})</>}: {words}. Found at <Instant at={found_at} />.
            <Ways host={host} />
          </li>
        ))}
        {left_months.map((month) => (
          <li key={month} class="row-conflict">
            <strong>The log of {month} is not signed by the key in use:</strong> a key of the server was lost, and what is stored of that
            month is not what that key had signed. No report rests on it: on a host that was enrolled in it, a scope that was declared in
            it, a person who was registered in it to sign.
            <span class="fact-note">
              Restore its tiles and heads from a backup, and the next pass signs it. It stays until then, whoever acknowledges it:{" "}
              <code>truebound log show</code>
            </span>
          </li>
        ))}
        {stopped.map(({ host, name, since, epoch, seq, entry }) => (
          <li key={host} class="row-conflict">
            <strong>
              The log of {name} stops before batch {epoch}/{seq}
            </strong>{" "}
            since <Instant at={since} />: {mismatchWords(entry)}. No report counts it or what came behind it.
            <Ways host={name} />
          </li>
        ))}
        {settled > 0 && (
          <li class="row-unknown">
            <strong>{settled}</strong> more {settled === 1 ? "entry tells" : "entries tell"} of what was not what had been received; a
            person has looked at {settled === 1 ? "it" : "them"}, and it never counts.
          </li>
        )}
      </ul>
    </section>
  );
}

const Ways = ({ host }: { readonly host: string | null }): JSX.Element => (
  <span class="fact-note">
    Restore the row from a backup, and the next pass goes on by itself; or look, and say what you found:{" "}
    <code>truebound log acknowledge {host === null ? "" : `${host} `}--note TEXT</code>
  </span>
);

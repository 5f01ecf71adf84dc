import type { SourceDetail, SourceHistory } from "@truebound/wire";
import type { JSX } from "preact";
import { useSourceHistory } from "../../../api/use-sources.ts";
import { codeWords } from "../../../format/code-words.ts";
import { countWords } from "../../../format/count-words.ts";
import { causeOf } from "../../../format/failure-words.ts";
import { Link } from "../../../route/link.tsx";
import { hostPath } from "../../../route/place.ts";
import { lastingQuery } from "../../../route/query.ts";
import { Instant } from "../../parts/exact.tsx";
import { QueryToggle } from "../../parts/query-toggle.tsx";
import { ScrollBox } from "../../parts/scroll-box.tsx";

interface HistoryProps {
  readonly source: SourceDetail;
  readonly search: string;
}

/** Who called it false, and when: by what its users told. */
export function HistorySection({ source, search }: HistoryProps): JSX.Element {
  const isLong = new URLSearchParams(search).get("past") === "30d";
  const loaded = useSourceHistory(source, isLong ? "now-30d" : "now-7d");
  return (
    <section class="source-history" aria-labelledby="history-title">
      <div class="section-head">
        <h2 id="history-title">Who called it false, and when</h2>
        <p>In the past {isLong ? "30" : "7"} days, by what its users told.</p>
      </div>
      {loaded.kind === "loading" && <p class="none">Asking the server for these days…</p>}
      {loaded.kind !== "loading" && loaded.failure && <p class="inline-trouble">Cannot load the history: {causeOf(loaded.failure)}</p>}
      {loaded.kind === "ready" && <Told history={loaded.value} search={search} />}
      <div class="tools">
        <QueryToggle search={search} name="past" value="30d" isOn={isLong}>
          the past 30 days
        </QueryToggle>
      </div>
    </section>
  );
}

function Told({ history, search }: { readonly history: SourceHistory; readonly search: string }): JSX.Element {
  const { items, is_cut, left_out } = history;
  return (
    <>
      {items.length === 0 ? (
        <p class="none">None of those who use it now told that it was false in these days.</p>
      ) : (
        <Spells items={items} search={search} />
      )}
      {is_cut && <p class="band-note">More was told than is listed: the oldest is missing.</p>}
      {left_out > 0 && <p class="band-note">{countWords(left_out, "user was", "users were")} not looked at.</p>}
    </>
  );
}

const Spells = ({ items, search }: Pick<SourceHistory, "items"> & { readonly search: string }): JSX.Element => (
  <ScrollBox label="Who called it false, and when, as a table">
    <table class="plain">
      <caption>{countWords(items.length, "time", "times")}; those that go on first, then the newest</caption>
      <thead>
        <tr>
          <th scope="col">Host</th>
          <th scope="col">From</th>
          <th scope="col">To</th>
          <th scope="col">State</th>
          <th scope="col">Asked as</th>
        </tr>
      </thead>
      <tbody>
        {items.map(({ host, name, source, state, began, ended, at_marked }) => (
          <tr key={`${host} ${source} ${began ?? ended}`}>
            <th scope="row">
              <Link to={`${hostPath(host)}${lastingQuery(search)}`}>{name}</Link>
            </th>
            <td>{began === null ? "earlier" : <Instant at={began} />}</td>
            <td>
              {ended === null ? <strong>goes on</strong> : <Instant at={ended} />}
              {at_marked && <span class="muted"> by receive time</span>}
            </td>
            <td>{codeWords(state)}</td>
            <td>{source}</td>
          </tr>
        ))}
      </tbody>
    </table>
  </ScrollBox>
);

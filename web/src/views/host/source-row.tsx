import { about } from "@truebound/time";
import type { Bound, HostSource } from "@truebound/wire";
import type { JSX } from "preact";
import { BoundBar } from "../../charts/bound-bar.tsx";
import type { SymlogAxis } from "../../charts/symlog.ts";
import { authenticatedWords } from "../../format/authenticated-words.ts";
import { exactNs } from "../../format/bound.ts";
import { codeWords } from "../../format/code-words.ts";
import { declarationTitle, declarationWords } from "../../format/declaration-words.ts";
import { documentWords, factLines, kindWords } from "../../format/kind-words.ts";
import { sourceLook } from "../../format/source-look.ts";
import { Link } from "../../route/link.tsx";
import { sourcePath } from "../../route/place.ts";
import { lastingQuery } from "../../route/query.ts";
import { Exact } from "../parts/exact.tsx";
import { Mark } from "../parts/mark.tsx";
import { rootWords } from "../sources/self-said.tsx";

interface SourceRowProps {
  readonly source: HostSource;
  readonly axis: SymlogAxis;
  readonly hostBound: Bound | null;
  readonly search: string;
}

export function SourceRow({ source, axis, hostBound, search }: SourceRowProps): JSX.Element {
  const look = sourceLook(source.state);
  return (
    <tr class={`row row-${look}`}>
      <th scope="row" class="source-name">
        {source.source === undefined ? (
          <span>{source.id}</span>
        ) : (
          <Link to={`${sourcePath(source.source)}${lastingQuery(search)}`}>{source.id}</Link>
        )}
        <span class="fact-note">
          {kindWords(source) ?? `${source.address ?? "not resolved"}, ${source.origin}`}
          {source.local_reference && ", local reference"}
        </span>
        <Document source={source} />
        <Authenticated source={source} />
      </th>
      <td class="source-state">
        <Mark look={look} />
        <span class="status-word">{stateWord(source)}</span>
        <span class="status-words">{source.why}</span>
        {factLines(source).map((words) => (
          <span key={words} class="fact-note">
            {words}
          </span>
        ))}
      </td>
      <td class="col-axis">
        <div class="axis">
          {source.bound === null ? <NoBound /> : <BoundBar axis={axis} bound={source.bound} look={look} behind={hostBound} />}
        </div>
      </td>
      <td data-name="delay">
        {source.delay_ns === null ? (
          <span class="muted">none</span>
        ) : (
          <Exact text={about(BigInt(source.delay_ns))} exact={exactNs(source.delay_ns)} />
        )}
      </td>
      <td data-name="stratum, refid">
        {kindWords(source) === null ? `${source.stratum ?? "?"}, ${source.refid ?? "?"}` : <span class="muted">not asked by NTP</span>}
        <Scale timescale={source.timescale} />
        {rootWords(source).map((words) => (
          <span key={words} class="fact-note">
            {words}
          </span>
        ))}
        <Declared source={source} />
        {source.leap === 3 && <span class="fact-note">leap 3: says it is not to be trusted</span>}
      </td>
      <td data-name="replies / polls">
        {source.replies} / {source.polls}
        <Refusals refusals={source.refusals} />
      </td>
    </tr>
  );
}

/** Who has no vote can be no false ticker. */
const stateWord = ({ state, counts }: HostSource): string =>
  counts === false && state === "falseticker" ? "contradicts" : codeWords(state);

/** Nothing of one that is asked without NTS. */
function Authenticated({ source }: Pick<SourceRowProps, "source">): JSX.Element | null {
  const words = authenticatedWords(source);
  if (words === null) return null;
  return (
    <span class="fact-note" title={source.nts?.key == null ? undefined : `SHA-256 of the key in its certificate: ${source.nts.key}`}>
      {words}
    </span>
  );
}

/** Nothing of one of which nothing is declared. */
function Declared({ source }: Pick<SourceRowProps, "source">): JSX.Element | null {
  const words = declarationWords(source);
  if (words === null || source.declaration === undefined) return null;
  return (
    <span class="fact-note" title={declarationTitle(source.declaration)}>
      {words}
    </span>
  );
}

/** Nothing of one that names none. */
function Document({ source }: Pick<SourceRowProps, "source">): JSX.Element | null {
  const words = documentWords(source);
  if (words === null) return null;
  return (
    <span class="fact-note" title={`SHA-256 of the document that declares its error: ${source.document}`}>
      {words}
    </span>
  );
}

/** What it keeps to around a leap second: UTC goes without saying. */
const Scale = ({ timescale }: { readonly timescale: HostSource["timescale"] | undefined }): JSX.Element | null =>
  timescale === undefined || timescale === "utc" ? null : (
    <span class="fact-note">{timescale === "unknown" ? "timescale not named" : `keeps ${timescale}`}</span>
  );

const NoBound = (): JSX.Element => (
  <span class="no-bound">
    <span>no bound</span>
  </span>
);

function Refusals({ refusals }: Pick<HostSource, "refusals">): JSX.Element | null {
  const counted = Object.entries(refusals).filter(([, count]) => count > 0);
  if (counted.length === 0) return null;
  return <span class="fact-note">refused: {counted.map(([reason, count]) => `${count} ${codeWords(reason)}`).join(", ")}</span>;
}

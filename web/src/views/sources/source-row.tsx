import type { SourceSummary } from "@truebound/wire";
import type { JSX } from "preact";
import { SpreadBar } from "../../charts/spread-bar.tsx";
import type { SymlogAxis } from "../../charts/symlog.ts";
import { authenticatedFor } from "../../format/authenticated-words.ts";
import { atLeast, exactNs } from "../../format/bound.ts";
import { countWords } from "../../format/count-words.ts";
import { kindWords } from "../../format/kind-words.ts";
import { nameList } from "../../format/name-list.ts";
import { sourceVerdictLook } from "../../format/source-verdict-look.ts";
import type { Look } from "../../format/status-look.ts";
import { Link } from "../../route/link.tsx";
import { sourcePath } from "../../route/place.ts";
import { lastingQuery } from "../../route/query.ts";
import { Exact } from "../parts/exact.tsx";
import { Mark } from "../parts/mark.tsx";
import { SelfSaid } from "./self-said.tsx";
import { SpreadText } from "./spread-text.tsx";

interface SourceRowProps {
  readonly source: SourceSummary;
  readonly axis: SymlogAxis;
  readonly search: string;
}

export function SourceRow({ source, axis, search }: SourceRowProps): JSX.Element {
  const { look, word, means } = sourceVerdictLook(source.verdict);
  return (
    <tr class={`row row-${look}`}>
      <th scope="row" class="source-name">
        <Link to={`${sourcePath(source.id)}${lastingQuery(search)}`} class="row-link">
          {source.id}
        </Link>
        <span class="fact-note">{otherNames(source)}</span>
      </th>
      <td class="source-state" title={means}>
        <Mark look={look} />
        <span class="status-word">{word}</span>
        <span class="status-words">{source.words}</span>
        {source.apart_ns !== null && <Apart apart_ns={source.apart_ns} />}
      </td>
      <td class="col-axis">
        <Offsets source={source} axis={axis} look={look} />
      </td>
      <td data-name="hosts">
        <strong>{source.users}</strong>
        <Users source={source} />
      </td>
      <td data-name="says of itself">
        <SelfSaid source={source} />
      </td>
      <td data-name="rests on it">
        <Rests source={source} />
      </td>
    </tr>
  );
}

const Apart = ({ apart_ns }: { readonly apart_ns: string }): JSX.Element => (
  <span class="status-words">
    off UTC by at least <Exact text={atLeast(BigInt(apart_ns))} exact={exactNs(apart_ns)} />
  </span>
);

/** The names by which hosts know it, where they are not its address; how hosts came by it; and whether it proved who it is. */
function otherNames(source: SourceSummary): string {
  const { id, names, origins, local_reference } = source;
  const others = names.filter((name) => ![id, `${id}:123`, `[${id}]:123`].includes(name));
  const parts = [
    nameList(others, 3),
    origins.join(", "),
    local_reference ? "local reference" : "",
    authenticatedFor(source) ?? "",
    kindWords(source) ?? "",
  ];
  return parts.filter((text) => text !== "").join("; ");
}

function Offsets({ source: { offsets }, axis, look }: { readonly source: SourceSummary; readonly axis: SymlogAxis; readonly look: Look }) {
  if (offsets === null)
    return (
      <div class="axis">
        <span class="no-bound">
          <span>no offset can be told</span>
        </span>
      </div>
    );
  return (
    <>
      <div class="axis">
        <SpreadBar axis={axis} offsets={offsets} look={look} />
      </div>
      <SpreadText offsets={offsets} />
    </>
  );
}

function Users({ source }: { readonly source: SourceSummary }): JSX.Element {
  const parts = [
    [source.false_by, source.false_by === 1 ? "calls it false" : "call it false"],
    [source.undecided_by, "cannot judge"],
    [source.unheard_by, source.unheard_by === 1 ? "hears nothing" : "hear nothing"],
    [source.past_users, "in the past"],
  ] as const;
  const said = parts.filter(([count]) => count > 0).map(([count, words]) => `${count} ${words}`);
  return <span class="fact-note">{said.join(", ")}</span>;
}

function Rests({ source: { sole_for, shares } }: { readonly source: SourceSummary }): JSX.Element {
  if (sole_for === 0 && shares === null) return <span class="muted">no bound alone</span>;
  return (
    <>
      {sole_for > 0 && <span>only vote of {countWords(sole_for, "host")}</span>}
      {shares !== null && <span class="fact-note">one vote with others</span>}
    </>
  );
}

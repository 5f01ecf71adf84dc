import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { Link } from "../../../route/link.tsx";
import { hostPath } from "../../../route/place.ts";
import { lastingQuery } from "../../../route/query.ts";
import { Mark } from "../../parts/mark.tsx";
import type { Result } from "../manifest.ts";
import { groupedText, percentText } from "../summary.ts";
import { verdictLook } from "../verdict-look.ts";
import type { HostResults } from "./by-host.ts";
import { Lane } from "./lane.tsx";
import { ResultDetails } from "./result-details.tsx";
import { limitOf } from "./span-words.ts";

interface HostLanesProps {
  readonly host: HostResults;
  readonly edges: readonly string[];
  readonly search: string;
}

export const HostLanes = ({ host: { host, name, results }, edges, search }: HostLanesProps): JSX.Element => (
  <article class="lane-host" aria-label={name}>
    <h3>{host === null ? name : <Link to={`${hostPath(host)}${lastingQuery(search)}`}>{name}</Link>}</h3>
    {results.map((result) => (
      <ResultLane key={`${result.profile} ${result.scope}`} result={result} edges={edges} />
    ))}
  </article>
);

/** What is proved and what was sampled stay two figures here too. */
function ResultLane({ result, edges }: { readonly result: Result; readonly edges: readonly string[] }): JSX.Element {
  const [isOpen, setIsOpen] = useState(false);
  const { word, look } = verdictLook(result.verdict);
  const { shares, sampled, group } = result;
  const range = shares.compliance_ppm_range;
  return (
    <div class="lane-result">
      <div class="lane-head">
        <p class={`lane-verdict row-${look}`}>
          <Mark look={look} /> <strong>{word}</strong>
        </p>
        <p>
          {result.profile}, {limitOf(result)} <span class="muted">({result.scope})</span>
        </p>
        <p>
          <em>proved</em> {range === null ? "no time is audited" : `[${range.map(percentText).join(", ")}]`}
        </p>
        <p>
          <em>sampled</em> {sampledWords(sampled, group !== undefined)}
        </p>
      </div>
      <div class="lane-body">
        <Lane result={result} edges={edges} />
        <details class="lane-details" onToggle={(event) => setIsOpen(event.currentTarget.open)}>
          <summary aria-label={`Figures, findings and stretches of ${result.name}, ${result.profile}`}>
            Figures, findings and stretches
          </summary>
          {isOpen && <ResultDetails result={result} />}
        </details>
      </div>
    </div>
  );
}

function sampledWords({ samples, inside }: Result["sampled"], isOfPairs: boolean): string {
  if (isOfPairs) return "not of pairs";
  return samples === 0 ? "no sample was taken" : `${groupedText(inside)} of ${groupedText(samples)} inside`;
}

import type { JSX } from "preact";
import { codeWords } from "../../../format/code-words.ts";
import { utcExact } from "../../../format/instant.ts";
import { ScrollBox } from "../../parts/scroll-box.tsx";
import type { Result } from "../manifest.ts";
import { TwoLines } from "../two-lines.tsx";
import { ForecastLines } from "./forecast-lines.tsx";
import { listedSpans } from "./listed-spans.ts";
import { verdictWord, whyOf } from "./span-words.ts";

/** One result in words and figures: what its lane draws, and what stands beside the verdict. */
export const ResultDetails = ({ result }: { readonly result: Result }): JSX.Element => (
  <>
    <TwoLines shares={result.shares} sampled={result.group === undefined ? result.sampled : null} of={`of ${result.name}`} level="h4" />
    <Findings findings={result.findings} />
    {result.forecast !== undefined && <ForecastLines forecast={result.forecast} />}
    <SpanTable result={result} />
  </>
);

const Findings = ({ findings }: Pick<Result, "findings">): JSX.Element | null =>
  findings.length === 0 ? null : (
    <>
      <h4>Findings beside the verdict</h4>
      <ul class="lane-findings">
        {findings.map(({ kind, words }) => (
          <li key={`${kind} ${words}`}>
            <strong>{codeWords(kind)}:</strong> {words}
          </li>
        ))}
      </ul>
    </>
  );

function SpanTable({ result }: { readonly result: Result }): JSX.Element {
  const { rows, caption } = listedSpans(result.spans);
  return (
    <ScrollBox label={`Verdicts of ${result.name}, ${result.profile}, as a table`}>
      <table class="plain">
        <caption>{caption}</caption>
        <thead>
          <tr>
            <th scope="col">From, in it</th>
            <th scope="col">To, not in it</th>
            <th scope="col">Verdict</th>
            <th scope="col">Why</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((span) => (
            <tr key={span[0]}>
              <th scope="row">{utcExact(span[0])}</th>
              <td>{utcExact(span[1])}</td>
              <td>{verdictWord(span[2])}</td>
              <td>{whyOf(result, span).join("; ")}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollBox>
  );
}

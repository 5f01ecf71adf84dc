import type { JSX } from "preact";
import { Age } from "../parts/age.tsx";
import { Mark } from "../parts/mark.tsx";
import { SeverityShape, severityClass } from "../parts/severity-mark.tsx";
import type { OpenList, Truth } from "./truth.ts";

/** How much is wrong, and how fresh that is. */
export function TruthLine({ truth, list }: { readonly truth: Truth; readonly list: OpenList }): JSX.Element {
  const isLate = list.judging.isLate;
  return (
    <section class={`summary truth-line ${classOf(truth.tone)}`} aria-label="All incidents in one line">
      <div class="truth-verdict">
        <Shape tone={truth.tone} />
        <h1>{truth.headline}</h1>
      </div>
      <p class="truth-facts">
        {truth.facts.map((fact) => (
          <span key={fact}>{fact}</span>
        ))}
        {list.evaluated_at !== null && (
          <span class={isLate ? "truth-old" : "muted"}>
            judged <Age at={list.evaluated_at} /> ago
          </span>
        )}
      </p>
    </section>
  );
}

/** What is fine and what is not known have the shapes of a host's states. */
const Shape = ({ tone }: Pick<Truth, "tone">): JSX.Element => {
  if (tone === "calm") return <Mark look="proven" />;
  return tone === "unknown" ? <Mark look="unknown" /> : <SeverityShape severity={tone} />;
};

function classOf(tone: Truth["tone"]): string {
  if (tone === "calm") return "row-proven";
  return tone === "unknown" ? "row-unknown" : severityClass(tone);
}

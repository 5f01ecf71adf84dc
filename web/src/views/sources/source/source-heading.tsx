import type { SourceDetail } from "@truebound/wire";
import type { JSX } from "preact";
import { atLeast, exactNs } from "../../../format/bound.ts";
import { sourceVerdictLook } from "../../../format/source-verdict-look.ts";
import { Age } from "../../parts/age.tsx";
import { Exact } from "../../parts/exact.tsx";
import { Mark } from "../../parts/mark.tsx";

/** Which source, and what the fleet makes of it: the server's own words. */
export function SourceHeading({ source }: { readonly source: SourceDetail }): JSX.Element {
  const { look, word, means } = sourceVerdictLook(source.verdict);
  return (
    <header class={`host-heading row-${look}`}>
      <h1>{source.id}</h1>
      <p class="host-status">
        <Mark look={look} />
        <strong title={means}>{word}</strong>
        <span>{source.words}</span>
        <span class="alive">
          {source.last_heard_at === null ? (
            "never heard"
          ) : (
            <>
              heard <Age at={source.last_heard_at} /> ago
            </>
          )}
        </span>
      </p>
      {source.apart_ns !== null && (
        <p class="explanation">
          It is off UTC by at least <Exact text={atLeast(BigInt(source.apart_ns))} exact={exactNs(source.apart_ns)} />, as far as the
          guaranteed bound of the host that can prove most holds.
        </p>
      )}
    </header>
  );
}

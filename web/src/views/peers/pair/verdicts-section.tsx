import { about } from "@truebound/time";
import type { PairVerdict } from "@truebound/wire";
import type { JSX } from "preact";
import { exactNs } from "../../../format/bound.ts";
import type { Look } from "../../../format/status-look.ts";
import { Exact } from "../../parts/exact.tsx";
import { Mark } from "../../parts/mark.tsx";

const VERDICTS: Readonly<Record<PairVerdict["verdict"], { readonly look: Look; readonly word: string }>> = {
  inside: { look: "proven", word: "proved inside" },
  outside: { look: "conflict", word: "proved outside" },
  not_provable: { look: "unverified", word: "cannot be proved" },
};
const UNKNOWN = { look: "unknown", word: "unknown" } as const;

/** What systems that compare two clocks need, and whether the guaranteed bound proves it. */
export const VerdictsSection = ({ verdicts }: { readonly verdicts: readonly PairVerdict[] }): JSX.Element | null =>
  verdicts.length === 0 ? null : (
    <section aria-labelledby="verdicts-title">
      <div class="section-head">
        <h2 id="verdicts-title">Near enough for</h2>
        <p>By the guaranteed bound.</p>
      </div>
      <ul class="events verdicts">
        {verdicts.map((verdict) => (
          <Verdict key={verdict.profile} verdict={verdict} />
        ))}
      </ul>
    </section>
  );

function Verdict({ verdict: { profile, title, limit_ns, verdict, source } }: { readonly verdict: PairVerdict }): JSX.Element {
  const { look, word } = VERDICTS[verdict] ?? UNKNOWN;
  return (
    <li class={`row-${look}`}>
      <span class="event-kind" title={profile}>
        {title}{" "}
        <span class="fact-note">
          at most <Exact text={about(BigInt(limit_ns))} exact={exactNs(limit_ns)} />
        </span>
      </span>
      <span class="verdict">
        <Mark look={look} />
        <span class="status-word">{word}</span>
      </span>
      <span class="muted">{source}</span>
    </li>
  );
}

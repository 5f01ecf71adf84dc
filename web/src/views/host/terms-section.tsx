import { atMost } from "@truebound/time";
import type { HostDetail } from "@truebound/wire";
import type { JSX } from "preact";
import { exactNs } from "../../format/bound.ts";
import { Exact } from "../parts/exact.tsx";
import { dominant, type Term, termsOf } from "./terms.ts";

/** What the width is made of, and which part to work on first. */
export function TermsSection({ host }: { readonly host: HostDetail }): JSX.Element | null {
  if (host.terms === null) return null;
  const terms = termsOf(host.terms);
  const most = dominant(terms);
  return (
    <section aria-labelledby="terms-title">
      <div class="section-head">
        <h2 id="terms-title">What the width is made of</h2>
        {most && (
          <p>
            Mostly <strong>{most.name}</strong>: {most.means}.
          </p>
        )}
      </div>
      <div class="terms-bar" aria-hidden="true">
        {terms.map(({ name, share }) => share > 0 && <span key={name} class={`term term-${name}`} style={{ flexGrow: String(share) }} />)}
      </div>
      <ul class="terms">
        {terms.map((term) => (
          <TermItem key={term.name} term={term} />
        ))}
      </ul>
    </section>
  );
}

const TermItem = ({ term }: { readonly term: Term }): JSX.Element => (
  <li title={term.means}>
    <span class={`swatch term-${term.name}`} aria-hidden="true" />
    <span class="term-name">{term.name}</span>
    <Exact text={atMost(term.width_ns)} exact={exactNs(term.width_ns)} />
    <span class="muted">{shareText(term.share)}</span>
  </li>
);

const shareText = (share: number): string => (share > 0 && share < 0.01 ? "< 1 %" : `${Math.round(share * 100)} %`);

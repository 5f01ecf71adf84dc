import { atMost } from "@truebound/time";
import type { HostDetail } from "@truebound/wire";
import type { JSX } from "preact";
import { exactNs } from "../../format/bound.ts";
import { ppbText, ppmText, slewBasisWords } from "../../format/rate.ts";
import { planPath } from "../../route/audit-place.ts";
import { Link } from "../../route/link.tsx";
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
      <p class="band-note">
        <Link to={planPath({ host: host.name })}>What can be proved of a limit on this host, and what would change it</Link>
      </p>
      <Suggestion calibration={host.calibration} />
      <Slew host={host} strayed_ns={BigInt(host.terms.slew_ns)} />
    </section>
  );
}

/** What a declared residual would buy; the product suggests, and an operator declares. */
const Suggestion = ({ calibration }: { readonly calibration: HostDetail["calibration"] }): JSX.Element | null =>
  calibration && (
    <p class="band-note">
      {Math.floor(calibration.minutes / 60)} hours of evidence would let you declare a residual of{" "}
      <strong>{ppbText(calibration.residual_ppb)}</strong> around this oscillator’s calibrated frequency (
      <code>calibrated_residual_ppb</code> in the host’s policy): drift would fall from {atMost(BigInt(calibration.drift_now_ns))} to{" "}
      {atMost(BigInt(calibration.drift_then_ns))}. It is one more assumption: named in every record, watched, and dropped when it breaks.
    </p>
  );

/** The width at a look is one thing; where the clock can have been between two looks is another. */
const Slew = ({ host, strayed_ns }: { readonly host: HostDetail; readonly strayed_ns: bigint }): JSX.Element | null =>
  strayed_ns === 0n ? null : (
    <p class="band-note">
      That is the width when the clock is looked at. Between two looks it can have been slewed by up to{" "}
      <Exact text={atMost(strayed_ns)} exact={exactNs(strayed_ns)} /> more
      {host.assumptions && `: ${slewBasisWords(host.assumptions.slew_basis)} allows ${ppmText(host.assumptions.slew_ppm)}`}.
    </p>
  );

const TermItem = ({ term }: { readonly term: Term }): JSX.Element => (
  <li title={term.means}>
    <span class={`swatch term-${term.name}`} aria-hidden="true" />
    <span class="term-name">{term.name}</span>
    <Exact text={atMost(term.width_ns)} exact={exactNs(term.width_ns)} />
    <span class="muted">{shareText(term.share)}</span>
  </li>
);

const shareText = (share: number): string => (share > 0 && share < 0.01 ? "< 1 %" : `${Math.round(share * 100)} %`);

import type { ReportItem, ReportSignoff } from "@truebound/wire";
import type { JSX } from "preact";
import { Instant } from "../parts/exact.tsx";

const ACTS: Readonly<Record<ReportSignoff["act"], string>> = { sign: "Signed", countersign: "Countersigned" };

/** Who vouches for the report, as it stands now. */
export const SignoffSection = ({ report: { id, signoffs } }: { readonly report: ReportItem }): JSX.Element => (
  <section aria-labelledby="signoff-title">
    <div class="section-head">
      <h2 id="signoff-title">Sign-off</h2>
      <p>{nextStep(signoffs)}</p>
    </div>
    <dl class="report-facts">
      {signoffs.map(({ act, name, role, signed_at }) => (
        <>
          <dt>{ACTS[act]}</dt>
          <dd>
            {name}, {role}, <Instant at={signed_at} />
          </dd>
        </>
      ))}
      <dt>To sign it</dt>
      <dd>
        <code>
          truebound report {signoffs.length === 0 ? "sign" : "countersign"} {id} --as NAME --role ROLE --key FILE
        </code>
      </dd>
    </dl>
  </section>
);

function nextStep(signoffs: readonly ReportSignoff[]): string {
  if (signoffs.length === 0) return "Nobody has signed it yet.";
  return signoffs.some(({ act }) => act === "countersign") ? "Signed, and countersigned by somebody else." : "Not countersigned yet.";
}

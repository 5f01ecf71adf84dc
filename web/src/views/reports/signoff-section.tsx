import type { ReportItem, ReportSignoff } from "@truebound/wire";
import type { JSX } from "preact";
import { Instant } from "../parts/exact.tsx";

const ACTS: Readonly<Record<ReportSignoff["act"], string>> = { sign: "Signed", countersign: "Countersigned" };

/** Who vouches for the report, as it stands now. */
export const SignoffSection = ({ report: { id, place, signoffs } }: { readonly report: ReportItem }): JSX.Element => (
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
      <ToDo id={id} place={place} signoffs={signoffs} />
    </dl>
  </section>
);

const has = (signoffs: readonly ReportSignoff[], act: ReportSignoff["act"]): boolean => signoffs.some((one) => one.act === act);

/** What is still to be done by hand; once two have signed there is nothing but to check it. */
const ToDo = ({ id, place, signoffs }: Pick<ReportItem, "id" | "place" | "signoffs">): JSX.Element =>
  has(signoffs, "countersign") ? (
    <>
      <dt>To check both</dt>
      <dd>
        <code>truebound report verify {place} --countersigned</code>
      </dd>
    </>
  ) : (
    <>
      <dt>{has(signoffs, "sign") ? "To countersign it" : "To sign it"}</dt>
      <dd>
        <code>
          truebound report {has(signoffs, "sign") ? "countersign" : "sign"} {id} --as NAME --role ROLE --key FILE
        </code>
      </dd>
    </>
  );

function nextStep(signoffs: readonly ReportSignoff[]): string {
  if (signoffs.length === 0) return "Nobody has signed it yet.";
  return has(signoffs, "countersign") ? "Signed, and countersigned by somebody else." : "Not countersigned yet.";
}

import type { Alert, IncidentDetail } from "@truebound/wire";
import type { JSX } from "preact";
import { LimitPicture } from "../../../charts/limit-picture.tsx";
import { exactBound } from "../../../format/bound.ts";
import { certaintyLook } from "../../../format/certainty.ts";
import { dominantWords } from "../../../format/dominant-words.ts";
import { claimWords, limitText } from "../../../format/limit-words.ts";
import { offsetWords } from "../../../format/offset-words.ts";
import { Exact } from "../../parts/exact.tsx";
import { axisOf, ongoingFirst } from "./members.ts";

/** What is known of the clock that is worst off, against its limit. */
export function KnownSection({ incident }: { readonly incident: IncidentDetail }): JSX.Element | null {
  const worst = ongoingFirst(incident.members)[0];
  if (worst === undefined) return null;
  return (
    <section aria-labelledby="known-title">
      <div class="section-head">
        <h2 id="known-title">What is known</h2>
        <p>{ofWhom(worst, incident)}</p>
      </div>
      <div class="known">
        <p class="known-words">{worst.words}</p>
        {worst.guaranteed !== null && (
          <LimitPicture
            axis={axisOf([worst])}
            bound={worst.guaranteed}
            limit_ns={worst.limit_ns}
            look={certaintyLook(worst.certainty).look}
          />
        )}
        {worst.guaranteed === null && worst.host !== null && <NoBound />}
        <KnownFacts alert={worst} />
      </div>
    </section>
  );
}

function ofWhom({ host, source }: Alert, { members, more }: IncidentDetail): string {
  const whom = [host === null ? null : `host ${host.name}`, source === null ? null : `source ${source}`].filter((name) => name !== null);
  const count = members.length + more;
  const who = whom.length === 0 ? "of no single host" : `of ${whom.join(", ")}`;
  return count === 1 ? who : `${who}, the worst of ${count}`;
}

const NoBound = (): JSX.Element => (
  <p class="no-bound">
    <span>no bound: nothing is known of this clock</span>
  </p>
);

function KnownFacts({ alert }: { readonly alert: Alert }): JSX.Element | null {
  const { guaranteed, limit_ns, dominant, certainty, evidence } = alert;
  const { words, means } = certaintyLook(certainty);
  return (
    <dl class="facts facts-known">
      {guaranteed !== null && (
        <div class="fact">
          <dt>Guaranteed bound</dt>
          <dd>
            <Exact text={offsetWords(guaranteed)} exact={exactBound(guaranteed)} />
          </dd>
        </div>
      )}
      {limit_ns !== null && (
        <div class="fact">
          <dt>Limit on the worst error</dt>
          <dd>
            {limitText(limit_ns)}
            {guaranteed !== null && <span class="fact-note">{claimWords(guaranteed, limit_ns, certainty)}</span>}
          </dd>
        </div>
      )}
      <div class="fact">
        <dt>Certainty</dt>
        <dd>
          {words}
          <span class="fact-note">{means}</span>
        </dd>
      </div>
      <div class="fact">
        <dt>Dominant cause</dt>
        <dd>
          <Dominant dominant={dominant} />
        </dd>
      </div>
      {evidence !== null && (
        <div class="fact">
          <dt>Evidence</dt>
          <dd>
            {evidence.epoch}.{evidence.seq}
            <span class="fact-note">the report that showed it: epoch and number</span>
          </dd>
        </div>
      )}
    </dl>
  );
}

const Dominant = ({ dominant }: Pick<Alert, "dominant">): JSX.Element => {
  const [name, means] = dominantWords(dominant) ?? [];
  if (name === undefined) return <span class="muted">not known</span>;
  return (
    <>
      {name}
      <span class="fact-note">{means}</span>
    </>
  );
};

import { parseUtc } from "@truebound/time";
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { type IntervalOf, type IntervalWish, loadInterval } from "../../../api/question-requests.ts";
import { useServices } from "../../../api/services.ts";
import { useOnce } from "../../../api/use-once.ts";
import { InstantsPicture, type InstantsRow } from "../../../charts/instants-picture.tsx";
import { boundText, exactBound } from "../../../format/bound.ts";
import { codeWords } from "../../../format/code-words.ts";
import { utcExact } from "../../../format/instant.ts";
import { readAsWords, readTyped, timeProblem } from "../../../format/stamp-text.ts";
import { lookOf } from "../../../format/status-look.ts";
import { Link } from "../../../route/link.tsx";
import { hostPath } from "../../../route/place.ts";
import { TextField } from "../../admin/text-field.tsx";
import { AnswerFrame, Simulated, Verdict } from "./answer-frame.tsx";
import { Basis } from "./basis.tsx";
import { QuestionForm } from "./question-form.tsx";
import { ScopeField } from "./scope-field.tsx";

/** What a host's clock showed at an instant of UTC. */
export function TimeQuestion({ search }: { readonly search: string }): JSX.Element {
  const query = new URLSearchParams(search);
  const [askedHost, askedAt] = [query.get("host") ?? "", query.get("at") ?? ""];
  const [host, setHost] = useState(askedHost);
  const [at, setAt] = useState(askedAt);
  const [scope, setScope] = useState(query.get("at-of") ?? "");
  const wish = () => {
    if (host === "") return "Say which host's clock is meant: its name or id";
    return (
      timeProblem("the instant", at) ??
      (/^-?\d+$/.test(at.trim())
        ? "Write the instant as 2026-11-26T13:05:09Z: it is UTC, no count"
        : { host, at: readTyped(at)?.text ?? at, "at-of": scope === "" ? null : scope })
    );
  };
  return (
    <QuestionForm
      id="time"
      title="What time was it?"
      says="At an instant of UTC: by how much a host's clock was off, and what it showed."
      wish={wish}
      answer={askedHost !== "" && askedAt !== "" && <Time host={askedHost} at={askedAt} scope={query.get("at-of") ?? ""} />}
    >
      <TextField label="Host" hint="name or id" value={host} onSay={(text) => setHost(text.trim())} />
      <TextField label="At, UTC" hint="2026-11-26T13:05:09.007123456Z" value={at} note={readAsWords(at)} onSay={setAt} />
      <ScopeField label="Its scope; none = the clock alone" value={scope} onSay={setScope} />
    </QuestionForm>
  );
}

function Time(wish: IntervalWish): JSX.Element {
  const { clock } = useServices();
  const once = useOnce<IntervalOf>(JSON.stringify(wish), (signal) => loadInterval(wish, clock, signal));
  return <AnswerFrame once={once}>{(answer) => <Answered answer={answer} />}</AnswerFrame>;
}

function Answered({ answer: { name, interval } }: { readonly answer: IntervalOf }): JSX.Element {
  const { guaranteed, status, reason, records, assumptions, app_error_ns, simulated, host } = interval;
  return (
    <>
      <Verdict look={lookOf({ status, liveness: "reporting", guaranteed })}>
        {guaranteed === null ? (
          `Unknown: nothing proves what ${name} showed then (${codeWords(reason ?? status)})`
        ) : (
          <span title={exactBound(guaranteed)}>
            {name} was off by {boundText(guaranteed)}, guaranteed: {codeWords(status)}
          </span>
        )}
      </Verdict>
      <p class="muted">
        Positive = behind UTC. {guaranteed !== null && <>Exactly {exactBound(guaranteed)}, at </>}
        <code>{utcExact(interval.at)}</code>. {reason !== null && guaranteed !== null && `${codeWords(reason)}. `}
        <Link to={hostPath(host)}>The host as it is now</Link>
      </p>
      <InstantsPicture rows={rowsOf(interval)} />
      <Simulated isSimulated={simulated} />
      <Basis host={name} records={records} assumptions={assumptions} app_error_ns={app_error_ns} />
    </>
  );
}

/** UTC itself, and what the clock showed: on one axis they show which way it was off. */
function rowsOf({ at, earliest, latest, status, reason, guaranteed }: IntervalOf["interval"]): InstantsRow[] {
  const [utc, from, to] = [at, earliest ?? "", latest ?? ""].map(parseUtc);
  const clock: InstantsRow = {
    name: "Its clock showed",
    look: lookOf({ status, liveness: "reporting", guaranteed }),
    stretches: from == null || to == null ? [] : [{ from, to }],
    none: `not known: ${codeWords(reason ?? status)}`,
  };
  return utc == null || clock.stretches.length === 0
    ? [clock]
    : [{ name: "UTC was", look: "proven", stretches: [{ from: utc, to: utc }], none: "" }, clock];
}

import { parseUtc } from "@truebound/time";
import type { OrderAnswer, StampInterval } from "@truebound/wire";
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { loadOrder, type OrderWish } from "../../../api/question-requests.ts";
import { useServices } from "../../../api/services.ts";
import { useOnce } from "../../../api/use-once.ts";
import type { Stretch } from "../../../charts/instants-layout.ts";
import { InstantsPicture, type InstantsRow } from "../../../charts/instants-picture.tsx";
import { atLeast, exactNs } from "../../../format/bound.ts";
import { codeWords } from "../../../format/code-words.ts";
import { readAsWords, stampParts, stampProblem, stampText } from "../../../format/stamp-text.ts";
import type { Look } from "../../../format/status-look.ts";
import { TextField } from "../../admin/text-field.tsx";
import { AnswerFrame, Simulated, Verdict } from "./answer-frame.tsx";
import { Basis } from "./basis.tsx";
import { QuestionForm } from "./question-form.tsx";
import { ScopeField } from "./scope-field.tsx";

const TIME_HINT = "2026-11-26T13:05:09.007123456Z";

/** Which of two events came first, by what the clocks of their hosts showed. */
export function OrderQuestion({ search }: { readonly search: string }): JSX.Element {
  const query = new URLSearchParams(search);
  const [a, b] = [query.get("a") ?? "", query.get("b") ?? ""];
  const [one, setOne] = useState(stampParts(a));
  const [other, setOther] = useState(stampParts(b));
  const [scope, setScope] = useState(query.get("of") ?? "");
  const wish = () =>
    stampProblem("event A", one.host, one.time) ??
    stampProblem("event B", other.host, other.time) ?? {
      a: stampText(one.host, one.time),
      b: stampText(other.host, other.time),
      of: scope === "" ? null : scope,
    };
  return (
    <QuestionForm
      id="order"
      title="Which came first?"
      says="Two events, each with the time that its own host's clock showed. One came first only where no error of the clocks could have turned them round. A time without a zone is taken as UTC."
      wish={wish}
      answer={a !== "" && b !== "" && <Order a={a} b={b} scope={query.get("of") ?? ""} />}
    >
      <StampFields name="A" parts={one} onSay={setOne} />
      <StampFields name="B" parts={other} onSay={setOther} />
      <ScopeField label="Scope of both; none = the clocks alone" value={scope} onSay={setScope} />
    </QuestionForm>
  );
}

type Parts = ReturnType<typeof stampParts>;
interface StampFieldsProps {
  readonly name: string;
  readonly parts: Parts;
  readonly onSay: (parts: Parts) => void;
}

const StampFields = ({ name, parts, onSay }: StampFieldsProps): JSX.Element => (
  <fieldset class="stamp-fields">
    <legend>Event {name}</legend>
    <TextField label={`Host of ${name}`} hint="name or id" value={parts.host} onSay={(host) => onSay({ ...parts, host: host.trim() })} />
    <TextField
      label={`Its own time of ${name}`}
      hint={TIME_HINT}
      value={parts.time}
      note={readAsWords(parts.time)}
      onSay={(time) => onSay({ ...parts, time })}
    />
  </fieldset>
);

function Order(wish: OrderWish): JSX.Element {
  const { clock } = useServices();
  const once = useOnce<OrderAnswer>(JSON.stringify(wish), (signal) => loadOrder(wish, clock, signal));
  return <AnswerFrame once={once}>{(answer) => <Answered answer={answer} />}</AnswerFrame>;
}

const LOOKS: Readonly<Record<string, Look>> = { before: "proven", after: "proven", undecidable: "unverified" };

const Answered = ({ answer }: { readonly answer: OrderAnswer }): JSX.Element => (
  <>
    <Verdict look={LOOKS[answer.result] ?? "unknown"}>{orderWords(answer)}</Verdict>
    {answer.margin_ns !== null && <p class="muted">Between the two lie at least {exactNs(answer.margin_ns).replace("+", "")}.</p>}
    <InstantsPicture rows={[rowOf("A", answer.a), rowOf("B", answer.b)]} />
    <Simulated isSimulated={answer.a.simulated || answer.b.simulated} />
    <StampBasis stamp={answer.a} />
    <StampBasis stamp={answer.b} />
  </>
);

export function orderWords({ result, margin_ns, a, b }: OrderAnswer): string {
  const [nameA, nameB] = [`A, on ${a.name},`, `B, on ${b.name},`];
  const by = margin_ns === null ? "" : `, by at least ${atLeast(BigInt(margin_ns))}`;
  if (result === "before") return `${nameA} came before B${by}`;
  if (result === "after") return `${nameB} came before A${by}`;
  if (result === "undecidable") return "Undecidable: either may have come first, since the two intervals overlap";
  return `Unknown: ${[whyUnknown("A", a), whyUnknown("B", b)].filter((why) => why !== null).join("; ") || "the server does not say why"}`;
}

const whyUnknown = (name: string, { status, reason }: StampInterval): string | null =>
  status === "unknown" ? `nothing proves when ${name} was stamped (${codeWords(reason ?? "no evidence")})` : null;

const rowOf = (name: string, stamp: StampInterval): InstantsRow => ({
  name: `${name}: ${stamp.name}`,
  look: stamp.status === "unknown" ? "unknown" : "proven",
  stretches: stamp.places.map(stretchOf).filter((one) => one !== null),
  none: `not known: ${codeWords(stamp.reason ?? "no evidence")}`,
});

function stretchOf({ earliest, latest }: StampInterval["places"][number]): Stretch | null {
  const [from, to] = [parseUtc(earliest), parseUtc(latest)];
  return from === null || to === null ? null : { from, to };
}

const StampBasis = ({ stamp: { name, evidence, assumptions, assumes, app_error_ns } }: { readonly stamp: StampInterval }): JSX.Element => (
  <Basis host={name} records={evidence} assumptions={assumptions} assumes={assumes} app_error_ns={app_error_ns} />
);

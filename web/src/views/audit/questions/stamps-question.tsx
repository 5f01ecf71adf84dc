import type { StampAnswer } from "@truebound/wire";
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { loadStamps, type StampsWish } from "../../../api/question-requests.ts";
import { useServices } from "../../../api/services.ts";
import { useOnce } from "../../../api/use-once.ts";
import { Choice, TextField } from "../../admin/text-field.tsx";
import { AnswerFrame } from "./answer-frame.tsx";
import { QuestionForm } from "./question-form.tsx";
import { StampsAnswered } from "./stamps-answered.tsx";
import { SAID_AS, stampsProblem } from "./stamps-wish.ts";

/** An address that is longer is cut by programs on its way. */
const LONGEST_IN_ADDRESS = 1500;
const BYS = [
  ["limit", "a limit, such as 100us"],
  ["profile", "a profile against UTC, by its id"],
  ["scope", "a scope, by its name"],
] as const;

const wishOf = (search: string): StampsWish | null => {
  const query = new URLSearchParams(search);
  const csv = query.get("stamps");
  const by = BYS.map(([one]) => one).find((one) => query.get(one) !== null);
  return csv === null || by === undefined ? null : { csv, by, value: query.get(by) ?? "" };
};

/** Whether clocks were within a limit when they showed certain stamps. */
export function StampsQuestion({ search }: { readonly search: string }): JSX.Element {
  const shared = wishOf(search);
  const [csv, setCsv] = useState(shared?.csv ?? "");
  const [by, setBy] = useState<StampsWish["by"]>(shared?.by ?? "limit");
  const [value, setValue] = useState(shared?.value ?? "");
  const [unshared, setUnshared] = useState<StampsWish | null>(null);
  const isLong = csv.length > LONGEST_IN_ADDRESS;
  const wish = () => {
    const problem = stampsProblem({ csv, by, value });
    if (problem !== null) return problem;
    return { stamps: isLong ? null : csv, limit: null, profile: null, scope: null, [by]: value };
  };
  const asked = unshared ?? shared;
  return (
    <QuestionForm
      id="stamps"
      title="Was this stamp within the limit?"
      says="One stamp, or many: HOST,TIME in each line, and after another comma whatever you know it by. The time is what the host's own clock showed."
      wish={wish}
      onAsk={() => setUnshared(isLong ? { csv, by, value } : null)}
      answer={asked !== null && <Stamps wish={asked} />}
    >
      <label class="field stamps-text">
        <span>Stamps, one in each line</span>
        <textarea
          rows={4}
          spellcheck={false}
          placeholder="match-01,2026-11-26T13:05:09.007123456Z,order-17"
          value={csv}
          onInput={(event) => setCsv(event.currentTarget.value)}
        />
        {isLong && <span>So many lines are not in the address: a copied link does not ask them again.</span>}
      </label>
      <Choice label="Held against" value={by} choices={BYS} onChoose={setBy} />
      <TextField label={SAID_AS[by].label} hint={SAID_AS[by].hint} value={value} onSay={(text) => setValue(text.trim())} />
    </QuestionForm>
  );
}

function Stamps({ wish }: { readonly wish: StampsWish }): JSX.Element {
  const { clock } = useServices();
  const once = useOnce<StampAnswer>(JSON.stringify(wish), (signal) => loadStamps(wish, clock, signal));
  return <AnswerFrame once={once}>{(answer) => <StampsAnswered answer={answer} />}</AnswerFrame>;
}

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { StampsWish } from "../../../api/question-requests.ts";
import { useStampFile } from "../../../api/use-stamp-file.ts";
import { countWords } from "../../../format/count-words.ts";
import { Choice, TextField } from "../../admin/text-field.tsx";
import { NoAnswer } from "./answer-frame.tsx";
import { QuestionForm } from "./question-form.tsx";
import { ScopeField } from "./scope-field.tsx";
import { StampsAnswered } from "./stamps-answered.tsx";
import { type GivenFile, StampsText } from "./stamps-text.tsx";
import { SAID_AS, stampsProblem } from "./stamps-wish.ts";
import { assumedWords, readStampLines } from "./typed-stamps.ts";

/** An address that is longer is cut by programs on its way. */
const LONGEST_IN_ADDRESS = 1500;
const BYS = [
  ["limit", "a limit"],
  ["profile", "a profile, by its id"],
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
  const [file, setFile] = useState<GivenFile | null>(null);
  const typed = readStampLines(csv);
  const given = file?.text ?? typed.csv;
  const isLong = given.length > LONGEST_IN_ADDRESS || file !== null;
  const typedWish: StampsWish = { csv: given, by, value: value.trim() };
  const wish = () =>
    stampsProblem(typedWish) ?? { stamps: isLong ? null : given, limit: null, profile: null, scope: null, [by]: typedWish.value };
  const asked = unshared ?? shared;
  return (
    <QuestionForm
      id="stamps"
      title="Was this stamp within the limit?"
      says="One stamp, or many: HOST,TIME in each line, and after another comma whatever you know it by. The time is what the host's own clock showed."
      wish={wish}
      onAsk={() => setUnshared(isLong ? typedWish : null)}
      answer={asked !== null && <Stamps wish={asked} />}
    >
      <StampsText
        csv={csv}
        onSay={setCsv}
        file={file}
        onFile={setFile}
        notes={[assumedWords(typed), isLong ? "So many lines are not in the address: a copied link does not ask them again." : null]}
      />
      <Choice label="Held against" value={by} choices={BYS} onChoose={setBy} />
      {by === "scope" ? (
        <ScopeField label={SAID_AS.scope.label} value={value} onSay={setValue} />
      ) : (
        <TextField label={SAID_AS[by].label} hint={SAID_AS[by].hint} value={value} onSay={setValue} />
      )}
    </QuestionForm>
  );
}

/** A file comes in pieces; what was answered is shown whatever becomes of the rest. */
function Stamps({ wish }: { readonly wish: StampsWish }): JSX.Element {
  const { answer, done, of, state, pause_s, failure, stop, again } = useStampFile(wish);
  const isGoingOn = state === "asking" || state === "waiting";
  return (
    <div class="question-answer" role="status" aria-busy={isGoingOn}>
      {isGoingOn && (
        <p class="stamps-progress">
          <progress value={done} max={Math.max(1, of)} aria-label="Lines that are answered" />
          <span>
            {done} of {countWords(of, "line")} answered
            {state === "waiting" && `; the server answers other files now, and is asked again after ${pause_s} s`}
          </span>
          <button type="button" onClick={stop}>
            Stop
          </button>
        </p>
      )}
      {failure !== null && (
        <NoAnswer failure={failure} of={done === 0 ? "No answer" : `Only the first ${countWords(done, "line")} of ${of} were answered`} />
      )}
      {state === "stopped" && (
        <p class="inline-trouble">
          Stopped: {done} of {countWords(of, "line")} were answered.
        </p>
      )}
      {(state === "stopped" || state === "failed") && (
        <p>
          <button type="button" onClick={again}>
            Ask all of it again
          </button>
        </p>
      )}
      {!isGoingOn && answer !== null && <StampsAnswered answer={answer} />}
    </div>
  );
}

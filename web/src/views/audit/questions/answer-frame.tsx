import type { ComponentChildren, JSX } from "preact";
import type { Once } from "../../../api/use-once.ts";
import { refusedWords } from "../../../format/refused-words.ts";
import type { Look } from "../../../format/status-look.ts";
import { Mark } from "../../parts/mark.tsx";

interface AnswerFrameProps<T> {
  readonly once: Once<T>;
  readonly children: (value: T) => ComponentChildren;
}

/** Under its question: that it is asked, why there is no answer, or the answer. */
export const AnswerFrame = <T,>({ once, children }: AnswerFrameProps<T>): JSX.Element => (
  <div class="question-answer" role="status" aria-busy={once.kind === "asking"}>
    {once.kind === "asking" && <p class="none">Asking the server…</p>}
    {once.kind === "failed" && <p class="inline-trouble">No answer. {refusedWords(once.failure).replace(/ Whether it was done.*$/, "")}</p>}
    {once.kind === "answered" && children(once.value)}
  </div>
);

/** The answer in one sentence. */
export const Verdict = ({ look, children }: { readonly look: Look; readonly children: ComponentChildren }): JSX.Element => (
  <p class={`question-verdict row-${look}`}>
    <Mark look={look} />
    <strong>{children}</strong>
  </p>
);

/** What nobody may read an answer without. */
export const Simulated = ({ isSimulated }: { readonly isSimulated: boolean }): JSX.Element | null =>
  isSimulated ? <p class="admin-note">Simulated clocks made what this rests on. It is evidence of nothing.</p> : null;

import type { ComponentChildren, JSX } from "preact";
import type { Failure } from "../../../api/answer.ts";
import type { Once } from "../../../api/use-once.ts";
import { questionTrouble } from "../../../format/question-trouble.ts";
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
    {once.kind === "failed" && <NoAnswer failure={once.failure} />}
    {once.kind === "answered" && children(once.value)}
  </div>
);

interface NoAnswerProps {
  readonly failure: Failure;
  /** What there is none of. */
  readonly of?: string;
}

/** What is wrong, and how to mend it. */
export function NoAnswer({ failure, of = "No answer" }: NoAnswerProps): JSX.Element {
  const { wrong, mend } = questionTrouble(failure);
  return (
    <p class="inline-trouble">
      <strong>{of}.</strong> {wrong} <span class="muted">{mend}</span>
    </p>
  );
}

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

import type { ComponentChildren, JSX } from "preact";
import { useState } from "preact/hooks";
import type { Answer } from "../../api/answer.ts";
import { Outcome } from "../parts/outcome.tsx";
import { useSubmit } from "../parts/use-submit.ts";

interface MakeFormProps<T> {
  readonly title: string;
  readonly verb: string;
  /** What to send, or what is wrong with what was typed. */
  readonly wish: () => (() => Promise<Answer<T>>) | string;
  readonly onMade: (made: T) => void;
  /** What is said once it is done; absent = just that. */
  readonly said?: (made: T) => string;
  readonly children: ComponentChildren;
}

export function MakeForm<T>({ title, verb, wish, onMade, said = () => "Done", children }: MakeFormProps<T>): JSX.Element {
  const { state, submit } = useSubmit<T>(onMade);
  const [problem, setProblem] = useState<string | null>(null);
  const press = (event: SubmitEvent): void => {
    event.preventDefault();
    const send = wish();
    setProblem(typeof send === "string" ? send : null);
    if (typeof send !== "string") submit(send);
  };
  return (
    <form class="action make" aria-label={title} aria-busy={state.kind === "sending"} onSubmit={press}>
      <h2>{title}</h2>
      <div class="make-fields">{children}</div>
      <p class="action-end">
        <button type="submit" disabled={state.kind === "sending"}>
          {state.kind === "sending" ? "Sending…" : verb}
        </button>
        {problem === null ? (
          <Outcome state={state} done={said} />
        ) : (
          <span class="outcome outcome-failed" role="alert">
            {problem}
          </span>
        )}
      </p>
    </form>
  );
}

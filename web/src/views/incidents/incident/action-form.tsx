import type { ComponentChildren, JSX } from "preact";
import { useState } from "preact/hooks";
import type { Answer } from "../../../api/answer.ts";
import { Outcome } from "../../parts/outcome.tsx";
import { useSubmit } from "../../parts/use-submit.ts";

interface ActionFormProps<T> {
  readonly title: string;
  /** On the button. */
  readonly verb: string;
  /** What is said when it is done. */
  readonly done: (value: T) => string;
  readonly who: string;
  readonly send: (who: string) => Promise<Answer<T>>;
  readonly onDone: () => void;
  /** Beside two others. */
  readonly isLong?: boolean;
  readonly children?: ComponentChildren;
}

/** A form that signs with a name. It sends once for each press, and says beside itself what became of it. */
export function ActionForm<T>({ title, verb, done, who, send, onDone, isLong = false, children }: ActionFormProps<T>): JSX.Element {
  const { state, submit } = useSubmit<T>(onDone);
  const [isNameless, setNameless] = useState(false);
  const isSending = state.kind === "sending";
  const press = (event: SubmitEvent): void => {
    event.preventDefault();
    const name = who.trim();
    setNameless(name === "");
    if (name === "") document.getElementById("who")?.focus();
    else submit(() => send(name));
  };
  return (
    <form class={`action${isLong ? " action-long" : ""}`} aria-label={title} aria-busy={isSending} onSubmit={press}>
      <h3>{title}</h3>
      {children}
      <p class="action-end">
        <button type="submit" disabled={isSending}>
          {isSending ? "Sending…" : verb}
        </button>
        {isNameless && who.trim() === "" ? (
          <span class="outcome outcome-failed" role="alert">
            Say who you are first
          </span>
        ) : (
          <Outcome state={state} done={done} />
        )}
      </p>
    </form>
  );
}

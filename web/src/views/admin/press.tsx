import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Answer } from "../../api/answer.ts";
import { Outcome } from "../parts/outcome.tsx";
import { useSubmit } from "../parts/use-submit.ts";

interface PressProps<T> {
  readonly verb: string;
  /** Of what; part of the button's name. */
  readonly what: string;
  readonly send: () => Promise<Answer<T>>;
  readonly done: (value: T) => string;
  readonly onDone: (value: T) => void;
  /** What will happen and whether it can be undone, said before it is done. */
  readonly warning?: string;
}

/** A change by one press, or by two where it says first what it will do. */
export function Press<T>({ verb, what, send, done, onDone, warning }: PressProps<T>): JSX.Element {
  const { state, submit } = useSubmit<T>(onDone);
  const [isAsking, setAsking] = useState(false);
  const press = (): void => {
    setAsking(false);
    submit(send);
  };
  if (isAsking && warning !== undefined)
    return <Confirm verb={verb} what={what} warning={warning} onYes={press} onNo={() => setAsking(false)} />;
  return (
    <span class="press">
      <button
        type="button"
        disabled={state.kind === "sending"}
        aria-label={`${verb} ${what}`}
        onClick={warning === undefined ? press : () => setAsking(true)}
      >
        {state.kind === "sending" ? "Sending…" : `${verb}${warning === undefined ? "" : "…"}`}
      </button>
      <Outcome state={state} done={done} />
    </span>
  );
}

interface ConfirmProps {
  readonly verb: string;
  readonly what: string;
  readonly warning: string;
  readonly onYes: () => void;
  readonly onNo: () => void;
}

/** The way back has the focus: Enter pressed once too often undoes nothing. */
function Confirm({ verb, what, warning, onYes, onNo }: ConfirmProps): JSX.Element {
  const back = useRef<HTMLButtonElement>(null);
  useEffect(() => back.current?.focus(), []);
  return (
    <fieldset class="confirm" aria-label={`${verb} ${what}?`} onKeyDown={(event) => event.key === "Escape" && onNo()}>
      <p>{warning}</p>
      <button type="button" class="confirm-yes" onClick={onYes}>
        {verb} {what}
      </button>
      <button type="button" ref={back} onClick={onNo}>
        Leave it
      </button>
    </fieldset>
  );
}

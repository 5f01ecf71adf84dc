import { useRef, useState } from "preact/hooks";
import type { Answer, Failure } from "../../api/answer.ts";

/** What became of something that was sent. */
export type Submission<T> =
  | { readonly kind: "idle" }
  | { readonly kind: "sending" }
  | { readonly kind: "done"; readonly value: T }
  | { readonly kind: "failed"; readonly failure: Failure };

export interface Submit<T> {
  readonly state: Submission<T>;
  /** Does nothing while an earlier one is under way: a second press before the page is drawn again sends nothing twice. */
  readonly submit: (send: () => Promise<Answer<T>>) => void;
}

export function useSubmit<T>(onDone: (value: T) => void = () => {}): Submit<T> {
  const [state, setState] = useState<Submission<T>>({ kind: "idle" });
  const isBusy = useRef(false);
  const run = async (send: () => Promise<Answer<T>>): Promise<void> => {
    setState({ kind: "sending" });
    const answer = await send();
    isBusy.current = false;
    setState(answer.ok ? { kind: "done", value: answer.value } : { kind: "failed", failure: answer.failure });
    if (answer.ok) onDone(answer.value);
  };
  const submit = (send: () => Promise<Answer<T>>): void => {
    if (isBusy.current) return;
    isBusy.current = true;
    void run(send);
  };
  return { state, submit };
}

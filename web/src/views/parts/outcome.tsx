import type { JSX } from "preact";
import { refusedWords } from "../../format/refused-words.ts";
import type { Submission } from "./use-submit.ts";

interface OutcomeProps<T> {
  readonly state: Submission<T>;
  readonly done: (value: T) => string;
}

/** What became of a press, beside it: done, or why not in the server's words. */
export const Outcome = <T,>({ state, done }: OutcomeProps<T>): JSX.Element => (
  <span class="outcome" role="status">
    {state.kind === "done" && <span class="outcome-done">{done(state.value)}</span>}
    {state.kind === "failed" && <span class="outcome-failed">{refusedWords(state.failure)}</span>}
  </span>
);

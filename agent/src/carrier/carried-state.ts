import { Problem, ReceivedReceipt, validator } from "@truebound/wire";
import type { Wanted } from "../report/course.ts";
import type { HttpAnswer } from "../report/ports.ts";

/** What a host without a road remembers of its files. Commands write it; the agent that runs reads it. */
export interface CarriedState {
  readonly version: 1;
  /** Number of the latest export; 0 = there was none. */
  readonly exported: number;
  /** Number of the latest export that was answered; 0 = none was. */
  readonly answered: number;
  /** What the server said to that. */
  readonly heard: readonly Extract<HttpAnswer, { readonly kind: "answer" }>[];
}

export const NOTHING_CARRIED: CarriedState = { version: 1, exported: 0, answered: 0, heard: [] };

const isReceipt = validator(ReceivedReceipt);
const isProblem = validator(Problem);

/** What the server wants next, by what it said last that names it; null = it has said nothing yet. */
export function wantedNext({ heard }: Pick<CarriedState, "heard">): Wanted | null {
  for (const { body } of [...heard].reverse()) {
    if (isReceipt.accepts(body)) return wantedBy(body);
    if (!isProblem.accepts(body)) continue;
    const { expected_epoch: epoch, expected_seq: seq, chain_head: head = null } = body;
    if (epoch !== undefined && seq !== undefined) return { epoch, seq, head };
  }
  return null;
}

/** Its chain ends in the batch that it states, where it names no other. A server of before names none. */
function wantedBy({ epoch, seq, expected_seq: next, chain_head: head, statement: { hash } }: ReceivedReceipt): Wanted {
  return { epoch, seq: next, head: head ?? (next === seq + 1 ? { epoch, seq, hash } : null) };
}

/** Null = it may be taken up; else why not. The same answers may come twice; older ones never undo what later ones said. */
export function whyNotHeard(state: CarriedState, count: number): string | null {
  return count < state.answered
    ? `they answer export ${count}, and export ${state.answered} of this host was answered already: these are old`
    : null;
}

import type { Failure } from "../api/answer.ts";
import { causeOf } from "./failure-words.ts";

/** Why a question has no answer. */
export interface QuestionTrouble {
  /** What is wrong, and with which part of the question. */
  readonly wrong: string;
  /** What to do about it. */
  readonly mend: string;
}

const BUSY = 429;
const MENDS: Readonly<Record<number, string>> = {
  400: "Change that above, and ask again.",
  401: "Sign in again, then ask.",
  403: "Ask somebody who administers Truebound for a role that reaches this, or ask about hosts that yours does.",
  404: "The page of the fleet lists hosts by name, the tabs of Audit profiles and scopes. Change it above, and ask again.",
  413: "Ask a part of it, or truebound stamp in a terminal.",
  [BUSY]: "Wait a little, and ask again.",
};

/** The server's own words for what is wrong; never its code alone, which tells nobody what to mend. */
export function questionTrouble(failure: Failure): QuestionTrouble {
  if (failure.kind === "unreachable")
    return failure.isTimeout
      ? { wrong: causeOf(failure), mend: "What is old lies in the archive and takes longer: ask again, or ask less at once." }
      : { wrong: causeOf(failure), mend: "Once it runs, ask again." };
  if (failure.kind === "garbled")
    return {
      wrong: `The answer cannot be read (${failure.cause}).`,
      mend: "A proxy may answer in the server's place, or another version of it.",
    };
  if (failure.status >= 500 || failure.detail === null) return { wrong: causeOf(failure), mend: mendOf(failure.status) };
  return { wrong: sentence(failure.detail), mend: mendOf(failure.status) };
}

const mendOf = (status: number): string =>
  MENDS[status] ?? (status >= 500 ? "/readyz says what the server waits for, its log says why. Ask again later." : "Ask again.");

const sentence = (text: string): string => (/[.?!]$/.test(text) ? text : `${text}.`);

import type { Failure } from "../api/answer.ts";
import { causeOf } from "./failure-words.ts";

/** Why a change was not made, in the server's words; where it did not answer, it may have been made all the same. */
export function refusedWords(failure: Failure): string {
  if (failure.kind === "refused") return failure.detail === null ? failure.title : `${failure.title}: ${failure.detail}`;
  return `${causeOf(failure)} Whether it was done is not known: look before you try again.`;
}

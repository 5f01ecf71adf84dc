import type { Answer, Failure } from "./answer.ts";

/** What a view knows: nothing yet, something (and perhaps that its renewal failed), or only that it could not be had. */
export type Loaded<T> =
  | { readonly kind: "loading" }
  | { readonly kind: "ready"; readonly value: T; readonly failure: Failure | null; readonly at_ms: number }
  | { readonly kind: "failed"; readonly failure: Failure };

/** A failed renewal keeps what was known and when it came (`at_ms`, monotonic), and says so. */
export function next<T>(before: Loaded<T>, answer: Answer<T>, now_ms: number): Loaded<T> {
  if (answer.ok) return { kind: "ready", value: answer.value, failure: null, at_ms: now_ms };
  return before.kind === "ready" ? { ...before, failure: answer.failure } : { kind: "failed", failure: answer.failure };
}

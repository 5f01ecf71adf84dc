import type { ProblemCode } from "@truebound/wire";

/** Expected trouble with a request: a named code that can be counted, and words for whoever sent it. */
export interface Refusal {
  readonly refused: ProblemCode;
  readonly detail: string;
  readonly expectedSeq?: number;
  readonly expectedEpoch?: number;
  /** Whole seconds to wait; absent = as the code's kind wants it. */
  readonly retrySeconds?: number;
  readonly errors?: readonly Fault[];
  /** Methods that the path takes, as the Allow header says them. */
  readonly allow?: string;
  /** Pins of the server's TLS keys, for an agent that is told nothing else for now. */
  readonly tlsPins?: readonly string[];
}

/** One thing wrong in a document, and where (RFC 6901). */
export interface Fault {
  readonly pointer: string;
  readonly detail: string;
}

export const refuse = (
  refused: ProblemCode,
  detail: string,
  more: Pick<Refusal, "expectedSeq" | "expectedEpoch" | "errors" | "retrySeconds" | "allow"> = {},
): Refusal => ({
  refused,
  detail,
  ...more,
});

export const isRefusal = (value: unknown): value is Refusal => typeof value === "object" && value !== null && "refused" in value;

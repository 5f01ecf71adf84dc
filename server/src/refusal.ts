import type { ChainHead, ProblemCode } from "@truebound/wire";

/** Expected trouble with a request: a named code that can be counted, and words for whoever sent it. */
export interface Refusal {
  readonly refused: ProblemCode;
  readonly detail: string;
  readonly expectedSeq?: number;
  readonly expectedEpoch?: number;
  /** null = there is nothing of the epoch that the chain is in. */
  readonly chainHead?: ChainHead | null;
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
  more: Pick<Refusal, "expectedSeq" | "expectedEpoch" | "chainHead" | "errors" | "retrySeconds" | "allow"> = {},
): Refusal => ({
  refused,
  detail,
  ...more,
});

export const isRefusal = (value: unknown): value is Refusal => typeof value === "object" && value !== null && "refused" in value;

/** By which HTTP status each is answered. */
export const PROBLEM_STATUS: Readonly<Record<ProblemCode, number>> = {
  unknown_agent: 401,
  bad_signature: 401,
  bad_token: 401,
  bad_challenge: 401,
  bad_digest: 400,
  bad_request: 400,
  revoked: 403,
  suspended: 403,
  forbidden_host: 403,
  forbidden_origin: 403,
  not_signed_in: 401,
  not_permitted: 403,
  bad_csrf: 403,
  not_found: 404,
  bad_method: 405,
  fork: 409,
  seq_gap: 409,
  read_only: 409,
  too_large: 413,
  malformed: 422,
  rate: 429,
  internal: 500,
  unavailable: 503,
};

import type { Problem } from "@truebound/wire";

/** What came of a request. Trouble is a value: each kind is shown in its own words. */
export type Failure =
  | { readonly kind: "unreachable"; readonly url: string; readonly isTimeout: boolean }
  | { readonly kind: "refused"; readonly url: string; readonly status: number; readonly title: string; readonly detail: string | null }
  | { readonly kind: "garbled"; readonly url: string; readonly cause: string };

export type Answer<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly failure: Failure };

export const failed = (failure: Failure): { readonly ok: false; readonly failure: Failure } => ({ ok: false, failure });

/** RFC 9457 where the server speaks it, else the bare status: a proxy in between may answer with anything. */
export function refusal(url: string, status: number, body: unknown): Failure {
  const problem = (typeof body === "object" && body !== null ? body : {}) as Partial<Problem>;
  return { kind: "refused", url, status, title: problem.title ?? `HTTP ${status}`, detail: problem.detail ?? null };
}

export const isNotFound = (failure: Failure): boolean => failure.kind === "refused" && failure.status === 404;

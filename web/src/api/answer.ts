import type { Problem } from "@truebound/wire";

/** What came of a request. Trouble is a value: each kind is shown in its own words. */
export type Failure =
  | { readonly kind: "unreachable"; readonly url: string; readonly isTimeout: boolean }
  | {
      readonly kind: "refused";
      readonly url: string;
      readonly status: number;
      readonly title: string;
      readonly detail: string | null;
      /** For so many seconds it asks not to be asked again. */
      readonly retryAfter_s?: number;
    }
  | { readonly kind: "garbled"; readonly url: string; readonly cause: string };

export type Answer<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly failure: Failure };

export const failed = (failure: Failure): { readonly ok: false; readonly failure: Failure } => ({ ok: false, failure });

/** RFC 9457 where the server speaks it, else the bare status: a proxy in between may answer with anything. */
export function refusal(url: string, status: number, body: unknown, retryAfter: string | null = null): Failure {
  const problem = (typeof body === "object" && body !== null ? body : {}) as Partial<Problem>;
  const told = { kind: "refused", url, status, title: problem.title ?? `HTTP ${status}`, detail: problem.detail ?? null } as const;
  return /^\d{1,6}$/.test(retryAfter ?? "") ? { ...told, retryAfter_s: Number(retryAfter) } : told;
}

export const isNotFound = (failure: Failure): boolean => failure.kind === "refused" && failure.status === 404;

import type { Problem, ProblemCode } from "@truebound/wire";
import type { ErrorRequestHandler, Response } from "express";
import type { Log } from "../../log.ts";
import { PROBLEM_STATUS, type Refusal, refuse } from "../../refusal.ts";

const RETRY_SECONDS: Partial<Record<ProblemCode, number>> = { rate: 60, unavailable: 5 };

export interface ProblemAnswer {
  readonly status: number;
  readonly headers: Record<string, string>;
  /** RFC 9457. */
  readonly text: string;
}

export function problemOf(refusal: Refusal): ProblemAnswer {
  const { refused, detail, expectedSeq, expectedEpoch, chainHead, errors, retrySeconds, allow, tlsPins } = refusal;
  const status = PROBLEM_STATUS[refused];
  const problem: Problem = {
    type: `urn:truebound:problem:${refused}`,
    title: refused.replaceAll("_", " "),
    status,
    detail,
    code: refused,
    ...(expectedSeq === undefined ? {} : { expected_seq: expectedSeq }),
    ...(expectedEpoch === undefined ? {} : { expected_epoch: expectedEpoch }),
    ...(chainHead ? { chain_head: chainHead } : {}),
    ...(errors === undefined ? {} : { errors: [...errors] }),
    ...(tlsPins === undefined ? {} : { tls_pins: [...tlsPins] }),
  };
  const retry = retrySeconds ?? RETRY_SECONDS[refused];
  const headers = {
    ...(retry === undefined ? {} : { "Retry-After": String(retry) }),
    ...(allow === undefined ? {} : { Allow: allow }),
    // What is left of a body that is too large is not read on.
    ...(refused === "too_large" ? { Connection: "close" } : {}),
  };
  return { status, headers, text: JSON.stringify(problem) };
}

export function sendProblem(res: Response, refusal: Refusal): void {
  const { status, headers, text } = problemOf(refusal);
  res.set(headers).status(status).type("application/problem+json").send(text);
}

/** Trouble that was thrown: by the body parser, by the router, by the database, or by a bug of ours. */
export function refusalOf(error: unknown, isOutage: (error: unknown) => boolean): Refusal {
  const { type, status } = asHttpError(error);
  if (type === "entity.too.large") return refuse("too_large", "The body is larger than what is taken here");
  if (type === "entity.parse.failed") return refuse("malformed", "The body is not JSON");
  if (status !== undefined && status >= 400 && status < 500) return refuse("bad_request", "The request cannot be read");
  if (isOutage(error)) return refuse("unavailable", "The database or the archive does not answer, try again");
  return refuse("internal", "Something went wrong here; the server's log says what");
}

function asHttpError(error: unknown): { readonly type?: unknown; readonly status?: number } {
  if (!(error instanceof Error)) return {};
  const status = "status" in error && typeof error.status === "number" ? error.status : undefined;
  return { ...("type" in error ? { type: error.type } : {}), ...(status === undefined ? {} : { status }) };
}

/** What an operator should know of an error that was thrown. */
export function tellOfTrouble(log: Log, { refused }: Refusal, error: unknown, what: string): void {
  if (refused === "internal") log.error(`${what} failed: ${error instanceof Error ? error.stack : String(error)}`);
  if (refused === "unavailable") log.warn(`${what} had to wait: ${error instanceof Error ? error.message : String(error)}`);
}

/** The one place where an error that a route threw becomes an answer. */
export const problemHandler =
  (log: Log, isOutage: (error: unknown) => boolean, told: (refusal: Refusal, path: string) => void): ErrorRequestHandler =>
  (error: unknown, req, res, next) => {
    const refusal = refusalOf(error, isOutage);
    tellOfTrouble(log, refusal, error, `${req.method} ${req.path}`);
    told(refusal, req.path);
    if (res.headersSent) next(error);
    else sendProblem(res, refusal);
  };

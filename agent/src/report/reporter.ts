import { type Problem, Problem as ProblemSchema, ReceivedReceipt, validator } from "@truebound/wire";
import type { Place } from "../spool/place.ts";
import type { ChainPlace } from "../spool/sealed-batch.ts";
import type { Asked } from "./asked.ts";
import type { HttpAnswer } from "./ports.ts";

/**
 * What to do about the answer to a delivery: a pure table. Whatever happens a batch stays in the spool until the server has
 * checkpointed it; the answer only moves the cursor and sets the pause before the next try.
 */
export type Next =
  | {
      readonly do: "go_on";
      readonly epoch: number;
      readonly expected: number;
      readonly checkpointed: number | null;
      /** The newest batch that the server has; null = it does not say. */
      readonly head: ChainPlace | null;
      /** An epoch, and the newest batch that it had when that began; null = it does not say of any. */
      readonly begun: { readonly epoch: number; readonly after: Place } | null;
      /** The last batch that was offered, as the server has it. */
      readonly stated: { readonly seq: number; readonly hash: string };
      readonly policy: unknown;
      /** Whom to measure; undefined = as before. */
      readonly assignment: unknown;
      readonly tlsPins: readonly string[];
      /** The server wants this agent to sign by another key. */
      readonly rotateKey: boolean;
      readonly asked: Asked;
    }
  /** The server wants another batch next. */
  | {
      readonly do: "rewind";
      readonly expected: number;
      /** The epoch in which it counts; null = the one that was offered. */
      readonly epoch: number | null;
      /** The newest batch that the server has; null = it does not say. */
      readonly head: ChainPlace | null;
      readonly why: string;
    }
  /** Too much at once. */
  | { readonly do: "send_less"; readonly why: string }
  /** Try the same batches again later. */
  | { readonly do: "wait"; readonly seconds: number; readonly why: string }
  /** The server does not know the key that signed: it may know a former one. */
  | { readonly do: "prove_key"; readonly seconds: number; readonly why: string }
  /** Nothing that this agent can mend by itself: a person must. It is asked again, rarely. */
  | {
      readonly do: "needs_operator";
      readonly seconds: number;
      readonly why: string;
      /** What was offered lies beside the server's chain. */
      readonly isFork: boolean;
      /** The server's TLS keys, where it says them. */
      readonly tlsPins: readonly string[] | null;
    };

const FIRST_PAUSE = 1;
export const LONGEST_PAUSE = 300;
/** A person is at it, most likely, and waits to see that it helps. */
const SUSPENDED_PAUSE = 60;

const isReceipt = validator(ReceivedReceipt);
const isProblem = validator(ProblemSchema);

/** @param attempt consecutive failures, from 0. @param chance uniform in [0, 1): full jitter, so that a fleet does not return in step. */
export function nextStep(answer: HttpAnswer, attempt: number, chance: number): Next {
  const pause = Math.max(FIRST_PAUSE / 2, chance * Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** Math.min(attempt, 20)));
  if (answer.kind === "no_answer") return { do: "wait", seconds: pause, why: answer.reason };
  if (answer.status === 200) return receiptStep(answer.body, pause);
  return problemStep(answer, pause);
}

function receiptStep(body: unknown, pause: number): Next {
  if (!isReceipt.accepts(body))
    return { do: "wait", seconds: Math.max(pause, 30), why: "the server's receipt is not one that this version understands" };
  const {
    epoch,
    seq,
    statement: { hash },
    expected_seq: expected,
    checkpointed_seq: checkpointed,
    chain_head: head,
    epoch_begun: begun,
    policy,
    assignment,
    tls_pins: tlsPins,
    rotate_key: rotateKey = false,
    burst = null,
    rehearsal = null,
    flight = null,
  } = body;
  return {
    do: "go_on",
    epoch,
    expected,
    checkpointed,
    // A server of before says none, though its chain may end elsewhere.
    head: head ?? (expected === seq + 1 ? { epoch, seq, hash } : null),
    begun: begun === undefined ? null : { epoch: begun.epoch, after: { epoch: begun.after_epoch, seq: begun.after_seq } },
    stated: { seq, hash },
    policy,
    assignment,
    tlsPins,
    rotateKey,
    asked: { burst, rehearsal, flight },
  };
}

function problemStep({ status, body, retryAfterSeconds }: Extract<HttpAnswer, { kind: "answer" }>, pause: number): Next {
  const problem = isProblem.accepts(body) ? body : null;
  // A host that waits, or was retired, is refused as suspended too: what it is stands in the detail.
  const said = problem?.code === "suspended" ? problem.detail : `${problem?.code}: ${problem?.detail}`;
  const why = problem === null ? `HTTP ${status}` : said;
  if (problem?.code === "seq_gap" && problem.expected_seq !== undefined)
    return {
      do: "rewind",
      expected: problem.expected_seq,
      epoch: problem.expected_epoch ?? null,
      head: problem.chain_head ?? null,
      why,
    };
  if (problem?.code === "too_large") return { do: "send_less", why };
  if (problem?.code === "suspended")
    return { do: "needs_operator", seconds: SUSPENDED_PAUSE, why, isFork: false, tlsPins: problem.tls_pins ?? null };
  if (problem?.code === "bad_signature") return { do: "prove_key", seconds: LONGEST_PAUSE, why };
  if (problem !== null && NEEDS_OPERATOR.has(problem.code))
    return {
      do: "needs_operator",
      seconds: LONGEST_PAUSE,
      why: `${why}${wayOut(problem)}`,
      isFork: problem.code === "fork",
      tlsPins: null,
    };
  return { do: "wait", seconds: retryAfterSeconds ?? pause, why };
}

/** Which of two is the copy nobody can tell from here: an epoch of its own would let a copy in where the host is. */
const wayOut = ({ code }: Problem): string =>
  code === "fork"
    ? "; either this folder was set back to an older copy, or another machine reports by this host's key: unless this is the host that is to go on, run truebound-agent unenroll, then enroll"
    : "";

/** Refusals that a retry cannot mend. The key is kept in every case; only `unknown_agent` may lead to a new enrolment. */
const NEEDS_OPERATOR: ReadonlySet<Problem["code"]> = new Set(["unknown_agent", "revoked", "fork", "malformed"]);

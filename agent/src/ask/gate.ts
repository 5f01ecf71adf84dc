import { atMost } from "@truebound/time";
import type { Status } from "@truebound/wire";

/** What is waited for. */
export interface Gate {
  /** Worst error, ns; null = any. */
  readonly bound: bigint | null;
  /** A bound that nobody contradicts or confirms will do too. */
  readonly unverified: boolean;
}

export interface Standing {
  readonly status: Status;
  readonly reason: string | null;
  /** ns; null = no bound. */
  readonly worstError: bigint | null;
}

export type Passage = { readonly open: true } | { readonly open: false; readonly why: string };

/** Whether a host that stands so may pass, or why not yet. Holdover passes: its bound is as true, and grows. */
export function passage({ bound, unverified }: Gate, { status, reason, worstError }: Standing): Passage {
  const because = reason === null ? "" : ` (${reason.replaceAll("_", " ")})`;
  if (worstError === null) return shut(`the agent has no bound: ${status.replaceAll("_", " ")}${because}`);
  if (status === "unverified" && !unverified) return shut(`the bound is unverified${because}, and not proven${ALLOWED}`);
  if (status !== "proven" && status !== "holdover" && status !== "unverified")
    return shut(`the bound is ${status.replaceAll("_", " ")}${because}, and not proven`);
  if (bound !== null && worstError > bound) return shut(`the worst error is ${atMost(worstError)}, beyond ${atMost(bound)}`);
  return { open: true };
}

/** Both the command and `/ready` say it: each is asked in its own words. */
const ALLOWED = "; where that will do, ask with --unverified (of /ready: unverified=1)";

const shut = (why: string): Passage => ({ open: false, why });

/** What `/ready` is asked, e.g. `bound=1ms&unverified=1`; or what is wrong with it. `spanOf` reads a span. */
export function gateOf(query: URLSearchParams, spanOf: (text: string) => bigint | undefined): Gate | string {
  const stranger = [...query.keys()].find((key) => key !== "bound" && key !== "unverified");
  if (stranger !== undefined) return `Cannot take ${JSON.stringify(stranger)}: bound=1ms and unverified=1 can be asked`;
  const [bound, unverified] = [query.get("bound"), query.get("unverified")];
  const span = bound === null ? null : spanOf(bound);
  if (span === undefined || span === 0n) return "Cannot take that bound: write a span with its unit, e.g. bound=1ms";
  if (unverified !== null && unverified !== "1") return "Cannot take that: write unverified=1, or leave it out";
  return { bound: span, unverified: unverified === "1" };
}

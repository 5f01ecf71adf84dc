import { BILLION, formatUtc, utc } from "@truebound/time";
import { type Refusal, refuse } from "../refusal.ts";
import { buildChain } from "../traceability/build-chain.ts";
import type { Chain, ChainDocument, ChainReview } from "../traceability/chain.ts";
import type { TraceabilityStore } from "../traceability/ports.ts";
import { findingsOf, reviewDue, type Traceability, traceabilityOf } from "../traceability/traceability-of.ts";
import type { Parameters } from "./questions.ts";
import { parseTime } from "./time-range.ts";

export interface TraceabilityQuestions {
  readonly store: TraceabilityStore;
}

const LOOKED_BACK = 30n * 86_400n * BILLION;

export interface StandingChain {
  readonly chain: Chain;
  readonly traceability: Traceability;
  readonly review_due_at: string | null;
  readonly findings: ReturnType<typeof findingsOf>;
}

interface WholeList<T> {
  readonly items: readonly T[];
  readonly next: null;
}

export async function askTraceability({ store }: TraceabilityQuestions, parameters: Parameters): Promise<StandingChain | Refusal> {
  const { id = "", required = "0" } = parameters;
  if (required !== "0" && required !== "1") return refuse("bad_request", `Cannot judge with required=${required}: write 1 or 0`);
  const now = await store.now();
  const to = parseTime(parameters.to ?? "now", now);
  const from = parameters.from === undefined ? to && utc(to - LOOKED_BACK) : parseTime(parameters.from, now);
  if (from === null || to === null || from >= to)
    return refuse("bad_request", "Cannot look at this period: from lies before to, each RFC 3339, now, or now-30d");
  const [host] = await store.hosts({ host: id }, 1);
  if (host === undefined) return refuse("not_found", `No host has the id or name ${JSON.stringify(id)}`);
  const { observed, documents, review } = await buildChain(store, [host], host.labels, { from, to });
  const chain = { observed, documents, review: review && { at: review.at, who: review.who, statement: review.statement } };
  const traceability = traceabilityOf(chain, { requires_traceability: required === "1" }, to);
  const due = reviewDue(review?.at ?? null);
  return { chain, traceability, review_due_at: due && formatUtc(due), findings: findingsOf(traceability) };
}

/** People add them one by one, so they fit into one page. */
export const askDocuments = async ({ store }: TraceabilityQuestions): Promise<WholeList<ChainDocument>> => ({
  items: await store.documents(),
  next: null,
});

export const askReviews = async ({ store }: TraceabilityQuestions): Promise<WholeList<ChainReview>> => ({
  items: await store.reviews(),
  next: null,
});

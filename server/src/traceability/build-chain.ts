import type { UtcInstant } from "@truebound/time";
import type { LabelSet } from "../policy/choose-policy.ts";
import { type Chain, type ChainReview, concerns, type ObservedChain } from "./chain.ts";
import { observedChain } from "./observe.ts";
import type { ChainHost, TraceabilityStore } from "./ports.ts";
import { documentsAt } from "./traceability-of.ts";

/** Beyond it a question takes too long. */
export const MOST_HOSTS = 1000;
/** Batches that are read for one question, spread over hosts and period. */
const LOOKS = 960;
const MOST_LOOKS = 48;
const LEAST_LOOKS = 3;

/** The chain of these hosts over a period: documents as they stood at its end, and the latest review of all of them. */
export async function buildChain(
  store: Pick<TraceabilityStore, "looks" | "documents" | "reviews">,
  hosts: readonly ChainHost[],
  labels: LabelSet,
  { from, to }: { readonly from: UtcInstant; readonly to: UtcInstant },
): Promise<Chain> {
  const count = Math.max(LEAST_LOOKS, Math.min(MOST_LOOKS, Math.floor(LOOKS / Math.max(1, hosts.length))));
  const looks = [];
  for (const host of hosts) looks.push(...(await store.looks(host, from, to, count)));
  const documents = (await store.documents()).filter((document) => concerns(document.hosts, labels));
  const observed = observedChain(looks, { hosts: hosts.map(({ name }) => name), asked: count * hosts.length, from, to });
  const reviews = await store.reviews();
  return {
    observed: observed.answered > 0 ? observed : (rememberedChain(reviews, labels, observed) ?? observed),
    documents: documentsAt(documents, to),
    review: latestReview(reviews, labels),
  };
}

/** Batches go sooner than reports are asked for. What a review saw of the period is kept; it names the dates that it is of. */
function rememberedChain(reviews: readonly ChainReview[], labels: LabelSet, { from, to }: ObservedChain): ObservedChain | null {
  const seen = reviews.filter(({ hosts }) => concerns(hosts, labels)).map(({ chain }) => chain.observed);
  return seen.find((observed) => observed.answered > 0 && observed.from < to && from < observed.to) ?? null;
}

export const latestReview = (reviews: readonly ChainReview[], labels: LabelSet): ChainReview | null =>
  reviews.find(({ hosts }) => concerns(hosts, labels)) ?? null;

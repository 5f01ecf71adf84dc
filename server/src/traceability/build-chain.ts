import type { UtcInstant } from "@truebound/time";
import type { LabelSet } from "../policy/choose-policy.ts";
import { type Chain, type ChainReview, concerns } from "./chain.ts";
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
  store: TraceabilityStore,
  hosts: readonly ChainHost[],
  labels: LabelSet,
  { from, to }: { readonly from: UtcInstant; readonly to: UtcInstant },
): Promise<Chain> {
  const count = Math.max(LEAST_LOOKS, Math.min(MOST_LOOKS, Math.floor(LOOKS / Math.max(1, hosts.length))));
  const looks = [];
  for (const host of hosts) looks.push(...(await store.looks(host, from, to, count)));
  const documents = (await store.documents()).filter((document) => concerns(document.hosts, labels));
  const observed = observedChain(looks, { hosts: hosts.map(({ name }) => name), asked: count * hosts.length, from, to });
  return { observed, documents: documentsAt(documents, to), review: latestReview(await store.reviews(), labels) };
}

export const latestReview = (reviews: readonly ChainReview[], labels: LabelSet): ChainReview | null =>
  reviews.find(({ hosts }) => concerns(hosts, labels)) ?? null;

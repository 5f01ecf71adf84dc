import type { Endpoint } from "@truebound/agent";
import { type BesideChronyd, besideChronyd } from "./beside-chronyd.ts";
import { type ExchangeParts, measureParts } from "./exchange-parts.ts";

/** What is measured at one end of a link, in a process of its own: a network namespace holds whole processes. */
export type LinkJob =
  | { readonly kind: "compare"; readonly endpoint: Endpoint; readonly seconds: number }
  | { readonly kind: "parts"; readonly endpoint: Endpoint; readonly seconds: number; readonly slewsPpb: readonly bigint[] };

export interface LinkAnswers {
  readonly compare: BesideChronyd;
  readonly parts: readonly ExchangeParts[];
}

export type LinkReply<K extends LinkJob["kind"]> = { readonly done: LinkAnswers[K] } | { readonly failed: string };

export const doLinkJob = (job: LinkJob): Promise<LinkAnswers[LinkJob["kind"]]> =>
  job.kind === "compare" ? besideChronyd(job.endpoint, job.seconds) : measureParts(job.endpoint, job.seconds, job.slewsPpb);

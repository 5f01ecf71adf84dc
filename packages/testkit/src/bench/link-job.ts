import type { Endpoint } from "@truebound/agent";
import { type AgentCost, measureAgentCost } from "../long/plan/agent-cost.ts";
import { type Attempt, attemptLasts, attemptPlans } from "../long/plan/attempt.ts";
import type { CellFound } from "../long/plan/cell.ts";
import { type BesideChronyd, besideChronyd } from "./beside-chronyd.ts";
import { type ExchangeParts, measureParts } from "./exchange-parts.ts";

/** What is measured at one end of a link, in a process of its own: a network namespace holds whole processes. */
export type LinkJob =
  | { readonly kind: "compare"; readonly endpoint: Endpoint; readonly seconds: number }
  | ({ readonly kind: "plan" } & Attempt)
  | { readonly kind: "cost"; readonly endpoint: Endpoint; readonly seconds: number }
  | { readonly kind: "parts"; readonly endpoint: Endpoint; readonly seconds: number; readonly slewsPpb: readonly bigint[] };

export interface LinkAnswers {
  readonly compare: BesideChronyd;
  readonly parts: readonly ExchangeParts[];
  readonly plan: readonly CellFound[];
  readonly cost: AgentCost;
}

export type LinkReply<K extends LinkJob["kind"]> = { readonly done: LinkAnswers[K] } | { readonly failed: string };

export function doLinkJob(job: LinkJob): Promise<LinkAnswers[LinkJob["kind"]]> {
  switch (job.kind) {
    case "compare":
      return besideChronyd(job.endpoint, job.seconds);
    case "parts":
      return measureParts(job.endpoint, job.seconds, job.slewsPpb);
    case "plan":
      return attemptPlans(job);
    case "cost":
      return measureAgentCost(job.endpoint, job.seconds);
    default:
      return job satisfies never;
  }
}

/** How long a job measures, s. */
export function lastsFor(job: LinkJob): number {
  if (job.kind === "plan") return attemptLasts(job);
  return job.kind === "cost" ? 3 * job.seconds : job.seconds;
}

import type { MadeReport, SignedHead } from "./ports.ts";
import { type Declarations, declarations, type Plan, planned } from "./report-plan.ts";
import type { ReportPorts } from "./report-ports.ts";
import { type ReportRequest, ReportTrouble } from "./request.ts";

export interface SealedPlan {
  readonly plan: Plan;
  readonly last: MadeReport | null;
  readonly sealed: SignedHead;
}

const MOST_TRIES = 20;

/** What is declared meanwhile may lie in the log that is sealed, and not in the plan: then both are made again, so that they say the same. */
export async function sealedPlan(ports: ReportPorts, request: ReportRequest): Promise<SealedPlan> {
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const declared = await declarations(ports, request);
    const plan = await planned(ports, request, declared);
    // In this order: another report that ends meanwhile may rest on more than this one.
    const last = await ports.book.last();
    const sealed = await ports.log.seal();
    if (textOf(declared) === textOf(await declarations(ports, request))) return { plan, last, sealed };
  }
  throw new ReportTrouble(
    `Cannot make a report: what is declared changed ${MOST_TRIES} times while it was planned; try again once nothing is being applied`,
  );
}

const textOf = ({ profiles, scopes, exemptions, changed, schedules }: Declarations): string =>
  JSON.stringify([[...profiles], scopes, exemptions, [...changed], [...schedules]], (_, value) =>
    typeof value === "bigint" ? String(value) : value,
  );

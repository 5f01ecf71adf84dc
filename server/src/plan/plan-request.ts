import { readOptions } from "@truebound/wire";
import { ADMIN_SETTINGS } from "../usage.ts";

/** What `truebound plan` asks for. */
export interface PlanRequest {
  readonly profile: string;
  readonly host?: string | undefined;
  readonly json: boolean;
}

export const PLAN_USAGE = `usage: truebound plan --profile ID [--host HOST] [--json]
  Whether a profile's limit can be proved on each host today, live and in a report; what stands in the way, and the cheapest changes in
  order, with what they cost. Computed from what the host itself measured in the last ten minutes (docs/what-can-be-proved.md); a host of
  which nothing was heard then is unknown.
  --profile ID             a profile with a limit, as truebound profile list shows it
  --host HOST              one host, by its id or name (all)
  --json                   as JSON (off)
  Exit 0 when the limit is proved in a report on every host, 1 when not.
${ADMIN_SETTINGS}
example: truebound plan --profile uk-rts25-hft --host db-1`;

export function parsePlan(args: readonly string[]): PlanRequest | string {
  const read = readOptions(args, { profile: "text", host: "text", json: "flag" });
  if (typeof read === "string") return read;
  const [odd] = read.words;
  if (odd !== undefined) return `Cannot take ${JSON.stringify(odd)}: plan takes no words`;
  const { profile, host, json = false } = read.values;
  return profile === undefined ? "Cannot plan without --profile, as truebound profile list shows them" : { profile, host, json };
}

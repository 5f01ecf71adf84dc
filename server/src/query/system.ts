import { formatUtc } from "@truebound/time";
import { SYSTEM_STATES, type SystemView } from "@truebound/wire";
import { systemChecks } from "../system/checks.ts";
import type { SystemFacts } from "../system/facts.ts";

export interface SystemPorts {
  /** Never fails: a database that does not answer is a fact. */
  readonly look: () => Promise<SystemFacts>;
}

export const askSystem = async ({ look }: SystemPorts): Promise<SystemView> => viewSystem(await look());

/** The worst first. */
export function viewSystem(facts: SystemFacts): SystemView {
  const checks = systemChecks(facts)
    .map(({ since, ...check }) => ({ ...check, since: since && formatUtc(since) }))
    .toSorted((a, b) => SYSTEM_STATES.indexOf(a.state) - SYSTEM_STATES.indexOf(b.state));
  const { database, version } = facts;
  const isAway = typeof database === "string";
  return {
    at: isAway ? null : formatUtc(database.now),
    version,
    state: checks[0]?.state ?? "unknown",
    not_fine: checks.filter(({ state }) => state === "warn" || state === "fail").length,
    checks,
    servers: isAway
      ? []
      : database.servers.map(({ name, version: runs, startedAt, seenAt, judges }) => ({
          name,
          version: runs,
          started_at: formatUtc(startedAt),
          seen_at: formatUtc(seenAt),
          judges,
        })),
  };
}

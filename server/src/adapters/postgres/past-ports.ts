import { PROFILES } from "@truebound/audit";
import type pg from "pg";
import type { AdvicePorts } from "../../advice/ask-advice.ts";
import { isPair, type PairProfiles, shippedPairProfiles, withProfiles } from "../../audit/pair-verdicts.ts";
import { livenessAt } from "../../fleet/liveness.ts";
import type { PlanPorts } from "../../plan/ask-plan.ts";
import type { Reading } from "../../query/stored-readings.ts";
import type { StampPorts } from "../../stamps/ask-stamps.ts";
import { reportDocuments } from "../../traceability/report-documents.ts";
import { adviceStore } from "./advice-store.ts";
import { readScopes } from "./audit-scope-store.ts";
import { readMembers } from "./member-store.ts";
import { readProfiles } from "./profile-store.ts";
import { PLAIN, queryStore } from "./query-store.ts";
import type { Archive } from "./retention/archive-writer.ts";
import { traceabilityStore } from "./traceability-store.ts";

/** What questions about the past need, for the server and for commands. */
export function pastPorts(
  pool: pg.Pool,
  archive: Archive | null,
  reading: Reading = PLAIN,
  profiles: PairProfiles = shippedPairProfiles,
): { readonly stamps: StampPorts; readonly advice: AdvicePorts; readonly plan: PlanPorts } {
  const store = queryStore(pool, archive, reading);
  const documents = traceabilityStore(pool);
  const custom = () => readProfiles(pool);
  return {
    stamps: {
      store,
      ...reading,
      limits: async () => [...PROFILES, ...(await custom())],
      scopes: (when) => readScopes(pool, when),
      isTraceable: async (host, period) => (await reportDocuments(documents, host, period)).length > 0,
    },
    plan: {
      store,
      ...reading,
      members: () => readMembers(pool),
      livenessOf: livenessAt,
      profiles: async () => [...PROFILES, ...(await custom())],
      scopes: (when) => readScopes(pool, when),
    },
    advice: {
      store: { ...store, ...adviceStore(pool) },
      pairProfiles: async (at) => withProfiles(profiles, (await custom()).filter(isPair)).pairProfilesInForce(at),
    },
  };
}

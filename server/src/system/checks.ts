import { SYSTEM_CHECKS } from "@truebound/wire";
import type { SystemCheck } from "./check.ts";
import { fail, unknown } from "./check.ts";
import { databaseCheck, diskCheck, judgeCheck, replicationCheck, serversCheck } from "./database-checks.ts";
import { anchorsCheck, archiveCheck, houseChecks, retentionCheck, sealingCheck, unanchored } from "./evidence-checks.ts";
import type { DatabaseFacts, SystemFacts } from "./facts.ts";
import { leapListCheck, ownClockCheck, refusalsCheck, sheddingCheck, unreadableCheck } from "./ingest-checks.ts";
import { channelsCheck, heartbeatCheck, notifierCheck } from "./telling-checks.ts";

/** How the service itself stands, one line for each thing that can be degraded: what `truebound doctor`, the API and the page say. */
export function systemChecks(facts: SystemFacts): SystemCheck[] {
  const { database } = facts;
  return typeof database === "string" ? withoutDatabase(facts, database) : withDatabase(facts, database);
}

function withDatabase(facts: SystemFacts, database: DatabaseFacts): SystemCheck[] {
  const { process } = facts;
  return [
    databaseCheck(database),
    replicationCheck(database),
    diskCheck(facts),
    serversCheck(database),
    judgeCheck(database),
    notifierCheck(database),
    channelsCheck(database),
    heartbeatCheck(database, process),
    ownClockCheck(process),
    leapListCheck(facts, database),
    sheddingCheck(process),
    refusalsCheck(process),
    unreadableCheck(database, process),
    sealingCheck(database, process),
    ...houseChecks(database),
    anchorsCheck(database, facts.isAnchored),
    archiveCheck(facts),
    retentionCheck(database, process),
  ];
}

/** Each check stays: what only the database knows is unknown, and why is said; what can be told all the same is told. */
function withoutDatabase(facts: SystemFacts, why: string): SystemCheck[] {
  const { process } = facts;
  const told = [
    fail("database", `It cannot be used: ${why}`, "truebound up, or start the database and see that DATABASE_URL leads to it"),
    diskCheck(facts),
    ownClockCheck(process),
    sheddingCheck(process),
    refusalsCheck(process),
    ...(facts.isAnchored ? [] : [unanchored()]),
    archiveCheck(facts),
  ];
  const away = `Only the database knows, and it cannot be used: ${why}`;
  return SYSTEM_CHECKS.map((id) => told.find((check) => check.id === id) ?? unknown(id, away));
}

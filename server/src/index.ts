/** What other workspaces may build on: one server process, its migrations, and the database of one machine. */

// What reads text and bytes from outside: for whoever holds them to it.
export { archiveCoding } from "./adapters/archive-directory.ts";
export { openContent } from "./adapters/batch-content.ts";
export { readJwks } from "./adapters/crypto/jwks.ts";
export { type EmbeddedPostgres, StartupError, startEmbeddedPostgres } from "./adapters/embedded-postgres/index.ts";
export { parsePidFile } from "./adapters/embedded-postgres/postmaster-pid.ts";
export { parseStat } from "./adapters/embedded-postgres/process-facts.ts";
export { parsePasswd } from "./adapters/embedded-postgres/run-as.ts";
export { parseLossless } from "./adapters/lossless-json.ts";
export { migrate } from "./adapters/postgres/migrate.ts";
export type { AlertConfig } from "./alert/alert-config.ts";
export { AlertKeeper } from "./alert/alert-keeper.ts";
export type { AlertStore } from "./alert/ports.ts";
export { SHIPPED_RULES } from "./alert/shipped-rules.ts";
export { parseCommand } from "./command-line.ts";
export { readConfig } from "./config.ts";
export { DEMO_RULES } from "./demo-rules.ts";
export { readHostList, signHostList } from "./enrol/host-list.ts";
export { labelsOf as labelsOfPod, readServiceAccount } from "./enrol/service-account.ts";
export { readSignedPost } from "./enrol/signed-post.ts";
export { createToken, type TokenGrant } from "./enrol/token.ts";
export { parseSent } from "./evidence/placement.ts";
export { readBatch } from "./evidence/read-batch.ts";
export { explainBoundCase } from "./explain/bound.ts";
export { explain } from "./explain/command.ts";
export type { HostRecord } from "./fleet/host-record.ts";
export { FleetWatcher } from "./fleet/watcher.ts";
export { type DeliveryHead, readClaim } from "./ingest/claim.ts";
export { derive } from "./ingest/derive.ts";
export { readOffer } from "./ingest/offer.ts";
export type { Log } from "./log.ts";
export { MeshDirectory } from "./peer/directory.ts";
export { decodeCursor } from "./query/cursor.ts";
export { parseTime } from "./query/time-range.ts";
export { readBlock, writePart } from "./retention/archive.ts";
export { packRows, unpackRow } from "./retention/audit-row.ts";
export { type RunningServer, type ServerOptions, startServer } from "./server.ts";

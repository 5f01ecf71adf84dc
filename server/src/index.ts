/** What other workspaces may build on: one server process, its migrations, and the database of one machine. */
export { type EmbeddedPostgres, StartupError, startEmbeddedPostgres } from "./adapters/embedded-postgres/index.ts";
export { migrate } from "./adapters/postgres/migrate.ts";
export { DEMO_RULES } from "./demo-rules.ts";
export { createToken, type TokenGrant } from "./enrol/token.ts";
export type { Log } from "./log.ts";
export { type RunningServer, type ServerOptions, startServer } from "./server.ts";

/** The default store of one machine: a real PostgreSQL from npm, run as a child of our own. */
export { type EmbeddedPostgres, type EmbeddedPostgresOptions, startEmbeddedPostgres } from "./start.ts";
export { StartupError } from "./startup-error.ts";

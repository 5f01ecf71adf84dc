import Type, { type Static } from "typebox";
import { Instant, Natural, Nullable } from "./schema.ts";

/** What can be degraded of the service itself. */
export const SYSTEM_CHECKS = [
  "database",
  "replication",
  "disk",
  "servers",
  "judge",
  "notifier",
  "channels",
  "heartbeat",
  "own_clock",
  "leap_list",
  "shedding",
  "refusals",
  "unreadable",
  "log_sealing",
  "log_content",
  "log_scrub",
  "review",
  "anchors",
  "archive",
  "retention",
] as const;
/** The worst first. `unset` = it serves only who sets it, and nobody did: neither fine nor broken. */
export const SYSTEM_STATES = ["fail", "warn", "unknown", "unset", "pass"] as const;

/** One line: how one thing stands, since when, and what to do about it. */
export const SystemCheckView = Type.Object({
  id: Type.Enum([...SYSTEM_CHECKS] as unknown as typeof SYSTEM_CHECKS),
  state: Type.Enum([...SYSTEM_STATES] as unknown as typeof SYSTEM_STATES),
  words: Type.String(),
  /** By the database's clock; null = it is not known since when. */
  since: Nullable(Instant),
  /** Null = there is nothing to do. */
  mend: Nullable(Type.String()),
});
export type SystemCheckView = Static<typeof SystemCheckView>;

export const SystemView = Type.Object({
  /** By the database's clock; null = it does not answer. */
  at: Nullable(Instant),
  version: Type.String(),
  /** The worst state of all checks. */
  state: Type.Enum([...SYSTEM_STATES] as unknown as typeof SYSTEM_STATES),
  /** Of those that warn or fail. */
  not_fine: Natural,
  checks: Type.Array(SystemCheckView),
  servers: Type.Array(
    Type.Object({ name: Type.String(), version: Type.String(), started_at: Instant, seen_at: Instant, judges: Type.Boolean() }),
  ),
});
export type SystemView = Static<typeof SystemView>;

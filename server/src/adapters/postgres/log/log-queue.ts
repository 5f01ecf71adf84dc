import { createHash } from "node:crypto";
import { canonicalJson, entryText, type Json, type LogEntry } from "@truebound/audit";
import type { Queryable } from "../pool.ts";

/** Of a thing's canonical text; null = the thing is no more. */
export const digestOf = (thing: Json): string | null =>
  thing === null ? null : createHash("sha256").update(canonicalJson(thing)).digest("hex");

const APPEND = "insert into log_pending (entry) values ($1)";

/**
 * To be called in the transaction of what the entry tells of: both happen or neither does. The sequencer takes it into the log
 * within a minute.
 */
export const appendToLog = async (client: Queryable, entry: LogEntry): Promise<void> =>
  void (await client.query(APPEND, [entryText(entry)]));

import { createHash } from "node:crypto";
import { canonicalJson, entryText, type Json, type LogEntry } from "@truebound/audit";
import type { Queryable } from "../pool.ts";

/** Of a thing's canonical text; null = the thing is no more. */
export const digestOf = (thing: Json): string | null =>
  thing === null ? null : createHash("sha256").update(canonicalJson(thing)).digest("hex");

const APPEND = "insert into log_pending (entry) values ($1)";

interface Deletion {
  readonly what: string;
  readonly from: Json;
  readonly to: Json;
  readonly count: number;
  readonly [more: string]: Json;
}

const APPEND_DATED = `
  insert into log_pending (entry) values ($1::jsonb || jsonb_build_object('at_ns', utc_ns(clock_timestamp())::text))`;

/** As `appendToLog`: who removed it, and when by the database's clock, are in the entry. */
export const appendDeletion = async (client: Queryable, { what, from, to, count, ...more }: Deletion): Promise<void> =>
  void (await client.query(APPEND_DATED, [entryText({ ...more, kind: "deletion", what, from, to, count, who: "retention" })]));

/**
 * To be called in the transaction of what the entry tells of: both happen or neither does. The sequencer takes it into the log
 * within a minute.
 */
export const appendToLog = async (client: Queryable, entry: LogEntry): Promise<void> =>
  void (await client.query(APPEND, [entryText(entry)]));

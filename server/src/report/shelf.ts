import type { UtcInstant } from "@truebound/time";
import type { MadeReport } from "./ports.ts";

export type ReportRow = Omit<MadeReport, "manifest">;

/** Reports that were made. */
export interface ReportShelf {
  /** The clock of the database. */
  now(): Promise<UtcInstant>;
  /** Newest first; those before a number, null = from the newest. */
  list(before: bigint | null, limit: number): Promise<readonly (ReportRow & { readonly number: bigint })[]>;
  find(id: string): Promise<MadeReport | null>;
  /** Another one of the same period that was asked the same. */
  sameAs(report: Pick<MadeReport, "id" | "from" | "to" | "request">): Promise<MadeReport | null>;
}

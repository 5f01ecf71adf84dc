import type { SignoffStatement } from "@truebound/audit";
import type { UtcInstant } from "@truebound/time";
import type { MadeReport } from "./ports.ts";

/** Who signed a report, in short. */
export type SaidSignoff = Pick<SignoffStatement, "act" | "name" | "role" | "signed_at">;

export interface KeptReport extends MadeReport {
  /** In the order in which they signed. */
  readonly signoffs: readonly SaidSignoff[];
}

export type ReportRow = Omit<KeptReport, "manifest">;

/** Reports that were made. */
export interface ReportShelf {
  /** The clock of the database. */
  now(): Promise<UtcInstant>;
  /** Newest first; those before a number, null = from the newest. */
  list(before: bigint | null, limit: number): Promise<readonly (ReportRow & { readonly number: bigint })[]>;
  find(id: string): Promise<KeptReport | null>;
  /** Those of these exemptions that were withdrawn after an instant, by number. */
  withdrawnAfter(exemptions: readonly string[], at: UtcInstant): Promise<readonly string[]>;
  /** Another one of the same period that was asked the same. */
  sameAs(report: Pick<MadeReport, "id" | "from" | "to" | "request">): Promise<KeptReport | null>;
}

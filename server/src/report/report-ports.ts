import type { LeapTable } from "@truebound/audit";
import type { Period } from "../audit/scopes.ts";
import type { EvidenceFilePorts } from "./evidence-file.ts";
import type { SaidProfile } from "./plan.ts";
import type { AuditScopes, BundleSink, Render, ReportBook, ReportLog } from "./ports.ts";
import type { ReadHosts } from "./read-host.ts";

export interface ReportPorts extends EvidenceFilePorts {
  readonly log: ReportLog;
  readonly sink: BundleSink;
  /** One after the other, where nobody says otherwise. */
  readonly readHosts?: ReadHosts;
  readonly book: ReportBook;
  readonly scopes: AuditScopes;
  /** As they were when the period began. */
  readonly profiles: (period: Period) => Promise<readonly SaidProfile[]>;
  /** Those whose text changed within it, and when. */
  readonly changedProfiles: (period: Period) => Promise<ReadonlyMap<string, string>>;
  readonly leaps: LeapTable;
  readonly signer: { readonly publicKey: Uint8Array; readonly keyId: string; sign(text: string): Uint8Array };
  readonly render: Render;
  readonly newId: () => string;
  /** Waits until no other report is made on the database; absent = nobody else makes one. */
  readonly inTurn?: <T>(signal: AbortSignal, work: () => Promise<T>) => Promise<T>;
  /** Lets other work be done, if it had to wait for long. */
  readonly rest: () => Promise<void>;
  readonly software: string;
}

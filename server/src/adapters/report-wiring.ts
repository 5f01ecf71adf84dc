import { randomUUID } from "node:crypto";
import { type LeapTable, PROFILES, sayProfile } from "@truebound/audit";
import type { LeapList } from "@truebound/time";
import type pg from "pg";
import { reportScopes } from "../audit/report-scopes.ts";
import type { SaidProfile } from "../report/plan.ts";
import type { AuditScopes, BundleSink, Render } from "../report/ports.ts";
import type { DrawPdf } from "../report/render-report.ts";
import type { DeclaredPorts } from "../report/report-plan.ts";
import type { ReportPorts } from "../report/report-ports.ts";
import type { SignPorts } from "../report/signoff/sign.ts";
import { reportDocuments } from "../traceability/report-documents.ts";
import { bundleFiles, writeBeside } from "./bundle-folder.ts";
import { nodeCrypto } from "./crypto/node-crypto.ts";
import { makePersonKey, openPersonKey } from "./crypto/person-key.ts";
import type { ReceiptKey } from "./crypto/receipt-key.ts";
import { auditScopeStore } from "./postgres/audit-scope-store.ts";
import { changedProfiles, readProfilesAt } from "./postgres/profile-store.ts";
import { reportBook, reportShelf } from "./postgres/report/report-book.ts";
import { reportEvidence } from "./postgres/report/report-evidence.ts";
import { reportLog } from "./postgres/report/report-log.ts";
import { inTurn } from "./postgres/report/report-turn.ts";
import { signoffBook } from "./postgres/report/signoff-store.ts";
import type { Archive } from "./postgres/retention/archive-writer.ts";
import { traceabilityStore } from "./postgres/traceability-store.ts";
import { hostsOnThreads } from "./report/hosts-on-threads.ts";
import { VERSION } from "./software.ts";
import { turns } from "./turns.ts";
import { readStoredBody, verifyPorts } from "./verify/verify-ports.ts";

export interface ReportWiring {
  readonly pool: pg.Pool;
  readonly archive: Archive | null;
  readonly signer: ReceiptKey;
  /** The list in force. */
  readonly leaps: () => LeapList;
  readonly render: Render;
}

/** What people declared, on one database. */
export const declaredPorts = (pool: pg.Pool): DeclaredPorts => ({
  book: reportBook(pool),
  scopes: declared(pool),
  profiles: async ({ from }) =>
    [...PROFILES, ...(await readProfilesAt(pool, from))].map((profile) => sayProfile(profile) as unknown as SaidProfile),
  changedProfiles: ({ from, to }) => changedProfiles(pool, from, to),
});

/** What a report is made of, on one database. */
export const reportPorts =
  ({ pool, archive, signer, leaps, render }: ReportWiring) =>
  (sink: BundleSink): ReportPorts => ({
    evidence: reportEvidence(pool, archive),
    // The archive is counted and reached by this process, so that hosts are read here where there is one.
    ...(archive === null && pool.options.connectionString !== undefined
      ? { readHosts: hostsOnThreads(pool.options.connectionString) }
      : {}),
    log: reportLog(pool, signer),
    sink,
    wire: verifyPorts.wire,
    readStored: readStoredBody,
    crypto: nodeCrypto,
    ...declaredPorts(pool),
    leaps: tableOf(leaps()),
    signer,
    render,
    newId: randomUUID,
    inTurn: (signal, work) => inTurn(pool, signal, work),
    rest: turns(),
    software: `truebound/${VERSION}`,
  });

/** What people sign reports with, on one database. */
export const signoffPorts = (pool: pg.Pool, signer: ReceiptKey, drawPdf: DrawPdf): SignPorts => ({
  book: signoffBook(pool, signer),
  drawPdf,
  sha256: nodeCrypto.sha256,
  signer,
  write: writeBeside,
  verify: verifyPorts,
  files: bundleFiles,
  find: reportShelf(pool).find,
  openKey: openPersonKey,
  makeKey: makePersonKey,
});

const tableOf = ({ rows }: LeapList): LeapTable => rows.map(({ from, taiMinusUtc }) => ({ from, taiMinusUtc }));

function declared(pool: pg.Pool): AuditScopes {
  const store = traceabilityStore(pool);
  return {
    ...reportScopes(auditScopeStore(pool)),
    documents: (host, period) => reportDocuments(store, host, period),
    allDocuments: () => store.documents(),
  };
}

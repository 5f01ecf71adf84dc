import { randomUUID } from "node:crypto";
import { join } from "node:path";
import type { LeapList } from "@truebound/time";
import type pg from "pg";
import { bundleFiles, bundleFolder, bundleFolderNear, clearUnfinished, settleUnbooked } from "../adapters/bundle-folder.ts";
import { textSha256 } from "../adapters/crypto/node-crypto.ts";
import type { ReceiptKey } from "../adapters/crypto/receipt-key.ts";
import { repeat } from "../adapters/loop.ts";
import { drawPdf } from "../adapters/pdf/draw-pdf.ts";
import { logKeeper } from "../adapters/postgres/log/log-keeper.ts";
import { logRoom } from "../adapters/postgres/log/log-room.ts";
import { scrubKeeper } from "../adapters/postgres/log/scrub-keeper.ts";
import { reportBook, reportShelf } from "../adapters/postgres/report/report-book.ts";
import { REPORT_TURN } from "../adapters/postgres/report/report-turn.ts";
import type { Archive } from "../adapters/postgres/retention/archive-writer.ts";
import { asOnlyOne } from "../adapters/postgres/singleton.ts";
import { declaredPorts, reportPorts } from "../adapters/report-wiring.ts";
import { anchorKeeper } from "../adapters/tsa/anchor-keeper.ts";
import { askAuthority } from "../adapters/tsa/ask-authority.ts";
import { readRoots } from "../adapters/tsa/root-file.ts";
import type { Config } from "../config.ts";
import type { Log } from "../log.ts";
import type { Sample } from "../metrics/fleet-samples.ts";
import type { LogRoomQuestions } from "../query/log-room.ts";
import type { ReportQuestions } from "../query/reports.ts";
import { settleLeft } from "../report/left-behind.ts";
import { renderReport } from "../report/render-report.ts";
import { ReportJobs } from "../report/report-jobs.ts";
import { ReportKeeper } from "../report/report-keeper.ts";
import { whyNotDeclared } from "../report/report-plan.ts";
import type { ReportRhythm } from "../report/schedule.ts";

/** Where reports are written that a schedule or the API asks for, and how often they are made of themselves. */
export interface ReportSettings {
  readonly folder: string;
  readonly rhythms: readonly ReportRhythm[];
}

export interface AuditingParts {
  readonly pool: pg.Pool;
  readonly archive: Archive | null;
  readonly signer: ReceiptKey;
  readonly leaps: () => LeapList;
  readonly reports: ReportSettings;
  /** The authority that stamps heads of the log; null = none does. */
  readonly tsa: Config["tsa"];
  readonly closed: AbortSignal;
  readonly log: Log;
}

export interface Auditing {
  /** What people ask of reports. */
  readonly reports: ReportQuestions;
  /** What people ask of the log's upkeep. */
  readonly logRoom: LogRoomQuestions;
  /** Before the first report of an agent is taken. */
  open(): Promise<void>;
  samples(): Sample[];
  /** Begins to seal, to anchor and to make reports, until what it gives is called; that waits for what is being done. */
  start(): () => Promise<void>;
}

const LOOK_EVERY_MS = 60_000;
/** What is due of a large log is done in so many small pieces. */
const SCRUB_EVERY_MS = 10_000;

/** Joins the log of evidence, what anchors it, and what makes reports of both. */
export function joinAuditing({ pool, archive, signer, leaps, reports: { folder, rhythms }, tsa, closed, log }: AuditingParts): Auditing {
  const sealer = logKeeper(pool, signer, log);
  const scrubber = scrubKeeper(pool, log);
  const roots = tsa === null || tsa.caFile === null ? null : readRoots(tsa.caFile);
  const anchorer = tsa === null ? null : anchorKeeper(pool, { ...tsa, roots }, askAuthority(closed), log);
  const ports = reportPorts({ pool, archive, signer, leaps, render: renderReport(drawPdf) });
  const sink = (name: string, about: string) => bundleFolder(join(folder, name), about);
  const shelf = reportShelf(pool);
  const jobs = new ReportJobs({ newId: randomUUID, sink, ports, log });
  const keeper = new ReportKeeper({
    rhythms,
    shelf,
    sink: (name) => bundleFolderNear(join(folder, name)),
    ports,
    asOnlyOne: (work) => asOnlyOne(pool, "truebound reports", work),
    signal: closed,
    log,
  });
  const work = () => {
    const [sealing, anchoring] = [sealer.state(), anchorer?.state() ?? null];
    return {
      passedSecondsAgo: sealing.passedSecondsAgo,
      sequencingTrouble: sealing.trouble,
      authority: anchoring?.authority ?? null,
      anchoringTrouble: anchoring?.trouble ?? null,
    };
  };
  return {
    logRoom: logRoom(pool, work),
    reports: {
      shelf,
      jobs,
      whyNot: (request) => whyNotDeclared(declaredPorts(pool), request),
      file: (place, name) => bundleFiles(place).read(name),
    },
    open: async () => {
      await sealer.start();
      await asOnlyOne(pool, REPORT_TURN, async () => {
        await settleLeft(clearUnfinished(folder), folder, {
          isKnown: async (id) => (await shelf.find(id)) !== null,
          add: reportBook(pool).add,
          manifestIn: async (place) => (await bundleFiles(place).read("manifest.json"))?.toString() ?? null,
          sha256: textSha256,
          settle: settleUnbooked,
          forgotten: (id, period) => jobs.wasKilled(id, period),
          log,
        });
      });
    },
    samples: () => [...sealer.samples(), ...scrubber.samples(), ...(anchorer?.samples() ?? [])],
    start: () => {
      const minutely = [sealer.look, async () => anchorer?.look(), () => keeper.look()].map((look) => repeat(LOOK_EVERY_MS, look));
      const loops = [...minutely, repeat(SCRUB_EVERY_MS, scrubber.look)];
      return async () => {
        await jobs.close();
        await Promise.all(loops.map((loop) => loop.stop()));
      };
    },
  };
}

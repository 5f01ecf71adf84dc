import type { ReportManifest } from "@truebound/audit";
import type { Render } from "./ports.ts";
import type { LaidOutReport } from "./render/blocks.ts";
import { csvOf } from "./render/csv.ts";
import { htmlOf } from "./render/html.ts";
import { layOut } from "./render/lay-out.ts";

/** A report as a PDF. It comes back to other work now and then: a long one takes seconds. */
export type DrawPdf = (report: LaidOutReport) => Promise<Uint8Array>;

/** What people read, made from the manifest alone: the same of the same manifest. */
export const renderReport =
  (drawPdf: DrawPdf): Render =>
  async (manifestText, sha256) => {
    // Signed and written by this server a moment ago, or verified since.
    const manifest = JSON.parse(manifestText) as ReportManifest;
    const report = layOut(manifest, sha256);
    const utf8 = new TextEncoder();
    return [
      { name: "report.csv", bytes: utf8.encode(csvOf(manifest, sha256)) },
      { name: "report.html", bytes: utf8.encode(htmlOf(report)) },
      { name: "report.pdf", bytes: await drawPdf(report) },
    ];
  };

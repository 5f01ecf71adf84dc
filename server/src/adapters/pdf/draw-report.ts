import type { LaidOutReport, Part } from "../../report/render/blocks.ts";
import type { DrawPdf } from "../../report/render-report.ts";
import { drawBlock } from "./draw-block.ts";
import { PAGE, SIZE, SOFT, TONES, WIDTH } from "./look.ts";
import { Sheet, type Style } from "./sheet.ts";

const RUNNING: Style = { size: SIZE.small, color: SOFT };
const NOTICE: Style = { size: SIZE.small, bold: true, color: TONES.doubt };

/** A4 pages, each of which names report and manifest, and says what nobody may read it without. Laid out twice: "page n of N" needs N. */
export const drawPdf: DrawPdf = async (report) => {
  const counted = new Sheet(titlesOf(report), null);
  const heights = report.notices.map((notice) => counted.height(notice, WIDTH, NOTICE) + 2);
  await drawParts(counted, report, heights);
  const sheet = new Sheet(titlesOf(report), (on, page) => drawFrame(on, report, heights, page, counted.pages));
  await drawParts(sheet, report, heights);
  return sheet.end();
};

const titlesOf = ({ id, sha256, createdAt }: LaidOutReport) => ({
  title: `Clock audit report ${id}`,
  subject: `Made from the manifest with SHA-256 ${sha256}`,
  keywords: sha256,
  createdAt: new Date(createdAt),
});

async function drawParts(sheet: Sheet, { parts }: LaidOutReport, heights: readonly number[]): Promise<void> {
  sheet.headroom = heights.reduce((sum, one) => sum + one, 0);
  for (const [index, part] of parts.entries()) {
    drawPart(sheet, part, index === 0);
    // Others want the processor too.
    await new Promise((resolve) => setImmediate(resolve));
  }
}

function drawPart(sheet: Sheet, { title, isNewPage, blocks }: Part, isFirst: boolean): void {
  if (isFirst || (isNewPage && !sheet.goesOn)) sheet.newPage();
  sheet.goesOn = false;
  sheet.bookmark(title);
  sheet.write(title, { size: isFirst ? SIZE.title : SIZE.part, bold: true }, 3);
  for (const block of blocks) drawBlock(sheet, block);
}

function drawFrame(sheet: Sheet, report: LaidOutReport, heights: readonly number[], page: number, of: number): void {
  const { id, sha256, period } = report;
  sheet.put(`Clock audit report ${id}`, PAGE.left, 32, WIDTH, RUNNING);
  sheet.put(period, PAGE.left, 32, WIDTH, { ...RUNNING, align: "right" });
  sheet.rule(44, SOFT);
  drawNotices(sheet, report.notices, heights);
  const y = PAGE.height - 40;
  sheet.rule(y - 5, SOFT);
  sheet.put(`Manifest SHA-256 ${sha256}`, PAGE.left, y, WIDTH - 60, RUNNING);
  sheet.put(`Page ${page} of ${of}`, PAGE.left, y, WIDTH, { ...RUNNING, align: "right" });
}

function drawNotices(sheet: Sheet, notices: readonly string[], heights: readonly number[]): void {
  let y = 49;
  notices.forEach((notice, at) => {
    sheet.put(notice, PAGE.left, y, WIDTH, NOTICE);
    y += heights[at] ?? 0;
  });
}

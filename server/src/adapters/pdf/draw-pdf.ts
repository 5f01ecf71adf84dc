import type { DrawPdf } from "../../report/render-report.ts";

/** As {@link ./draw-report.ts} draws; loaded with the first report, for it reads fonts and half a library. */
export const drawPdf: DrawPdf = async (report) => {
  const { drawPdf: draw } = await import("./draw-report.ts");
  return draw(report);
};

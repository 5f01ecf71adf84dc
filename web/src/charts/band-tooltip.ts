import type { SeriesPoint } from "@truebound/wire";
import type { TooltipItem, TooltipOptions } from "chart.js";
import { exactNs } from "../format/bound.ts";
import { codeWords } from "../format/code-words.ts";
import { utcExact } from "../format/instant.ts";
import type { BandData } from "./band-data.ts";
import type { Palette } from "./palette.ts";

/** Exact figures of the point under the pointer, whatever the axis rounded. */
export const bandTooltip = (data: BandData, palette: Palette) =>
  ({
    displayColors: false,
    backgroundColor: palette.ink,
    titleColor: palette.surface,
    bodyColor: palette.surface,
    padding: 10,
    cornerRadius: 4,
    filter: ({ datasetIndex }: TooltipItem<"line">) => datasetIndex === 0,
    callbacks: {
      title: ([item]: TooltipItem<"line">[]) => (item ? titleOf(data.points[item.dataIndex]) : ""),
      label: ({ dataIndex }: TooltipItem<"line">) => pointLines(data.points[dataIndex], data.truth.length > 0),
    },
  }) satisfies Partial<Omit<TooltipOptions<"line">, "callbacks">> & { callbacks: unknown };

const titleOf = (point: SeriesPoint | null | undefined): string => (point ? utcExact(point.t) : "");

const tightLines = ({ tight_lo_ns: lo, tight_hi_ns: hi }: SeriesPoint): string[] =>
  typeof lo === "string" && typeof hi === "string" ? [`tight hi ${exactNs(hi)}`, `tight lo ${exactNs(lo)}`] : [];

export function pointLines(point: SeriesPoint | null | undefined, isTruthShown: boolean): string[] {
  if (!point) return ["no measurement"];
  const { lo_ns, hi_ns, mid_ns, injected_ns, status, reason } = point;
  if (lo_ns === null || hi_ns === null) return [codeWords(status), reason === undefined ? "no bound" : `no bound: ${codeWords(reason)}`];
  const bound = [`hi ${exactNs(hi_ns)}`, ...(mid_ns === null ? [] : [`mid ${exactNs(mid_ns)}`]), `lo ${exactNs(lo_ns)}`];
  const lines = [codeWords(status), ...bound, ...tightLines(point)];
  return isTruthShown && typeof injected_ns === "string" ? [...lines, `injected ${exactNs(injected_ns)}`] : lines;
}

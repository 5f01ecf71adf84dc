import type { SourceSeries } from "@truebound/wire";
import type { JSX } from "preact";
import { useCallback } from "preact/hooks";
import { toMs } from "../format/instant.ts";
import type { Zone } from "../format/zone.ts";
import { LineCanvas } from "./line-canvas.tsx";
import { readPalette } from "./palette.ts";
import { sourceSeriesConfig } from "./source-series-config.ts";

interface SourceSeriesChartProps {
  readonly series: SourceSeries;
  readonly zone: Zone;
  readonly description: string;
}

export function SourceSeriesChart({ series, zone, description }: SourceSeriesChartProps): JSX.Element {
  const config = useCallback(
    (element: Element) => sourceSeriesConfig(series, readPalette(element), { from_ms: toMs(series.from), to_ms: toMs(series.to), zone }),
    [series, zone],
  );
  return <LineCanvas config={config} description={description} />;
}

import type { HostLimit } from "@truebound/wire";
import { Chart, Filler, LinearScale, LineController, LineElement, PointElement, Tooltip } from "chart.js";
import Annotation from "chartjs-plugin-annotation";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { bandAnnotations, type EventMark } from "./band-annotations.ts";
import { type BandWindow, bandConfig } from "./band-config.ts";
import type { BandData } from "./band-data.ts";
import { bandOverlay, type Overlay } from "./band-overlay.ts";
import { DragZoom } from "./drag-zoom.tsx";
import { hatchPattern } from "./hatch-pattern.ts";
import type { IncidentMark } from "./incident-marks.ts";
import { readPalette } from "./palette.ts";
import { useColorScheme } from "./use-color-scheme.ts";

Chart.register(Annotation, Filler, LinearScale, LineController, LineElement, PointElement, Tooltip);

interface BandChartProps {
  readonly data: BandData;
  readonly window: BandWindow;
  readonly marks: readonly IncidentMark[];
  readonly limits: readonly HostLimit[];
  readonly events: readonly EventMark[];
  readonly description: string;
  readonly onZoom: (from_ms: number, to_ms: number) => void;
}

/** The canvas around a configuration. It is changed in place, so that news does not make it flicker. */
export function BandChart({ data, window, marks, limits, events, description, onZoom }: BandChartProps): JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null);
  const chart = useRef<Chart<"line", { x: number; y: number | null }[]> | null>(null);
  const overlay = useRef<Overlay | null>(null);
  const scheme = useColorScheme();
  useEffect(() => {
    if (canvas.current === null) return;
    const palette = readPalette(canvas.current);
    const look = {
      palette,
      hatch: hatchPattern(palette.doubtSoft, palette.doubt),
      gapHatch: hatchPattern(palette.unknownSoft, palette.gapLine),
    };
    const config = bandConfig(data, look, window, bandAnnotations({ limits, events }, { unit: data.unit, ...window }, look));
    overlay.current = { data, look, marks };
    if (chart.current === null) {
      chart.current = new Chart(canvas.current, { ...config, plugins: [bandOverlay(() => overlay.current)] });
      return;
    }
    chart.current.data = config.data;
    chart.current.options = config.options ?? {};
    chart.current.update("none");
  }, [data, window, marks, limits, events, scheme]);
  useEffect(() => () => chart.current?.destroy(), []);
  return (
    <DragZoom instantAt={(x_px) => chart.current?.scales.x?.getValueForPixel(x_px) ?? null} onZoom={onZoom}>
      <canvas ref={canvas} role="img" aria-label={description} />
    </DragZoom>
  );
}

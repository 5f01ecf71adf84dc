import type { TermsPoint } from "@truebound/wire";
import { Chart } from "chart.js";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { Zone } from "../format/zone.ts";
import { readPalette } from "./palette.ts";
import { STACKED, type TermsConfig, type TermsLook, termsConfig } from "./terms-config.ts";
import { useColorScheme } from "./use-color-scheme.ts";

interface TermsChartProps {
  readonly points: readonly TermsPoint[];
  readonly from_ms: number;
  readonly to_ms: number;
  readonly zone: Zone;
  readonly description: string;
}

/** The canvas around a configuration, changed in place. */
export function TermsChart({ points, from_ms, to_ms, zone, description }: TermsChartProps): JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null);
  const chart = useRef<Chart<"line", TermsConfig["data"]["datasets"][number]["data"]> | null>(null);
  const scheme = useColorScheme();
  useEffect(() => {
    if (canvas.current === null) return;
    const config = termsConfig(points, lookOf(canvas.current), { from_ms, to_ms, zone });
    if (chart.current === null) {
      chart.current = new Chart(canvas.current, config);
      return;
    }
    chart.current.data = config.data;
    chart.current.options = config.options ?? {};
    chart.current.update("none");
  }, [points, from_ms, to_ms, zone, scheme]);
  useEffect(() => () => chart.current?.destroy(), []);
  return <canvas ref={canvas} role="img" aria-label={description} />;
}

function lookOf(element: Element): TermsLook {
  const style = getComputedStyle(element);
  const entries = STACKED.map((name) => [name, style.getPropertyValue(`--term-${name}`).trim()] as const);
  return { palette: readPalette(element), colours: Object.fromEntries(entries) as TermsLook["colours"] };
}

import { Chart, type ChartConfiguration } from "chart.js";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { useColorScheme } from "./use-color-scheme.ts";

type Line = { x: number; y: number | null }[];

interface LineCanvasProps {
  /** Made anew where it changes; it is to keep its identity as long as what it draws is the same. */
  readonly config: (element: Element) => ChartConfiguration<"line", Line>;
  readonly description: string;
}

/** The canvas around a configuration, changed in place. */
export function LineCanvas({ config, description }: LineCanvasProps): JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null);
  const chart = useRef<Chart<"line", Line> | null>(null);
  const scheme = useColorScheme();
  useEffect(() => {
    if (canvas.current === null) return;
    const drawn = config(canvas.current);
    if (chart.current === null) {
      chart.current = new Chart(canvas.current, drawn);
      return;
    }
    chart.current.data = drawn.data;
    chart.current.options = drawn.options ?? {};
    chart.current.update("none");
  }, [config, scheme]);
  useEffect(() => () => chart.current?.destroy(), []);
  return <canvas ref={canvas} role="img" aria-label={description} />;
}

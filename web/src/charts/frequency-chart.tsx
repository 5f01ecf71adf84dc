import type { JSX } from "preact";
import { useCallback } from "preact/hooks";
import { frequencyConfig } from "./frequency-config.ts";
import { LineCanvas } from "./line-canvas.tsx";
import { readPalette } from "./palette.ts";
import type { OverTimeProps } from "./terms-chart.tsx";

export function FrequencyChart({ points, from_ms, to_ms, zone, description }: OverTimeProps): JSX.Element {
  const config = useCallback(
    (element: Element) => frequencyConfig(points, readPalette(element), { from_ms, to_ms, zone }),
    [points, from_ms, to_ms, zone],
  );
  return <LineCanvas config={config} description={description} />;
}

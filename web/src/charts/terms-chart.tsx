import type { TermsPoint } from "@truebound/wire";
import type { JSX } from "preact";
import { useCallback } from "preact/hooks";
import type { Zone } from "../format/zone.ts";
import { LineCanvas } from "./line-canvas.tsx";
import { readPalette } from "./palette.ts";
import { STACKED, type TermsLook, termsConfig } from "./terms-config.ts";

export interface OverTimeProps {
  readonly points: readonly TermsPoint[];
  readonly from_ms: number;
  readonly to_ms: number;
  readonly zone: Zone;
  readonly description: string;
}

export function TermsChart({ points, from_ms, to_ms, zone, description }: OverTimeProps): JSX.Element {
  const config = useCallback(
    (element: Element) => termsConfig(points, lookOf(element), { from_ms, to_ms, zone }),
    [points, from_ms, to_ms, zone],
  );
  return <LineCanvas config={config} description={description} />;
}

function lookOf(element: Element): TermsLook {
  const style = getComputedStyle(element);
  const entries = STACKED.map((name) => [name, style.getPropertyValue(`--term-${name}`).trim()] as const);
  return { palette: readPalette(element), colours: Object.fromEntries(entries) as TermsLook["colours"] };
}

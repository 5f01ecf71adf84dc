import type { Terms, TermsPoint } from "@truebound/wire";
import type { ChartConfiguration } from "chart.js";
import { toMs } from "../format/instant.ts";
import type { TermName } from "../format/term-words.ts";
import { axisNumber, type DrawUnit, unitFor } from "../format/unit.ts";
import type { BandWindow } from "./band-config.ts";
import { timeScale } from "./band-scales.ts";
import { overTimeOptions } from "./over-time-options.ts";
import type { Palette } from "./palette.ts";

/** From the ground up, in the order of the measurement's path. */
export const STACKED = ["path", "root", "precision", "stamp", "drift"] as const satisfies readonly TermName[];
type Stacked = (typeof STACKED)[number];

export type TermsConfig = ChartConfiguration<"line", { x: number; y: number | null }[]>;

export interface TermsLook {
  readonly palette: Palette;
  readonly colours: Readonly<Record<Stacked, string>>;
}

export const termNs = (terms: Terms | null, name: Stacked): number | null => (terms === null ? null : Number(terms[`${name}_ns`]));

const wholeNs = (terms: Terms | null): number => STACKED.reduce((sum, name) => sum + (termNs(terms, name) ?? 0), 0);

export const termsUnit = (points: readonly TermsPoint[]): DrawUnit =>
  unitFor(points.reduce((most, { terms }) => Math.max(most, wholeNs(terms)), 0));

/** What the width was made of, one term on the other. Where there was no bound there is a gap, never a width of zero. */
export function termsConfig(
  points: readonly TermsPoint[],
  { palette, colours }: TermsLook,
  window: Pick<BandWindow, "from_ms" | "to_ms" | "zone">,
): TermsConfig {
  const unit = termsUnit(points);
  const datasets = STACKED.map((name, index) => ({
    label: name,
    data: points.map(({ t, terms }) => {
      const value = termNs(terms, name);
      return { x: toMs(t), y: value === null ? null : value / unit.size_ns };
    }),
    borderColor: colours[name],
    backgroundColor: `color-mix(in srgb, ${colours[name]} 55%, ${palette.surface})`,
    borderWidth: 1,
    pointRadius: 0,
    stepped: "before" as const,
    fill: index === 0 ? ("origin" as const) : ("-1" as const),
  }));
  return {
    type: "line",
    data: { datasets },
    options: {
      ...overTimeOptions(palette),
      plugins: { legend: { display: false }, tooltip: { enabled: true, animation: false } },
      scales: {
        x: timeScale(palette, { ...window, isFitted: false }),
        y: {
          type: "linear",
          stacked: true,
          beginAtZero: true,
          grid: { color: palette.line, drawTicks: false },
          border: { display: false },
          title: { display: true, text: `of the wider side (${unit.name})`, color: palette.muted },
          ticks: { color: palette.muted, padding: 8, callback: (value) => axisNumber(Number(value)).replace("+", "") },
        },
      },
    },
  };
}

import type { ChartOptions } from "chart.js";
import type { Palette } from "./palette.ts";

/** What all pictures over time have in common: nothing moves, nothing is made up between two points, and the pointer picks an instant. */
export const overTimeOptions = ({ font }: Pick<Palette, "font">) =>
  ({
    animation: false,
    parsing: false,
    normalized: true,
    responsive: true,
    maintainAspectRatio: false,
    spanGaps: false,
    interaction: { mode: "index", intersect: false },
    font: { family: font },
  }) as const satisfies ChartOptions<"line">;

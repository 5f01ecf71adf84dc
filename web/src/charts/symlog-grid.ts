import { decades, percent, type SymlogAxis } from "./symlog.ts";

const isThird = ({ linear_ns }: SymlogAxis, value_ns: number): boolean => Math.round(Math.log10(Math.abs(value_ns) / linear_ns)) % 3 === 0;

function colour(axis: SymlogAxis, value_ns: number): string {
  if (value_ns === 0) return "--zero";
  return isThird(axis, value_ns) ? "--grid-unit" : "--grid-decade";
}

/**
 * The decades behind an interval as a CSS background, zero on top: one string serves every row of a list, where lines drawn
 * into each would be the larger part of the page.
 */
export function gridBackground(axis: SymlogAxis): string {
  const byWeight = decades(axis).toSorted((a, b) => Math.abs(a) - Math.abs(b));
  return byWeight
    .map((value_ns) => {
      const line = `var(${colour(axis, value_ns)})`;
      return `linear-gradient(${line},${line}) ${percent(axis, value_ns).toFixed(3)}% 0/${value_ns === 0 ? 2 : 1}px 100% no-repeat`;
    })
    .join(",");
}

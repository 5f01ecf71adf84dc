import type { HostSource } from "@truebound/wire";
import { worstErrorText } from "./bound.ts";

/** How a card's clock is read, and what is declared of it, a line each. */
export function phcLines({ facts = {} }: Pick<HostSource, "facts">): string[] {
  const { clock, read_by, bracket_ns, error_bound_ns, scale } = facts;
  if (typeof clock !== "string") return [];
  return [
    `${clock}, keeps ${String(scale).toUpperCase()}`,
    `read to ${typeof bracket_ns === "string" ? worstErrorText(bracket_ns) : "an unknown width"} (${read_by})`,
    typeof error_bound_ns === "string" ? `off by ${worstErrorText(error_bound_ns)} at most, as declared` : "nothing says how far off it is",
  ];
}

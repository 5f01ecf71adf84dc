import { floorFraction } from "@truebound/time";
import type { Episode } from "../audit-case.ts";
import type { RoundedSpan } from "./rounding.ts";

/** 6.8: maximal stretches of VIOLATION. Schedule and exemptions do not split them, and do not hide them. */
export const episodesOf = (spans: readonly RoundedSpan[]): Episode[] =>
  spans.flatMap(({ from, to, verdict, peak }) =>
    verdict === "VIOLATION" && peak !== null ? [{ from, to, peakProven: floorFraction(peak) }] : [],
  );

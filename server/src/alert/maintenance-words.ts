import type { Maintenance } from "@truebound/wire";
import { spanWords } from "./rule-words.ts";

/** When a window holds. */
export function whenInWords({ once, weekly }: Maintenance): string {
  const parts = [
    ...(once === undefined ? [] : [`from ${minute(once.from)} to ${minute(once.to)}`]),
    ...(weekly === undefined
      ? []
      : [`every ${weekly.days.join(", ")} at ${weekly.at} (${weekly.timezone}) for ${spanWords(weekly.for_s)}`]),
  ];
  return parts.join(", and ");
}

/** To the second, and to the minute where that is all. */
const minute = (instant: string): string => instant.replace(/(\.\d+)?Z$/, "Z").replace(/:00Z$/, "Z");

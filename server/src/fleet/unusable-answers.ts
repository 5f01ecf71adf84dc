import type { BatchSource } from "@truebound/wire";

/** Refusals of what did answer the request: the network is not the matter. */
const ANSWERED: ReadonlySet<string> = new Set([
  "kiss_rate",
  "kiss_deny",
  "kiss_rstr",
  "kiss_other",
  "unsynchronised",
  "stratum_too_high",
  "zero_timestamp",
  "server_order",
  "client_order",
  "too_uncertain",
  "delay_too_large",
  "negative_delay",
  "leap_unknown",
]);

/** The reason for which most of its replies were refused or its requests failed: "timeout", "refused". */
function commonestReason({ refusals }: Pick<BatchSource, "refusals">): string | null {
  const [first] = Object.entries(refusals)
    .filter(([, count]) => count > 0)
    .sort(([a, many], [b, more]) => more - many || (a < b ? -1 : 1));
  return first?.[0] ?? null;
}

/** The same in words. */
export const commonest = (source: Pick<BatchSource, "refusals">): string | null => commonestReason(source)?.replaceAll("_", " ") ?? null;

/** True of a source that mostly does answer where no answer of it was of use. */
export const answersUnusably = (source: Pick<BatchSource, "refusals">): boolean => ANSWERED.has(commonestReason(source) ?? "");

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
  "nts_malformed",
  "nts_no_identifier",
  "nts_unauthenticated",
  "nts_forged",
  "nts_certificate_expired",
  "nts_certificate_not_yet_valid",
  "kiss_ntsn",
]);

const WITHOUT_KEYS = "nts_no_keys";

/** The reason for which most of its replies were refused or its requests failed: "timeout", "refused". */
function commonestReason({ refusals }: Pick<BatchSource, "refusals">): string | null {
  const counted = Object.entries(refusals).filter(([, count]) => count > 0);
  // That there are no keys has a reason of its own, which came once where this comes with each poll.
  const whyNoKeys = counted.filter(([reason]) => reason !== WITHOUT_KEYS && reason.startsWith("nts_"));
  const [first] = (whyNoKeys.length > 0 ? counted.filter(([reason]) => reason !== WITHOUT_KEYS) : counted).sort(
    ([a, many], [b, more]) => more - many || (a < b ? -1 : 1),
  );
  return first?.[0] ?? null;
}

/** The same in words. */
export function commonest(source: Pick<BatchSource, "refusals">): string | null {
  const words = commonestReason(source)?.replaceAll("_", " ");
  return (
    words
      ?.replace(/^ptp /, "")
      .replace(/^nts ke /, "NTS keys: ")
      .replace(/^nts /, "NTS: ") ?? null
  );
}

/** True of a source that mostly does answer where no answer of it was of use. */
export function answersUnusably(source: Pick<BatchSource, "refusals">): boolean {
  const reason = commonestReason(source) ?? "";
  return ANSWERED.has(reason) || (reason.startsWith("ptp_") && !PORT_SILENT.test(reason));
}

/** Else a PTP port was asked, and said what no bound is made of. */
const PORT_SILENT = /^ptp_(pmc_|no_sync|no_grandmaster|port_not_following)/;

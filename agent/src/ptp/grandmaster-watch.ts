import { lostItsReference, meaningOfClass } from "@truebound/time";
import type { SourceNews } from "../interval-source/ports.ts";
import { isFollowing, type PtpLook } from "./ptp-look.ts";

/** Something that a grandmaster's data sets showed, for the record. */
export type GrandmasterNews = SourceNews & {
  readonly kind: "grandmaster_changed" | "grandmaster_lost_reference" | "grandmaster_regained_reference" | "grandmaster_class_changed";
};

type Seen = Pick<PtpLook, "facts" | "portState">;

/** What changed from one look to the next. Another grandmaster is told as such, and what is said of its class by that. */
export function newsOfGrandmaster(before: Seen | null, now: Seen): GrandmasterNews[] {
  if (before === null || !isFollowing(now)) return [];
  const [from, to] = [before.facts.clockClass, now.facts.clockClass];
  const about = { grandmaster: now.facts.grandmaster, class_before: from, class_now: to, says: meaningOfClass(to) };
  if (before.facts.grandmaster !== now.facts.grandmaster)
    return [
      {
        kind: "grandmaster_changed",
        detail: { ...about, grandmaster_before: before.facts.grandmaster, steps_removed: now.facts.stepsRemoved },
      },
    ];
  if (from === to) return [];
  if (lostItsReference(from, to)) return [{ kind: "grandmaster_lost_reference", detail: about }];
  const isBack = meaningOfClass(to) === "locked";
  return [{ kind: isBack ? "grandmaster_regained_reference" : "grandmaster_class_changed", detail: about }];
}

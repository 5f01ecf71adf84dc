import {
  type ClockReading,
  carryBetween,
  drift,
  type LeapList,
  MOST_SLEW,
  type PartsPerBillion,
  type PtpBound,
  type PtpFacts,
  type PtpRefusal,
  ppb,
  ptpBound,
  type RawInstant,
  stepped,
} from "@truebound/time";
import { changedBetween, isFollowing, type PtpLook } from "./ptp-look.ts";
import type { PtpOptions } from "./ptp-options.ts";

/** What two looks at a port, and looks at the clock that it stamps with, amount to: an interval on UTC − RAW at one instant, or why none. */
export type PtpEvidence =
  | {
      readonly kind: "evidence";
      readonly raw: RawInstant;
      readonly lo: bigint;
      readonly hi: bigint;
      readonly cap: bigint;
      readonly bound: Extract<PtpBound, { kind: "bound" }>;
    }
  | { readonly kind: "refused"; readonly reason: PtpRefusal | LookRefusal };

/** Beside what the data sets say: the looks themselves tell nothing. */
export const LOOK_REFUSALS = [
  "port_not_following",
  "port_uncalibrated",
  "no_sync",
  "changed_while_read",
  "utc_offset_not_applied",
  "stamp_outside",
  "clock_stepped",
  "clock_slew_undeclared",
] as const;
export type LookRefusal = (typeof LOOK_REFUSALS)[number];

export interface PtpScene {
  /** Before and after a Sync. */
  readonly before: PtpLook;
  readonly after: PtpLook;
  /** Looks at the clock that stamps, in order of time: the Sync's stamp lies between two of them. */
  readonly looks: readonly ClockReading[];
  readonly slew: PartsPerBillion;
  readonly leapList: LeapList | null;
  /** Of RAW. */
  readonly rho: PartsPerBillion;
}

/**
 * The data sets are read before and after the Sync whose offset counts, all of them: what they said then was in force when ptp4l reckoned
 * it. One that changed and changed back between two looks is not seen.
 */
export function ptpEvidence(scene: PtpScene, options: PtpOptions): PtpEvidence {
  const { before, after, leapList, rho } = scene;
  const reason = whyNotByLooks(scene);
  if (reason !== null) return { kind: "refused", reason };
  const ingress = after.ingress as bigint;
  const bound = ptpBound(withLongerDelay(after, before), options.terms, { leapList, ingress, age: 0n, rho: ppb(0n) });
  if (bound.kind === "refused") return bound;
  // linuxptp 3.1 takes a new offset over when it chooses its master anew, and shows it before that.
  const isApplied = options.terms.scale === "ptp" || after.appliedUtcOffset === after.facts.currentUtcOffset;
  if (!isApplied) return { kind: "refused", reason: "utc_offset_not_applied" };
  // Some drivers say that they can double a card's rate: that bounds nothing.
  if (scene.slew >= MOST_SLEW) return { kind: "refused", reason: "clock_slew_undeclared" };
  const carried = carriedBy(ingress, scene);
  if (typeof carried === "string") return { kind: "refused", reason: carried };
  const { raw, cap } = carried;
  // UTC − RAW moves while the instant is not known.
  const by = cap + drift(rho, cap);
  return { kind: "evidence", raw, cap, lo: ingress + bound.interval.lo - raw - by, hi: ingress + bound.interval.hi - raw + by, bound };
}

/** The delay that the offset was reckoned with may have been replaced since: it was one of the two, or between them. */
function withLongerDelay({ facts }: PtpLook, before: PtpLook): PtpFacts {
  const { meanPathDelayScaled: now } = facts;
  const then = before.facts.meanPathDelayScaled;
  return now > 0n && then > now ? { ...facts, meanPathDelayScaled: then } : facts;
}

function whyNotByLooks({ before, after }: PtpScene): LookRefusal | "no_grandmaster" | null {
  if (!after.facts.isGrandmasterPresent) return "no_grandmaster";
  if (!isFollowing(after)) return "port_not_following";
  if (after.ingress === null || after.ingress === before.newestIngress) return "no_sync";
  if (changedBetween(before, after)) return "changed_while_read";
  return isFrozen(before, after) ? "port_uncalibrated" : null;
}

/**
 * A port that follows, and whose servo has not locked (or runs free), may tell the offset of a master before: Syncs come, and the offset
 * stays what it was until a path delay has been measured.
 */
const isFrozen = (before: PtpLook, after: PtpLook): boolean =>
  after.portState === "UNCALIBRATED" && before.facts.offsetScaled === after.facts.offsetScaled;

/**
 * Carried by the two looks around it. A step anywhere between the looks voids them: the clock may have shown the stamp twice, and the Sync
 * may be told with the offset of one from before the step (tsproc_mode raw, until a delay is measured anew).
 */
function carriedBy(ingress: bigint, { looks, slew }: PtpScene): { readonly raw: RawInstant; readonly cap: bigint } | LookRefusal {
  const isStepped = looks.slice(1).some((look, index) => stepped(looks[index] as ClockReading, look, slew));
  if (isStepped) return "clock_stepped";
  const next = looks.findIndex(({ realtime }, index) => index > 0 && realtime >= ingress);
  const [before, after] = [looks[next - 1], looks[next]];
  if (before === undefined || after === undefined) return "stamp_outside";
  const carried = carryBetween(ingress, before, after, slew);
  return carried.kind === "carried" ? carried : carried.why;
}

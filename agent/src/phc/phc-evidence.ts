import { absolute, BILLION, drift, type LeapList, leapsOf, type PartsPerBillion, type RawInstant } from "@truebound/time";
import type { PhcOptions } from "./phc-options.ts";
import type { PhcReading } from "./phc-reading.ts";

type ScaleRefusal = "no_leap_list" | "leap_list_expired" | "before_leap_list" | "leap_near";

export type PhcEvidence =
  | { readonly kind: "evidence"; readonly raw: RawInstant; readonly lo: bigint; readonly hi: bigint; readonly cap: bigint }
  | { readonly kind: "refused"; readonly reason: "bound_unknown" | ScaleRefusal };

/** What a card does with a leap second, and when it is told, is its maker's affair. */
const NEAR_LEAP = 60n * BILLION;

/**
 * UTC − RAW by a card's clock P that is within `bound` of its scale: P was read within the bracket, so UTC − RAW at its end lies between
 * P − bound − end and P + bound − begin, and what UTC − RAW can move within the bracket.
 */
export function phcEvidence(
  { rawBefore, rawAfter, realtime: shown }: PhcReading,
  bound: bigint | null,
  { scale }: Pick<PhcOptions, "scale">,
  leapList: LeapList | null,
  rho: PartsPerBillion,
): PhcEvidence {
  if (bound === null) return { kind: "refused", reason: "bound_unknown" };
  const offset = taiOffset(shown, scale, leapList);
  if (typeof offset === "string") return { kind: "refused", reason: offset };
  const width = rawAfter - rawBefore;
  const by = bound + drift(rho, width);
  return { kind: "evidence", raw: rawAfter, lo: shown - offset - rawAfter - by, hi: shown - offset - rawBefore + by, cap: width };
}

/** ns to take off to get to UTC. */
function taiOffset(shown: bigint, scale: PhcOptions["scale"], list: LeapList | null): bigint | ScaleRefusal {
  if (list === null) return scale === "utc" ? 0n : "no_leap_list";
  const offset = scale === "utc" ? 0n : secondsAtTai(list, shown);
  if (offset === null || shown < list.updated) return "before_leap_list";
  const at = shown - offset;
  if (leapsOf(list).some(({ utc_ns }) => absolute(at - utc_ns) <= NEAR_LEAP)) return "leap_near";
  return at >= list.expires && scale === "tai" ? "leap_list_expired" : offset;
}

/** TAI − UTC in ns by the row that a count of TAI lies in; null = before the first. */
const secondsAtTai = ({ rows }: LeapList, tai: bigint): bigint | null => {
  const row = rows.findLast(({ from, taiMinusUtc }) => from + BigInt(taiMinusUtc) * BILLION <= tai);
  return row === undefined ? null : BigInt(row.taiMinusUtc) * BILLION;
};

import { absolute, divCeil, formatUtc, maxOf, parseUtc, utc } from "@truebound/time";
import type { HostDetail } from "@truebound/wire";

/** What an application on the host would be told if it asked for the time now. */
export type TrueTime =
  | { readonly kind: "known"; readonly earliest: bigint; readonly latest: bigint; readonly epsilon: bigint; readonly age: bigint }
  | { readonly kind: "unknown"; readonly why: string };

type Facts = Pick<HostDetail, "status" | "liveness" | "guaranteed" | "as_of" | "as_of_marked" | "assumptions">;

const BILLION = 1_000_000_000n;
/** Past this width nothing is called known. */
const EPSILON_MAX = BILLION;

/** Its own agent may know it well. */
export const CARRIED = "its reports are carried here, and say nothing of now";

const WIDENING = ["proven", "holdover", "unverified", "conflict", "no_majority"];

/**
 * `now` is the server's instant, known here to `loose` ns either way. Since the last report the bound grows by rho to both sides (M3):
 * on the host's ruler, which its daemon does not touch.
 */
export function trueTime({ status, liveness, guaranteed, as_of, as_of_marked, assumptions }: Facts, now: bigint, loose: bigint): TrueTime {
  if (liveness === "enrolled") return { kind: "unknown", why: "the host has not reported yet" };
  if (liveness === "carried") return { kind: "unknown", why: CARRIED };
  if (liveness !== "reporting" && liveness !== "late") return { kind: "unknown", why: `the host is ${liveness}` };
  const read = as_of === null || as_of_marked ? null : parseUtc(as_of);
  if (guaranteed === null || assumptions === null || read === null || !WIDENING.includes(status))
    return {
      kind: "unknown",
      why: status === "unknown" ? "nothing is proved of this clock" : `the host is ${status.replaceAll("_", " ")}`,
    };
  const age = maxOf(0n, now - read);
  const width = BigInt(guaranteed.hi_ns) - BigInt(guaranteed.lo_ns);
  const rate = BigInt(assumptions.rho_ppb) + absolute(BigInt(assumptions.oscillator_ppb ?? 0));
  const epsilon = divCeil(width, 2n) + divCeil((age + loose) * rate, BILLION);
  if (epsilon > EPSILON_MAX) return { kind: "unknown", why: "the bound has grown past a second" };
  return { kind: "known", earliest: now - loose - epsilon, latest: now + loose + epsilon, epsilon, age };
}

/** "06:00:00.123", cut (for an earliest) or filled up (for a latest) to the millisecond, so that it never looks tighter than it is. */
export function clockText(instant: bigint, way: "down" | "up"): { readonly day: string; readonly time: string } {
  const ms = way === "down" ? instant / 1_000_000n : divCeil(instant, 1_000_000n);
  const text = formatUtc(utc(ms * 1_000_000n));
  return { day: text.slice(0, 10), time: text.slice(11, 23) };
}

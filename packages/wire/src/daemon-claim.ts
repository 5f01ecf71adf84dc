import { absolute, divCeil, hull, type Interval, intersect } from "@truebound/time";
import type { Claimant, ClaimVerdict, DaemonSays, DisciplineSays, KernelSays } from "./daemon.ts";

/** Sums of what is told stay far within the 64 bits in which they are kept; no clock is 73 years off. */
const MOST = 2n ** 61n;

/** What each says that was asked. `interval` null = it claims nothing, or what no clock can mean. */
export function claimsIn({
  chronyd,
  ntpd,
  timesyncd,
  kernel,
}: DaemonSays): { readonly claimant: Claimant; readonly interval: Interval | null }[] {
  return [
    ...(chronyd ? [{ claimant: "chronyd" as const, interval: around(chronyd, rootDistance(chronyd)) }] : []),
    ...(ntpd ? [{ claimant: "ntpd" as const, interval: upTo(ntpd, rootDistance(ntpd)) }] : []),
    ...(timesyncd ? [{ claimant: "timesyncd" as const, interval: upTo(timesyncd, rootDistance(timesyncd)) }] : []),
    ...(kernel ? [{ claimant: "kernel" as const, interval: around(kernel, BigInt(kernel.max_error_ns)) }] : []),
  ];
}

/** The daemon's own claim where it answered, else the kernel's, which knows only what a daemon told it. */
export const claimedBy = (says: DaemonSays): Interval | null => claimsIn(says)[0]?.interval ?? null;

function around({ offset_ns, is_synchronised }: Pick<KernelSays, "offset_ns" | "is_synchronised">, error: bigint): Interval | null {
  const offset = BigInt(offset_ns);
  if (!is_synchronised || error < 0n || error >= MOST || absolute(offset) >= MOST) return null;
  return { lo: offset - error, hi: offset + error };
}

/** What is left of a measured offset lies anywhere between nothing and all of it. */
function upTo(said: DisciplineSays, error: bigint): Interval | null {
  const claim = around(said, error);
  return claim && hull(claim, { lo: -error, hi: error });
}

/** RFC 5905: half of what the way there and back takes, and all dispersion; rounded up. Below zero where either is. */
function rootDistance({ root_delay_ns, root_dispersion_ns }: NonNullable<DaemonSays["chronyd"]>): bigint {
  const [delay, dispersion] = [BigInt(root_delay_ns), BigInt(root_dispersion_ns)];
  return delay < 0n || dispersion < 0n ? -1n : divCeil(delay, 2n) + dispersion;
}

export function verdictOnClaim(claim: Interval | null, measured: Interval | null): ClaimVerdict {
  if (claim === null || measured === null) return "not_judged";
  if (intersect(claim, measured) === null) return "excluded";
  return claim.lo <= measured.lo && measured.hi <= claim.hi ? "held" : "open";
}

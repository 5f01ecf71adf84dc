import { atMost, excursion, ppb } from "@truebound/time";
import { type Check, check } from "./check.ts";
import type { DoctorFacts } from "./facts.ts";

/** A limit that somebody may have to prove, and how far apart the clock is read for it. */
interface Limit {
  readonly name: string;
  readonly limitNs: bigint;
  readonly readEveryNs: bigint;
}

const LIMITS: readonly Limit[] = [
  { name: "100 µs", limitNs: 100_000n, readEveryNs: 100_000_000n },
  { name: "1 ms", limitNs: 1_000_000n, readEveryNs: 1_000_000_000n },
  { name: "50 ms", limitNs: 50_000_000n, readEveryNs: 1_000_000_000n },
];

/** The rate that we advise, ppm: it leaves three quarters of 100 µs for everything else. */
const ADVISED_PPM = 500;
/** Seconds that a rate needs to slew one second away. */
const secondsToSlew = (ppm: number): number => Math.round(1e6 / ppm);

/**
 * Between two readings g apart nobody looks, and the clock may stray by S·g/2 beyond them. A limit below that cannot be
 * proved here, however good the sources are.
 */
export function checkSlewLimits(facts: DoctorFacts): Check {
  const { ppm, basis } = facts.slew;
  const strays = LIMITS.map((limit) => ({ ...limit, stray: excursion(ppb(ppm * 1000n), limit.readEveryNs) }));
  const forbidden = strays.filter(({ stray, limitNs }) => stray >= limitNs);
  const each = strays.map(({ name, stray, readEveryNs }) => `${name} (strays ${atMost(stray)} in ${atMost(readEveryNs)})`);
  const allowance = `S = ${ppm} ppm between two readings: ${basis}`;
  if (forbidden.length === 0) return check("slew_limits", "ok", `${allowance}; leaves room to prove ${each.join(", ")}`);
  const cannot = each.filter((_, index) => forbidden.includes(strays[index] as (typeof strays)[number]));
  const can = each.filter((one) => !cannot.includes(one));
  const room = can.length === 0 ? "" : `; leaves room for ${can.join(", ")}`;
  return check("slew_limits", "warn", `${allowance}; forbids ${cannot.join(", ")}${room}`, ...remedies(facts));
}

function remedies({ running, chrony }: DoctorFacts): string[] {
  const [daemon] = running.daemons;
  if (running.kind === "unseen") return ["let the agent see which daemon steers this clock: see daemon"];
  if (running.kind !== "one" || daemon?.kind !== "chronyd")
    return [`where 1 ms or less must be proved, let chronyd alone steer this clock, with maxslewrate ${ADVISED_PPM}`];
  const rate = chrony?.settings.maxSlewPpm ?? null;
  if (rate !== null && rate <= ADVISED_PPM * 2)
    return [`maxslewrate ${rate} is small enough; what keeps it from being relied on is said above, under chrony_config and daemon`];
  const file = chrony === null || daemon.directives.length > 0 ? "chrony's configuration" : chrony.path;
  return [
    `put "maxslewrate ${ADVISED_PPM}" into ${file} and restart chronyd; then the clock strays at most 250 µs in 1 s and 25 µs in 0.1 s, besides its own frequency error`,
    `what that costs: a large offset is corrected more slowly, 1 s in ${Math.round(secondsToSlew(ADVISED_PPM) / 60)} min instead of ${secondsToSlew(rate ?? 83_333)} s; keep "makestep 1 3", so that one at boot is still stepped away`,
  ];
}

import { BILLION, divCeil, formatUtc, type Interval, maxOf, utc } from "@truebound/time";
import type { ServerTime } from "@truebound/wire";
import { isOwn, ownHost } from "../fleet/own-clock.ts";
import type { FleetEntry } from "../fleet/watcher.ts";
import type { Fleet } from "./questions.ts";

export interface TimePorts {
  readonly fleet: Fleet;
  /** Null = this machine does not say. */
  readonly bootId: string | null;
  /** This machine's clock, ns since 1970, cut to a millisecond. */
  readonly wall: () => bigint;
}

const CUT = 1_000_000n;
/** What was proved longer ago says little of now: at chrony's allowance the clock may have strayed by ten seconds. */
const AGE_MAX = 120n * BILLION;

/** What time it is, for whoever cannot tell whose clock is wrong, theirs or the server's. */
export function serverTime({ fleet, bootId, wall }: TimePorts): ServerTime {
  const at = wall();
  const own = bootId === null ? null : ownEntry(fleet, bootId);
  const known = own === null ? "no_agent_here" : utcBetween(own, at);
  if (typeof known === "string") return { at: formatUtc(utc(at)), earliest: null, latest: null, reason: known };
  return { at: formatUtc(utc(at)), earliest: formatUtc(utc(known.lo)), latest: formatUtc(utc(known.hi)), reason: null };
}

export const askTime = async (ports: TimePorts): Promise<ServerTime> => serverTime(ports);

/** Said with every answer, as a header: what time the server takes it to be, so that a page can tell whose clock is off. */
export const TIME_HEADER = "Truebound-Time";

export const timeHeader = ({ at, earliest, latest, reason }: ServerTime): string =>
  earliest === null || latest === null ? `at=${at}; unknown=${reason}` : `at=${at}; earliest=${earliest}; latest=${latest}`;

/** Where it was found last: the fleet may be ten thousand hosts, and each answer asks. That there is none holds until the next look. */
const found = new WeakMap<Fleet, { readonly id: string | null; readonly mark: string | null }>();

function ownEntry(fleet: Fleet, bootId: string): FleetEntry | null {
  const known = found.get(fleet);
  const entry = known === undefined || known.id === null ? null : fleet.entry(known.id);
  if (entry !== null && isOwn(entry, bootId)) return entry;
  if (known?.id === null && known.mark === fleet.mark) return null;
  const own = ownHost(fleet.entries(), bootId);
  found.set(fleet, { id: own?.record.id ?? null, mark: fleet.mark });
  return own;
}

type Reason = NonNullable<ServerTime["reason"]>;

/**
 * UTC while this machine's clock shows `at`, by its last proven bound: since then its oscillator drifted by at most rho and its daemon
 * slewed it by at most S. A step since then is told at once by the agent and no later than its next report.
 */
export function utcBetween({ record, liveness, ageMs }: Pick<FleetEntry, "record" | "liveness" | "ageMs">, at: bigint): Interval | Reason {
  if (liveness !== "reporting" && liveness !== "late") return "not_heard";
  const { status, bound, asOf, asOfMarked, assumptions } = record;
  const isProven = (status === "proven" || status === "holdover") && !asOfMarked && record.rehearsal === null;
  if (!isProven || bound === null || asOf === null || assumptions === null) return "not_proven";
  const age = maxOf(maxOf(at - asOf, asOf - at), BigInt(Math.ceil(ageMs ?? 0)) * CUT);
  if (age > AGE_MAX) return "too_old";
  const rate = BigInt(assumptions.rho_ppb) + BigInt(Math.abs(assumptions.oscillator_ppb ?? 0)) + BigInt(assumptions.slew_ppm) * 1000n;
  const strayed = divCeil(age * rate, BILLION);
  return { lo: at + bound.lo - strayed, hi: at + CUT + bound.hi + strayed };
}

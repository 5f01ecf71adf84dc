import type { Liveness, Status } from "@truebound/wire";
import type { HostRecord } from "../fleet/host-record.ts";
import type { MemberStanding } from "../peer/standing.ts";

/** `unheard`: this process has not heard it yet, so what is stored of it is no news. */
export type Presence = "heard" | "late" | "silent" | "unheard";

export interface NumberBound {
  readonly lo: number;
  readonly hi: number;
  readonly worst: number;
}

/** What the findings on one host rest on. */
export interface HostFacts {
  readonly record: HostRecord;
  readonly presence: Presence;
  /** Its latest report says how its clock stands now. */
  readonly isPresent: boolean;
  /** ns; limits are below 2^53, and no rounding carries a greater number across one. Null = no bound, or one that is doubted. */
  readonly bound: NumberBound | null;
  /** The bound, where its status lets it prove something of a limit. */
  readonly proving: NumberBound | null;
  readonly standing: MemberStanding | null;
  /** This process has solved the mesh, or knows that there is none. */
  readonly isMeshKnown: boolean;
}

export interface HostSeen {
  readonly record: HostRecord;
  readonly liveness: Liveness;
  readonly ageMs: number | null;
  readonly standing?: MemberStanding | null;
}

const PROVING: ReadonlySet<Status> = new Set(["proven", "holdover"]);

export function factsOf(seen: HostSeen, isMeshKnown: boolean, isDoubted: boolean): HostFacts {
  const presence = presenceOf(seen);
  const isPresent = (presence === "heard" || presence === "late") && !isDoubted;
  const bound = isDoubted ? null : boundOf(seen.record);
  return {
    record: seen.record,
    presence,
    isPresent,
    bound,
    proving: isPresent && PROVING.has(seen.record.status) ? bound : null,
    standing: seen.standing ?? null,
    isMeshKnown,
  };
}

export function presenceOf({ liveness, ageMs }: HostSeen): Presence {
  if (liveness === "silent") return "silent";
  // Nothing that is carried is of now.
  if (ageMs === null || liveness === "carried") return "unheard";
  return liveness === "late" ? "late" : "heard";
}

function boundOf({ bound }: HostRecord): NumberBound | null {
  if (bound === null) return null;
  const [lo, hi] = [Number(bound.lo), Number(bound.hi)];
  return { lo, hi, worst: Math.max(Math.abs(lo), Math.abs(hi)) };
}

/** What a kernel's NTP state is off by where the upper half of a nanosecond count was lost (2^32 ns). */
export const GLITCH_NS = 4_294_967_296;
const GLITCH_ROOM_NS = 100_000_000;
/** So many reports in a row must show it before it is believed. */
export const GLITCH_REPORTS = 3;

/** Bounds that lie where that glitch would put them. */
export const looksLikeGlitch = ({ bound }: HostRecord): boolean =>
  bound !== null &&
  [-GLITCH_NS, GLITCH_NS].some(
    (at) => Math.abs(Number(bound.lo) - at) < GLITCH_ROOM_NS && Math.abs(Number(bound.hi) - at) < GLITCH_ROOM_NS,
  );

import type { LeapList, UtcInstant } from "@truebound/time";
import type { FleetFinding } from "../alert/findings/fleet.ts";
import type { HouseFacts } from "../alert/house-facts.ts";
import type { Sample } from "../metrics/fleet-samples.ts";

/** What the database says of itself and of the servers on it; all instants are by its clock. */
export interface DatabaseFacts {
  readonly now: UtcInstant;
  readonly version: string;
  readonly schema: "current" | "behind" | "newer";
  readonly bytes: number;
  /** In how many ms it answered all of this, rounded up. */
  readonly tookMs: number;
  /** It follows another one, and takes no writes. */
  readonly isStandby: boolean;
  /** Those that follow it; a field is null where our role may not see it. */
  readonly standbys: readonly { readonly name: string; readonly state: string | null; readonly lagSeconds: number | null }[];
  /** Null = alerts were never judged. */
  readonly judgedAt: UtcInstant | null;
  readonly teller: "server" | "prometheus";
  readonly hasHeartbeat: boolean;
  readonly channels: readonly ChannelFacts[];
  /** Of the oldest notice that is due to a channel; null = none is. */
  readonly dueSince: UtcInstant | null;
  /** What is to go into the log and is in none yet: since when, null = nothing is. */
  readonly unloggedSince: UtcInstant | null;
  readonly anchoredAt: UtcInstant | null;
  /** Hosts whose latest batch could not be read: how many, and the first of them by name. */
  readonly unreadable: { readonly count: number; readonly names: readonly string[] };
  readonly servers: readonly ServerSeen[];
  readonly house: HouseFacts;
}

export interface ChannelFacts {
  readonly name: string;
  readonly enabled: boolean;
  /** Null = nothing was to be told there yet. */
  readonly last: { readonly at: UtcInstant; readonly delivered: boolean; readonly error: string | null } | null;
}

/** A process of this software that serves on the database. */
export interface ServerSeen {
  readonly name: string;
  readonly version: string;
  readonly startedAt: UtcInstant;
  readonly seenAt: UtcInstant;
  readonly judges: boolean;
}

/** What only a process that serves knows, of itself. */
export interface ProcessFacts {
  readonly samples: readonly Sample[];
  readonly ownClock: FleetFinding;
  /** Of the last hour, by problem code. */
  readonly turnedAway: ReadonlyMap<string, number>;
  /** Batches of the last hour that were stored and could not be read. */
  readonly quarantined: number;
}

/** `unknown` = it was not tried yet. */
export type Reached =
  | { readonly kind: "none" }
  | { readonly kind: "unknown" }
  | { readonly kind: "works" }
  | { readonly kind: "trouble"; readonly why: string };

export interface SystemFacts {
  readonly version: string;
  /** A text = why it does not answer. */
  readonly database: DatabaseFacts | string;
  /** Null = whoever asks is no server, such as a command beside it. */
  readonly process: ProcessFacts | null;
  readonly leaps: LeapList;
  /** An authority is named that stamps heads of the log. */
  readonly isAnchored: boolean;
  readonly archive: Reached;
  /** Of the volume that the database lies on, bytes; null = it is not on this machine. */
  readonly disk: { readonly free: number; readonly total: number } | null;
}

import type { Interval, RawInstant, UtcInstant } from "@truebound/time";
import type { PeerConflict, Tier } from "@truebound/wire";
import type { Judgement, OpenConflict } from "./conflict-watch.ts";
import type { Target } from "./target.ts";

/** When the ruler of `from` read `at`, the ruler of `to`, or a target's clock, read `at` plus at least lo and at most hi. */
export interface MeasuredEdge extends Interval {
  readonly from: string;
  readonly to: string;
  readonly fromRuler: number;
  /** null = a target's clock was read. */
  readonly toRuler: number | null;
  readonly at: RawInstant;
  /** The same over the exchanges of the last minutes, in the tight tier. */
  readonly hull: (Interval & { readonly at: RawInstant }) | null;
  /** Since it was received, by the clock of the database; negative where that was set back meanwhile. */
  readonly ageMs: number;
}

export interface StoredConflict extends OpenConflict {
  readonly firstSeen: UtcInstant;
  readonly lastSeen: UtcInstant;
  readonly endedAt: UtcInstant | null;
  readonly cleared: readonly string[];
  readonly leastLiars: number;
  readonly cycles: PeerConflict["cycles"];
}

/** What is stored of the mesh beside its hosts' states, as of `now` by the clock of the database. */
export interface PeerLook {
  readonly now: UtcInstant;
  readonly edges: readonly MeasuredEdge[];
  readonly targets: readonly Target[];
}

export interface PeerStore {
  look(): Promise<PeerLook>;
  /** Those that go on, and those that ended within the last day; newest first. */
  conflicts(): Promise<StoredConflict[]>;
  /**
   * Writes a judgement, one server of those on the database at a time. What others have begun of the same hosts is not begun
   * again. How many were begun, by tier; null = another server is about it.
   */
  record(judgement: Judgement): Promise<readonly Tier[] | null>;
}

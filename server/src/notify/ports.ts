import type { UtcInstant } from "@truebound/time";
import type { AlertSettings, Channel, EntryKind, Notice } from "@truebound/wire";

/** What one try of telling a channel came to. */
export type Outcome =
  /** `note` = what people should know of it all the same. */
  | { readonly kind: "delivered"; readonly note?: string }
  /** Another try may do. */
  | { readonly kind: "again"; readonly why: string; readonly afterSeconds?: number }
  /** The receiver will never take what it was sent. */
  | { readonly kind: "refused"; readonly why: string };

export const again = (why: string, afterSeconds?: number): Outcome =>
  afterSeconds === undefined ? { kind: "again", why } : { kind: "again", why, afterSeconds };

/** Under which a channel is told. */
export interface Moment {
  /** The clock of the database: what a receiver holds against its own clock must not come from this host's. */
  readonly at: UtcInstant;
  readonly pageUrl: string | null;
  /** What the channel was told last of other incidents that go on, where it may be the same to it; absent = nothing is. */
  readonly elsewhere?: readonly Notice[];
}

export type Send = (channel: Channel, notice: Notice, moment: Moment) => Promise<Outcome>;

/** Tells an Alertmanager once more what goes on; it takes an alert for over of which it has not heard for five minutes. */
export type Remind = (channel: AlertmanagerChannel, notices: readonly Notice[]) => Promise<Outcome>;
export type AlertmanagerChannel = Extract<Channel, { readonly kind: "alertmanager" }>;

/** A delivery that this process took for a while. */
export interface Taken {
  readonly noticeId: bigint;
  readonly incidentId: bigint;
  readonly channel: string;
  readonly notice: Notice;
  /** This one included. */
  readonly attempts: number;
  /** Since the notice was written, by the clock of the database. */
  readonly ageSeconds: number;
  readonly at: UtcInstant;
}

/** Where incidents are told to. */
export interface Places {
  /** All of them, those that are switched off among them. */
  readonly channels: readonly Channel[];
  readonly pageUrl: string | null;
}

/** How much room a channel has. */
export interface Room {
  readonly channel: string;
  readonly slots: number;
}

export interface Waiting {
  readonly channel: string;
  readonly count: number;
  /** Since the oldest notice was written, by the clock of the database. */
  readonly oldestSeconds: number;
}

/** What becomes of a delivery after a try. */
export type Verdict =
  | { readonly state: "delivered" }
  | { readonly state: "due"; readonly error: string; readonly pauseMs: number }
  | { readonly state: "given_up"; readonly error: string };

/** Why a delivery is given up where its channel is gone: of such a one the channel knows nothing, should it come back. */
export const WITHOUT_CHANNEL = { off: "the channel is switched off", removed: "there is no such channel any more" } as const;

/** A line for the incident's story. */
export interface Entry {
  readonly kind: Extract<EntryKind, "notified" | "not_notified">;
  readonly words: string;
}

export interface DeliveryStore {
  places(): Promise<Places>;
  /** The first that is due of each incident and channel, as far as there is room; nobody else takes them for `leaseMs`. */
  take(rooms: readonly Room[], leaseMs: number): Promise<readonly Taken[]>;
  /** Those whose channel is not, or no more, one of these. */
  takeOrphans(channels: readonly string[], leaseMs: number): Promise<readonly Taken[]>;
  settle(taken: Taken, verdict: Verdict, entry: Entry | null): Promise<void>;
  /** What a channel was told last of each incident that it was not told the end of. */
  standing(channel: string): Promise<readonly Notice[]>;
  /** What the channel of this delivery was told last of other incidents that go on and are about what goes by the same name. */
  elsewhere(taken: Taken): Promise<readonly Notice[]>;
  waiting(): Promise<readonly Waiting[]>;
  /** Nobody is `alone` with the channel meanwhile; others may be beside. */
  beside<T>(channel: string, work: () => Promise<T>): Promise<T>;
  /** Nobody tells the channel anything meanwhile. */
  alone(channel: string, work: () => Promise<void>): Promise<void>;
}

/** What the heartbeat rests on, as the database says it. */
export interface Pulse {
  readonly settings: AlertSettings;
  /** Another word each time that somebody judged; null = nobody ever did. */
  readonly judged: string | null;
  /** Of the delivery that waits longest. */
  readonly oldest: { readonly key: string; readonly seconds: number } | null;
}

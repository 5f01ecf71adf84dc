import type { UtcInstant } from "@truebound/time";
import type {
  Alert,
  Channel,
  ChannelTest,
  ChannelView,
  CommentRequest,
  Incident,
  IncidentDetail,
  Maintenance,
  Silence,
  SilenceMade,
  SilenceRequest,
} from "@truebound/wire";
import type { AlertConfig } from "../alert/alert-config.ts";
import type { Wished } from "../alert/maintenance-window.ts";

export const INCIDENT_STATES = ["open", "resolved", "all"] as const;
export type IncidentState = (typeof INCIDENT_STATES)[number];
export const ALERT_STATES = ["firing", "ended", "all"] as const;
export type AlertState = (typeof ALERT_STATES)[number];

/** A page of a list whose newest come first. */
export interface Paging {
  /** Only what came before this id; null = from the newest. */
  readonly before: string | null;
  readonly limit: number;
  /** Id or name; null = all. */
  readonly host: string | null;
}

/** Why a change was not made. */
export type NotDone = { readonly notDone: "missing" | "over" };
/** A silence of a file: the name by which that file knows it, and the file as it was given. */
export type OfFile = { readonly notDone: "of_file"; readonly name: string; readonly file: string };

/** A maintenance window, with the clock of the database when it was read. */
export interface KnownWindow {
  readonly body: Maintenance;
  readonly origin: "file" | "person";
  readonly who: string;
  readonly now: UtcInstant;
  /** It was taken back before it began. */
  readonly isGone?: boolean;
}
export type AddedWindow =
  | { readonly window: KnownWindow; readonly hostsNow: number }
  | { readonly refused: string }
  /** No host has this name or id; these are the names that there are. */
  | { readonly unknown: string; readonly names: readonly string[] };

/** How telling a channel goes. */
export type ChannelState = Pick<ChannelView, "waiting" | "last">;

export interface IncidentStore {
  config(): Promise<AlertConfig>;
  /** When alerts were last judged; null = never. */
  judgedAt(): Promise<string | null>;
  incidents(state: IncidentState, paging: Paging): Promise<Incident[]>;
  incident(id: string): Promise<IncidentDetail | null>;
  alerts(state: AlertState, paging: Paging): Promise<Alert[]>;
  /** By the name of the rule; absent = none fires. */
  firing(): Promise<ReadonlyMap<string, number>>;
  /** Committed when it resolves, and so are all others here. Of one that somebody acknowledged already nothing changes. */
  acknowledge(id: string, who: string): Promise<IncidentDetail | NotDone>;
  comment(id: string, comment: CommentRequest): Promise<IncidentDetail | NotDone>;
  /** Those that are not over, and those that ended within a week; the newest first. */
  silences(): Promise<Silence[]>;
  addSilence(request: SilenceRequest): Promise<SilenceMade>;
  endSilence(id: string): Promise<Silence | NotDone | OfFile>;
  /** All that a file set, and what people declared of the last 90 days; by name. */
  windows(): Promise<KnownWindow[]>;
  addWindow(wish: (now: UtcInstant) => Wished | string, who: string): Promise<AddedWindow>;
  endWindow(name: string, who: string): Promise<KnownWindow | NotDone | OfFile>;
  /** By name; absent = nothing was ever to be told there. */
  channelStates(): Promise<ReadonlyMap<string, ChannelState>>;
}

/** Tells a channel of nothing, straight; null = this process cannot. */
export type TestChannel = ((channel: Channel) => Promise<ChannelTest>) | null;

export interface AlertPorts {
  readonly incidents: IncidentStore;
  readonly testChannel: TestChannel;
}

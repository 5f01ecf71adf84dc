import type { UtcInstant } from "@truebound/time";
import type { AlertRule, AlertSettings, Calendar, Channel, HostGroup, Maintenance, Matchers, Origin, Whom } from "@truebound/wire";
import { type LabelSet, matches } from "../policy/choose-policy.ts";

/** A thing that was set, and by whom it may be changed. */
export interface Setting<T> {
  readonly body: T;
  readonly origin: Origin;
}

/** A silence that began and is not over, by the clock of the database. */
export interface ActiveSilence {
  readonly id: string;
  readonly matchers: Matchers;
  /** Who made it, and why. */
  readonly who: string;
  readonly comment: string;
}

/** All that people set of alerts, as of one look. */
export interface AlertConfig {
  /** Those that come with Truebound, as far as none of the same name was set, and those that were set. */
  readonly rules: readonly Setting<AlertRule>[];
  readonly groups: readonly Setting<HostGroup>[];
  readonly calendars: readonly Setting<Calendar>[];
  readonly maintenance: readonly Setting<Maintenance>[];
  readonly channels: readonly Setting<Channel>[];
  readonly silences: readonly ActiveSilence[];
  readonly settings: AlertSettings;
  /** The clock of the database. */
  readonly now: UtcInstant;
}

/** Whether a host is meant. A group that is not there means nobody: a rule for it must not fall on everybody. */
export function isMeant(labels: LabelSet, whom: Whom | undefined, groups: readonly Setting<HostGroup>[]): boolean {
  if (whom === undefined) return true;
  if (whom.labels !== undefined && !matches(labels, whom.labels)) return false;
  if (whom.group === undefined) return true;
  const group = groups.find(({ body }) => body.name === whom.group);
  return group !== undefined && matches(labels, group.body.labels);
}

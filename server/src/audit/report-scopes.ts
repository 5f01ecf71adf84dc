import type { DeclaredExemption, Inventory, Stretch } from "@truebound/audit";
import { maxOf, minOf, type UtcInstant, utc } from "@truebound/time";
import type { Calendar } from "@truebound/wire";
import { joinInto, scheduleOf } from "./schedule.ts";
import type { AuditScopes, DatedScope, KnownExemption, Period } from "./scopes.ts";

/** What a report needs of all that was declared. Instants are ns of UTC. */
export interface ReportScopes {
  /** Each in the form in which it was in force at some time of the period, and from when to when. */
  scopes(period: Stretch): Promise<readonly DatedScope[]>;
  exemptions(period: Stretch): Promise<readonly DeclaredExemption[]>;
  /** null = none was imported. */
  inventory(): Promise<Inventory | null>;
  /** When a calendar is open within the period; null = there is no calendar of this name. */
  schedule(calendar: string, period: Stretch): Promise<readonly Stretch[] | null>;
}

export interface CalendarBook {
  /** What it said at any time, the oldest first; none = there never was one of this name. */
  calendarVersions(name: string): Promise<readonly CalendarVersion[]>;
}

export interface CalendarVersion {
  /** null = it was taken away. */
  readonly calendar: Calendar | null;
  readonly from: UtcInstant;
}

const periodOf = ({ from, to }: Stretch): Period => ({ from: utc(from), to: utc(to) });

/** A report names hosts by their ids alone: names change. */
function asDeclared(exemption: KnownExemption): DeclaredExemption {
  const { host_name: _, ...declared } = exemption;
  return declared;
}

export const reportScopes = (store: AuditScopes & CalendarBook): ReportScopes => ({
  scopes: (period) => store.scopes(periodOf(period)),
  exemptions: async (period) => (await store.exemptions(periodOf(period))).map(asDeclared),
  inventory: () => store.inventory(),
  schedule: async (name, period) => {
    const versions = await store.calendarVersions(name);
    return versions.length === 0 ? null : scheduleOfVersions(versions, periodOf(period));
  },
});

/** Each for the time in which it was in force, the first one before that too. While there is none the limit holds always. */
export function scheduleOfVersions(versions: readonly CalendarVersion[], { from, to }: Period): Stretch[] {
  const stretches: Stretch[] = [];
  for (const [index, { calendar, from: begins }] of versions.entries()) {
    const until = versions[index + 1]?.from ?? to;
    const inForce = { from: utc(index === 0 ? from : maxOf(from, begins)), to: utc(minOf(to, until)) };
    for (const stretch of scheduleOf(calendar, inForce)) joinInto(stretches, stretch);
  }
  return stretches;
}

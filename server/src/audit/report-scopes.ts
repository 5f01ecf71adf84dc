import type { DeclaredExemption, Inventory, Stretch } from "@truebound/audit";
import { utc } from "@truebound/time";
import { type DatedCalendar, scheduleByForms } from "./schedule.ts";
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
  calendarVersions(name: string): Promise<readonly DatedCalendar[]>;
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
    return versions.length === 0 ? null : scheduleByForms(versions, periodOf(period));
  },
});

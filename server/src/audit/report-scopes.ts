import type { AuditScope, DeclaredExemption, Inventory, Stretch } from "@truebound/audit";
import { utc } from "@truebound/time";
import type { Calendar } from "@truebound/wire";
import { scheduleOf } from "./schedule.ts";
import { type AuditScopes, type DatedScope, EVER, type Period } from "./scopes.ts";

/** What a report needs of all that was declared. Instants are ns of UTC. */
export interface ReportScopes {
  scopes(period: Stretch): Promise<readonly AuditScope[]>;
  exemptions(period: Stretch): Promise<readonly DeclaredExemption[]>;
  /** null = none was imported. */
  inventory(): Promise<Inventory | null>;
  /** When a calendar is open within the period; null = there is no calendar of this name. */
  schedule(calendar: string, period: Stretch): Promise<readonly Stretch[] | null>;
}

export interface CalendarBook {
  /** null = there is none of this name. */
  calendar(name: string): Promise<Calendar | null>;
}

/**
 * Of each name the scope that was in force last within the period: one that was ended in it still counts. Of a name that was first
 * declared after the period the present one, so that time before there was a scope can be audited too.
 */
export function scopesFor(declared: readonly DatedScope[], { to }: Pick<Period, "to">): AuditScope[] {
  const names = [...new Set(declared.map(({ scope }) => scope.name))];
  return names.flatMap((name) => {
    const ofName = declared.filter(({ scope }) => scope.name === name);
    const within = ofName.filter(({ from }) => from < to).at(-1);
    const chosen = within ?? ofName.find((one) => one.to === null);
    return chosen === undefined ? [] : [chosen.scope];
  });
}

const periodOf = ({ from, to }: Stretch): Period => ({ from: utc(from), to: utc(to) });

export const reportScopes = (store: AuditScopes & CalendarBook): ReportScopes => ({
  scopes: async (period) => scopesFor(await store.scopes({ from: utc(period.from), to: EVER.to }), periodOf(period)),
  exemptions: async (period) =>
    (await store.exemptions(periodOf(period))).map(({ id, host, scope, from, to, reason, declared_by, declared_at }) => ({
      id,
      host,
      scope,
      from,
      to,
      reason,
      declared_by,
      declared_at,
    })),
  inventory: () => store.inventory(),
  schedule: async (name, period) => {
    const calendar = await store.calendar(name);
    return calendar === null ? null : scheduleOf(calendar, periodOf(period));
  },
});

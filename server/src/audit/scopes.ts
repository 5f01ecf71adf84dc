import type { AuditScope, DeclaredExemption, Inventory } from "@truebound/audit";
import { parseUtc, type UtcInstant, utc } from "@truebound/time";
import { type LabelSet, matches } from "../policy/choose-policy.ts";

/** From an instant to before another one. */
export interface Period {
  readonly from: UtcInstant;
  readonly to: UtcInstant;
}

/** From before every time to after it, as far as the database keeps them. */
export const EVER: Period = { from: utc(-(2n ** 62n)), to: utc(2n ** 62n) };

/** A scope as it was declared, and for how long it was in force, by the clock of the database. */
export interface DatedScope {
  readonly scope: AuditScope;
  readonly from: UtcInstant;
  /** null = it goes on. */
  readonly to: UtcInstant | null;
  readonly declaredBy: string;
}

export interface KnownExemption extends DeclaredExemption {
  /** Name of its host, as it is now; null = of every host of the scope. */
  readonly host_name: string | null;
}

/** What people declared for audits. */
export interface AuditScopes {
  /** In force at an instant, or at some time of a period; by name, then by when. */
  scopes(when: UtcInstant | Period): Promise<DatedScope[]>;
  /** Those that touch the period, in the order in which they were declared. */
  exemptions(period: Period): Promise<KnownExemption[]>;
  /** The list of hosts that was imported last; null = none was. */
  inventory(): Promise<Inventory | null>;
}

export interface NewExemption {
  readonly scope: string;
  /** By its id or name; null = every host of the scope. */
  readonly host: string | null;
  readonly period: Period;
  readonly reason: string;
  readonly who: string;
}

export interface WithdrawnExemption {
  readonly exemption: KnownExemption;
  /** Ids of reports that rest on it. They stay as they are. */
  readonly reports: readonly string[];
}

export interface ScopedHost {
  readonly name: string;
  readonly labels: LabelSet;
}

/** What people can declare beside files. */
export interface AuditDeclarations extends AuditScopes {
  /** The clock of the database. */
  now(): Promise<UtcInstant>;
  addExemption(exemption: NewExemption): Promise<KnownExemption | "no_scope" | "no_host" | "not_in_scope">;
  /** "withdrawn" = it was withdrawn before. */
  withdrawExemption(
    id: string,
    said: { readonly reason: string; readonly who: string },
  ): Promise<WithdrawnExemption | "no_exemption" | "withdrawn">;
  addInventory(inventory: Omit<Inventory, "imported_at">, who: string): Promise<Inventory>;
  /** Those that may report: neither pending, retired nor revoked. */
  reportingHosts(): Promise<ScopedHost[]>;
}

export const isInScope = (host: Pick<ScopedHost, "labels">, { hosts }: Pick<AuditScope, "hosts">): boolean => matches(host.labels, hosts);

/** A host may be held against several limits at once: each scope that it is in counts. */
export const scopesOf = <S extends Pick<AuditScope, "hosts">>(host: Pick<ScopedHost, "labels">, scopes: readonly S[]): S[] =>
  scopes.filter((scope) => isInScope(host, scope));

/** Declared after it began: it never hides a violation. */
export function isLate({ from, declared_at }: Pick<DeclaredExemption, "from" | "declared_at">): boolean {
  const [begins, declared] = [parseUtc(from), parseUtc(declared_at)];
  if (begins === null || declared === null)
    throw new RangeError(`Cannot tell whether an exemption is late: ${from}, ${declared_at} are no times`);
  return declared > begins;
}

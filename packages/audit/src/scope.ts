/** What people declare for audits. Each row is dated by the log and never changed: another one ends it. Snake case, as it is stored and said. */

/** Whose clocks are held against which profile, and when. */
export interface AuditScope {
  /** Lower-case words joined by hyphens. */
  readonly name: string;
  readonly profile: string;
  /** Labels that a host must carry, all of them; {} = every host. */
  readonly hosts: Readonly<Record<string, string>>;
  /** Name of a calendar; null = always. */
  readonly calendar: string | null;
  readonly service: string | null;
  /** Of the profile's law, e.g. "high-frequency trading". */
  readonly activity: string | null;
  /** Where the timestamp is applied, in words. */
  readonly stamp_point: string | null;
  readonly app_error_ns: string;
  /** The document of a stamp test that measured it; absent = somebody typed it. */
  readonly app_error_from?: string;
  readonly horizon_ns: string;
  readonly counts_unverified: boolean;
  readonly minimum_proven_ppm: number | null;
  /** A stamp as the application writes it, and how coarse the clock is that it reads; absent = nobody declared it. */
  readonly stamp_example?: string;
  readonly clock_resolution_ns?: string;
}

/** Time in which the limit need not hold; it never hides evidence. */
export interface DeclaredExemption {
  readonly id: string;
  /** Null = of every host of the scope. */
  readonly host: string | null;
  readonly scope: string;
  readonly from: string;
  readonly to: string;
  readonly reason: string;
  readonly declared_by: string;
  /** When the database took it, RFC 3339. */
  readonly declared_at: string;
  /** When, by whom and why it was taken back, dated as declared_at is; absent = it was not. */
  readonly withdrawn_at?: string;
  readonly withdrawn_by?: string;
  readonly withdrawn_reason?: string;
}

export interface ExemptTime<T> {
  readonly from: T;
  readonly to: T;
  readonly declaredAt: T;
}

/**
 * For what time an exemption holds. One that was taken back before it began: for none. Later: up to then, and as one that was
 * declared then, so that it hides no violation; nor does taking it back turn what was exempt into compliant time.
 */
export function exemptTime<T extends bigint | string>(one: ExemptTime<T>, withdrawn: T | null): ExemptTime<T> | null {
  if (withdrawn === null) return one;
  const to = withdrawn < one.to ? withdrawn : one.to;
  return to <= one.from ? null : { from: one.from, to, declaredAt: withdrawn > one.declaredAt ? withdrawn : one.declaredAt };
}

/** A list of the hosts that must be there. */
export interface Inventory {
  readonly kind: "csv" | "ansible" | "kubernetes";
  readonly source: string;
  readonly sha256: string;
  readonly imported_at: string;
  readonly hosts: readonly string[];
}

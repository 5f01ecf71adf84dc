import { atMost } from "@truebound/time";
import type { ProfileView } from "@truebound/wire";
import { exactNs } from "../../../format/bound.ts";

/** What docs/profiles.md says of a profile beside what the wire names: the server checked it. */
interface More {
  readonly limit_ns?: unknown;
  readonly suggested_limit_ns?: unknown;
  readonly granularity_ns?: unknown;
  readonly retention_years?: unknown;
  readonly traceability?: unknown;
  readonly status?: unknown;
}

export interface ProfileTerms {
  readonly limit: string;
  /** Every nanosecond. */
  readonly exact: string;
  readonly granularity: string;
  readonly retention: string;
  readonly traceability: string;
  readonly isDraft: boolean;
}

type Profile = ProfileView["profile"];

const isCount = (value: unknown): value is string => typeof value === "string" && /^-?\d+$/.test(value);
const span = (value: unknown, none: string): string => (isCount(value) ? atMost(BigInt(value)) : none);

export function profileTerms(profile: Profile): ProfileTerms {
  const more = profile as Profile & More;
  return {
    ...limitOf(profile.kind, more),
    granularity: span(more.granularity_ns, "no named granularity"),
    retention:
      typeof more.retention_years === "number"
        ? `${more.retention_years} ${more.retention_years === 1 ? "year" : "years"}`
        : "no named time",
    traceability: typeof more.traceability === "string" ? more.traceability : "no rule",
    isDraft: more.status === "draft",
  };
}

/** A limit that this page cannot read is said to be that, and never drawn as none. */
function limitOf(kind: Profile["kind"], { limit_ns, suggested_limit_ns }: More): Pick<ProfileTerms, "limit" | "exact"> {
  if (kind === "template")
    return { limit: "names no number", exact: `suggested: ${isCount(suggested_limit_ns) ? exactNs(suggested_limit_ns) : "none"}` };
  if (isCount(limit_ns)) return { limit: `${atMost(BigInt(limit_ns))} between two`, exact: exactNs(limit_ns) };
  const [least, greatest] = Array.isArray(limit_ns) ? (limit_ns as unknown[]) : [];
  if (!isCount(least) || !isCount(greatest)) return { limit: "not readable here", exact: JSON.stringify(limit_ns ?? null) };
  const exact = `${exactNs(least)} to ${exactNs(greatest)}`;
  if (BigInt(least) === -BigInt(greatest)) return { limit: `±${atMost(BigInt(greatest))}`, exact };
  return { limit: exact, exact };
}

/** `1970-01-01` = nobody says since when. */
export const validity = ({ valid_from, valid_to }: Pick<Profile, "valid_from" | "valid_to">): string =>
  `${valid_from === "1970-01-01" ? "nobody says since when" : `from ${valid_from}`}${valid_to === null ? "" : ` to ${valid_to}`}`;

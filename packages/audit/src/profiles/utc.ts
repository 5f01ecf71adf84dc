import type { Figure, ProfileTemplate, SelfReport, UtcProfile } from "../profile.ts";

export const US = 1000n;
export const MS = 1000n * US;
export const S = 1000n * MS;
export const DAY = 86_400n * S;

/** In force for as long as nobody says since when. */
export const UNDATED = "1970-01-01";
const HORIZON = 30n * S;

type Head = Pick<UtcProfile, "id" | "title" | "limit_on" | "source" | "note">;
type Open = Omit<UtcProfile, "kind" | "limit_ns" | "template">;

const DEFAULTS: Omit<Open, keyof Head> = {
  valid_from: UNDATED,
  valid_to: null,
  jurisdiction: null,
  verified: false,
  granularity_ns: null,
  retention_years: null,
  traceability: "none",
  reference: "UTC",
  self_report: null,
  horizon_ns: HORIZON,
  smear: "divergence",
  counts_unverified: false,
  status: "in_force",
  unverified: [],
};

/** The same limit either way; what is not given is as with most. */
export const utc = ({ limit, ...given }: Head & Partial<Open> & { readonly limit: bigint }): UtcProfile => ({
  kind: "utc",
  limit_ns: [-limit, limit],
  template: null,
  ...DEFAULTS,
  ...given,
});

export const template = (given: Head & Partial<Open>): ProfileTemplate => ({
  kind: "template",
  suggested_limit_ns: S,
  ...DEFAULTS,
  ...given,
});

export const unread = (...figures: readonly Figure[]): readonly Figure[] => figures;

export const report = (given: Partial<Omit<SelfReport, "verified">>): SelfReport => ({
  often: null,
  multiple_of_limit: null,
  lasting_ns: null,
  verified: false,
  ...given,
});

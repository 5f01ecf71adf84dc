import type { ReportManifest, SpokenProfile } from "@truebound/audit";

type Field<Name extends string> = SpokenProfile extends infer P ? (P extends Readonly<Record<Name, infer Value>> ? Value : never) : never;

/** A profile as a manifest prints it. What only one kind has may be absent. */
export interface ProfileFacts {
  readonly kind: string;
  readonly id: string;
  readonly title: string;
  readonly limit_on: string;
  readonly valid_from: string;
  readonly valid_to: string | null;
  readonly jurisdiction: string | null;
  readonly source: { readonly text: string; readonly url: string | null };
  readonly verified: boolean;
  readonly note: string;
  readonly limit_ns: string | readonly [string, string];
  readonly status?: Field<"status">;
  readonly unverified?: Field<"unverified">;
  readonly granularity_ns?: string | null;
  readonly retention_years?: number | null;
  readonly traceability?: Field<"traceability">;
  readonly reference?: Field<"reference">;
  readonly smear?: Field<"smear">;
  readonly counts_unverified?: boolean;
  readonly horizon_ns?: string;
}

/** The server checked it when it was set, and the verifier compares its hash. */
export const profileOf = ({ profile }: ReportManifest["profiles"][number]): ProfileFacts => profile as unknown as ProfileFacts;

export const limitsOf = ({ limit_ns }: ProfileFacts): readonly [string, string] =>
  typeof limit_ns === "string" ? [`-${limit_ns}`, limit_ns] : limit_ns;

import type { HostLimit } from "@truebound/wire";
import { type DatedScope, isInScope } from "../audit/scopes.ts";
import type { LabelSet } from "../policy/choose-policy.ts";
import type { NamedLimit } from "../stamps/stamp-limit.ts";

/** What a host's offset is held against by the scopes that it is in: a profile's limit is on divergence, which has the other sign. */
export const limitsOf = (labels: LabelSet, scopes: readonly DatedScope[], profiles: readonly NamedLimit[]): HostLimit[] =>
  scopes
    .filter(({ scope }) => isInScope({ labels }, scope))
    .flatMap(({ scope: { name, profile } }) => {
      const limit = profiles.find(({ id }) => id === profile)?.limit_ns;
      if (limit === undefined || typeof limit === "bigint") return [];
      const [min, max] = limit;
      return [{ scope: name, profile, lo_ns: (-max).toString(), hi_ns: (-min).toString() }];
    });

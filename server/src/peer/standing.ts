import type { Standing, Tier } from "@truebound/wire";
import type { StoredConflict } from "./ports.ts";

/** How a node of the mesh stands in what contradicts. */
export interface MemberStanding {
  readonly standing: Standing;
  /** Of the conflict that this comes from; null = none. */
  readonly tier: Tier | null;
  /** Of that conflict; 0 = none. */
  readonly suspects: number;
  readonly leastLiars: number;
}

const UNACCUSED: MemberStanding = { standing: "unaccused", tier: null, suspects: 0, leastLiars: 0 };

/** What accuses most comes first, then what was found without the assumption of a steady frequency. */
const ORDER: readonly Standing[] = ["flagged", "suspect", "cleared"];

/** By id. A conflict clears those of its own domain, for of others nobody in it says anything. */
export function standingsOf(domains: ReadonlyMap<string, string>, conflicts: readonly StoredConflict[]): Map<string, MemberStanding> {
  const open = conflicts.filter(({ endedAt }) => endedAt === null).map((conflict) => inConflict(conflict, domains));
  return new Map(
    [...domains].map(([id, domain]) => {
      const said = open.filter(({ within }) => within.has(domain)).map(({ standingOf }) => standingOf(id));
      return [id, said.sort(worstFirst)[0] ?? UNACCUSED];
    }),
  );
}

/** Where a conflict is, and how each stands in it. */
function inConflict({ tier, leastLiars, ...said }: StoredConflict, domains: ReadonlyMap<string, string>) {
  const [suspects, flagged] = [new Set(said.suspects), new Set(said.flagged)];
  return {
    within: new Set(said.suspects.flatMap((id) => domains.get(id) ?? [])),
    standingOf: (id: string): MemberStanding => {
      const standing = flagged.has(id) ? "flagged" : suspects.has(id) ? "suspect" : "cleared";
      return { standing, tier, suspects: suspects.size, leastLiars };
    },
  };
}

const worstFirst = (a: MemberStanding, b: MemberStanding): number =>
  ORDER.indexOf(a.standing) - ORDER.indexOf(b.standing) || Number(a.tier === "tight") - Number(b.tier === "tight");

/** Those of whom somebody must be wrong: while that is so, none of them has a vote in anybody's bound. */
export const distrusted = (standings: ReadonlyMap<string, MemberStanding>): ReadonlySet<string> =>
  new Set([...standings].filter(([, { standing }]) => standing === "flagged" || standing === "suspect").map(([id]) => id));

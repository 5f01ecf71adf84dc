import type { MeshState } from "@truebound/server";
import type { Interval } from "@truebound/time";
import type { Tier } from "@truebound/wire";

/** What one solution says of one host's clock. */
export interface SolvedBound {
  readonly host: string;
  readonly tier: Tier;
  /** When it read its clock, on which ruler. */
  readonly ruler: number;
  readonly raw: bigint;
  /** On its clock − UTC then. */
  readonly bound: Interval;
}

/** What one server made of the mesh at one time. */
export interface SolvedMesh {
  readonly at: bigint;
  readonly server: string;
  readonly bounds: readonly SolvedBound[];
  /** Whom either tier suspects. */
  readonly suspects: ReadonlySet<string>;
}

/** What is left of a solution for whoever knows the truth. */
export function solvedMesh({ members, solution }: MeshState, server: string, at: bigint): SolvedMesh | null {
  if (solution === null) return null;
  const tiers = [solution.guaranteed, solution.tight];
  return {
    at,
    server,
    suspects: new Set(tiers.flatMap(({ blame }) => blame.suspects)),
    bounds: tiers.flatMap(({ tier, bounds }) =>
      [...bounds].flatMap(([host, bound]) => {
        const member = members.get(host);
        if (bound === null || member === undefined || member.reading === null) return [];
        return [{ host, tier, ruler: member.mesh.ruler, raw: member.reading.raw, bound }];
      }),
    ),
  };
}

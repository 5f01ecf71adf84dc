import type { Host } from "./host.ts";
import type { Tables } from "./tables.ts";
import type { World } from "./world.ts";

/** States in which a peer was not heard lately. */
const UNHEARD: readonly string[] = ["never_answered", "stale"];

/** What of a mesh must come in the end and is not there yet, in words: each host hears all others, and whoever is misled is named. */
export function whatMeshLacks(tables: Tables, hosts: readonly Host[], { mesh }: Pick<World, "mesh">): string[] {
  if (mesh === null) return [];
  const present = hosts.filter(({ isGone }) => !isGone);
  const lacking = present.flatMap((host) => {
    const said = tables.hosts.get(host.id)?.record.mesh ?? null;
    const others = present.filter((other) => other !== host);
    const deaf = others.filter(({ id }) => said?.peers.every((peer) => peer.id !== id || UNHEARD.includes(peer.state)) ?? true);
    return deaf.map(({ plan }) => `${host.plan.name} does not hear ${plan.name}`);
  });
  const misled = present.find(({ plan }) => plan.isMisled === true);
  return [...lacking, ...(misled === undefined || isNamed(tables, misled.id) ? [] : [`nobody says that ${misled.plan.name} is wrong`])];
}

/** By a conflict that goes on, it alone, and without any assumption of a steady frequency. */
const isNamed = ({ conflicts }: Tables, id: string): boolean =>
  [...conflicts.values()].some(
    ({ tier, flagged, endedAt }) => tier === "guaranteed" && endedAt === null && flagged.length === 1 && flagged[0] === id,
  );

export const isMeshAtRest = (tables: Tables, hosts: readonly Host[], world: World): boolean =>
  whatMeshLacks(tables, hosts, world).length === 0;

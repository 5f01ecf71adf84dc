import type pg from "pg";
import { makeFleetMinutes } from "../adapters/postgres/fleet-minutes.ts";
import { isOutage } from "../adapters/postgres/pool.ts";
import { retireSilent } from "../adapters/postgres/retire-store.ts";
import type { Log } from "../log.ts";
import type { Counters } from "../metrics/families.ts";
import type { PeerKeeper } from "../peer/peer-keeper.ts";

/** A look that fails is counted and tried again; the first of a row of failures is told. `then` follows each that did not. */
export function watchfully(see: () => Promise<void>, counters: Counters, log: Log, then: () => Promise<void>): () => Promise<void> {
  let blind = false;
  return async () => {
    try {
      await see();
      if (blind) log.info("The fleet can be seen again");
      blind = false;
      counters.add("looks", { outcome: "done" });
    } catch (error) {
      if (!blind) log.warn(`Cannot see the fleet: ${error instanceof Error ? error.message : String(error)}`);
      blind = true;
      counters.add("looks", { outcome: "failed" });
      return;
    }
    await then();
  };
}

/** Once a minute, one server of those on the database: ephemeral hosts that were silent for long are no part of the fleet. */
export async function retire(pool: pg.Pool, log: Log): Promise<void> {
  try {
    for (const { name, hours } of await retireSilent(pool)) log.info(`Retired ${name}: silent for ${hours} h`);
  } catch (error) {
    if (!isOutage(error)) log.warn(`Cannot retire silent hosts: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** What fails is done in the next look; until then what was solved before is answered, with its time. */
export async function solvePeers(peers: PeerKeeper, log: Log): Promise<void> {
  try {
    await peers.look();
  } catch (error) {
    if (!isOutage(error)) log.warn(`Cannot solve the mesh: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  }
}

/** One server of those on the database; what fails is done in the next look. */
export async function countFleet(pool: pg.Pool, log: Log): Promise<void> {
  try {
    await makeFleetMinutes(pool);
  } catch (error) {
    if (!isOutage(error)) log.warn(`Cannot count the fleet: ${error instanceof Error ? error.message : String(error)}`);
  }
}

import { type Endpoint, type Rung, rungs } from "@truebound/agent";
import { besideChronyd, type ChronydResult } from "./beside-chronyd.ts";
import { startChronydServer } from "./chronyd.ts";
import { measureRung, newRun, type RungResult, rungResult } from "./measured-exchange.ts";

export interface AgainstChronyd {
  /** Every rung, back to back: is the truth always inside? */
  readonly rungs: readonly RungResult[];
  /** The kernel rungs at chronyd's own pace, in the same seconds. */
  readonly paced: readonly RungResult[];
  readonly chronyd: readonly ChronydResult[];
}

const ROUNDS = 5;

/** Runs all rungs in turns against one chronyd on loopback; then, for `compareS` seconds, those that compare beside its own clients. */
export async function measureAgainstChronyd(exchanges: number, compareS: number, log: (text: string) => void): Promise<AgainstChronyd> {
  const server = await startChronydServer();
  const endpoint = { address: "127.0.0.1", port: server.port };
  const built = rungs().map(({ build }) => build());
  try {
    const contained = await measureInTurns(built, endpoint, exchanges, log);
    if (compareS <= 0) return { rungs: contained, paced: [], chronyd: [] };
    log(`beside chronyd's own clients for ${compareS} s`);
    const { ours, chronyd } = await besideChronyd(endpoint, compareS);
    return { rungs: contained, paced: ours, chronyd };
  } finally {
    for (const rung of built) rung.close();
    await server.stop();
  }
}

async function measureInTurns(
  built: readonly Rung[],
  endpoint: Endpoint,
  exchanges: number,
  log: (text: string) => void,
): Promise<RungResult[]> {
  const turns = built.map((rung) => ({ rung, run: newRun() }));
  for (let round = 0; round < ROUNDS; round++)
    for (const { rung, run } of turns) {
      await measureRung(rung, { endpoint, exchanges: Math.ceil(exchanges / ROUNDS), paceMs: 0 }, run);
      log(`round ${round + 1} of ${ROUNDS}, ${rung.mode}: ${run.exchanges.length} exchanges`);
    }
  return turns.map(({ rung, run }) => rungResult(rung.mode, run));
}

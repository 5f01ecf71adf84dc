import { LoadAgent } from "../load/load-agent.ts";
import { SyntheticHost } from "../load/synthetic-batch.ts";
import { SeededRandom } from "../sim/random.ts";
import { startTcpRelay } from "../tcp/relay.ts";
import { isOnSlowRoad, SLOW_ROAD } from "./faults.ts";
import { SoakAgent, type Tally } from "./soak-agent.ts";
import type { SoakJob, SoakMessage, SoakWord } from "./soak-job.ts";

/** Takes one job over IPC, enrols its agents, and does what it is told. */
const tell = (message: SoakMessage): void => void process.send?.(message);
const ENROLLING = 8;
/** As an agent that asks eight sources each sixteen seconds; of a host's time, not of ours. */
const SHAPE = { exchanges: 20, every: 2 };
const FROM_NS = 1_795_680_000_000_000_000n;

async function work(job: SoakJob): Promise<void> {
  const { hostname, port } = new URL(job.url);
  const slow = await startTcpRelay({ targets: () => [{ host: hostname, port: Number(port) }], pace: SLOW_ROAD });
  const tally: Tally = { faults: {}, answers: {}, trouble: [] };
  const agents = await enrolAll(job, `http://${slow.host}:${slow.port}`, tally);
  const turns = new Turns(agents, job.everyMs);
  process.on("message", (word: SoakWord) => {
    obey(word).catch(fail);
  });
  tell({ resting: true });

  async function obey(word: SoakWord): Promise<void> {
    if (word === "report") return turns.begin();
    turns.end();
    const told = await Promise.all(agents.map((agent) => agent.end()));
    slow.cut();
    if (word === "rest") return tell({ resting: true });
    await slow.close();
    tell({ ended: { told, tally } });
  }
}

async function enrolAll(job: SoakJob, slowUrl: string, tally: Tally): Promise<SoakAgent[]> {
  const agents: SoakAgent[] = [];
  let next = 0;
  const enrolSome = async () => {
    for (let index = next++; index < job.agents; index = next++) {
      const agent = new LoadAgent();
      await agent.enrol(job.url, job.token, `soak-${index}`, { rack: `r${Math.floor(index / 20)}` });
      const host = new SyntheticHost(agent.id, SHAPE, FROM_NS, job.seed + index);
      const road = isOnSlowRoad(index) ? slowUrl : job.url;
      agents.push(new SoakAgent(agent, host, road, new SeededRandom(job.seed * 7_919 + index), tally));
    }
  };
  await Promise.all(Array.from({ length: ENROLLING }, enrolSome));
  return agents;
}

/** Each agent in its own part of the period. */
class Turns {
  readonly #agents: readonly SoakAgent[];
  readonly #everyMs: number;
  #timer: NodeJS.Timeout | null = null;

  constructor(agents: readonly SoakAgent[], everyMs: number) {
    [this.#agents, this.#everyMs] = [agents, everyMs];
  }

  begin(): void {
    const began = performance.now();
    let done = 0;
    this.#timer ??= setInterval(() => {
      const due = Math.floor(((performance.now() - began) / this.#everyMs) * this.#agents.length);
      for (; done < due; done++) this.#agents[done % this.#agents.length]?.report();
    }, 10);
  }

  end(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }
}

const fail = (error: unknown): void => tell({ failed: error instanceof Error ? (error.stack ?? error.message) : String(error) });

process.once("message", (job: SoakJob) => {
  work(job).catch(fail);
});

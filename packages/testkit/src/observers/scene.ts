import { setTimeout as pause } from "node:timers/promises";
import { type Agent, chooseRung, type DaemonWitness, nonceSource, type Rung } from "@truebound/agent";
import { STA_PLL } from "@truebound/time";
import type { Batch } from "@truebound/wire";
import { agentOn, sourcesAt } from "../host/agent-on.ts";
import { ADDRESSES, type CaseName, type DaemonName, type SceneResult, serversOf } from "./cast.ts";
import { openPlayer, type Player } from "./players.ts";
import { openStage } from "./stage.ts";

export interface SceneTimes {
  /** Between two looks, s; agents as they come take 30. */
  readonly everySeconds: number;
  /** Looks after which nothing more is waited for. */
  readonly looks: number;
}

/** Looks at a daemon that is well before it is killed or stopped. */
const WELL_LOOKS = 2;
const READY_TRIES = 300;

/** Plays one scene with real processes and a real agent, whose clocks are this host's and are only read. */
export async function playScene(daemon: DaemonName, what: CaseName, times: SceneTimes): Promise<SceneResult> {
  const stage = await openStage(serversOf(what === "liar"));
  const player = openPlayer({ daemon, case: what, stage, everySeconds: times.everySeconds });
  const { rung } = await chooseRung(nonceSource(), { first: "userland_clock" });
  const looks = new Looks(player.witness);
  const batches: Batch[] = [];
  const places = [...ADDRESSES.truth, ADDRESSES.followed].map((address) => ({ address, port: 123 }));
  const clocks = daemon === "timesyncd" ? toldByTimesyncd(rung.clocks) : rung.clocks;
  const agent = agentOn({ ...rung, clocks }, sourcesAt(places), {
    settings: { probeIntervalS: 4 },
    report: (batch) => batches.push(batch),
    witness: looks,
  });
  try {
    await ready(player);
    agent.start();
    await untilHarmed(player, what, looks);
    return { daemon, case: what, ...(await follow(agent, looks, times)), said: saidIn(batches) };
  } finally {
    agent.stop();
    rung.close();
    player.close();
    await stage.close();
  }
}

/** This host's clocks, beside a kernel as timesyncd leaves it: synchronised, and told half a minute ago that it is right. */
const toldByTimesyncd = (clocks: Rung["clocks"]): Rung["clocks"] => ({
  ruler: clocks.ruler,
  read: () => {
    const { kernel, ...reading } = clocks.read();
    const told = { status: STA_PLL, maxError: 16_000n, estimatedError: 0n, offset: 0n };
    return { ...reading, kernel: kernel ? { ...kernel, ...told } : null };
  },
});

async function ready({ isReady, child }: Player): Promise<void> {
  for (let tries = 0; tries < READY_TRIES; tries++) {
    if (await isReady()) return;
    if (child.exitCode !== null) throw new Error(`Cannot play: the daemon ended by itself with ${child.exitCode}`);
    await pause(200);
  }
  throw new Error("Cannot play: within a minute the daemon did not say what the scene wants");
}

async function untilHarmed({ child }: Player, what: CaseName, looks: Looks): Promise<void> {
  if (what !== "killed" && what !== "hangs") return;
  while (looks.count < WELL_LOOKS) await pause(20);
  child.kill(what === "killed" ? "SIGKILL" : "SIGSTOP");
  looks.restart();
}

/** What is found, and after how many looks and seconds. Goes on to the last look: a second finding may follow the first. */
async function follow(agent: Agent, looks: Looks, { looks: most }: SceneTimes): Promise<Omit<SceneResult, "daemon" | "case" | "said">> {
  const found: SceneResult["found"][number][] = [];
  while (looks.count < most) {
    for (const finding of agent.daemonFindings)
      if (!found.some((one) => one.finding === finding)) found.push({ finding, looks: looks.count, seconds: looks.seconds });
    await pause(20);
  }
  return { found, looks: looks.count, seconds: looks.seconds };
}

/** The witness, and how often and for how long it has been asked. Time is this process's MONOTONIC. */
class Looks implements DaemonWitness {
  readonly #witness: DaemonWitness;
  #since = process.hrtime.bigint();
  count = 0;

  constructor(witness: DaemonWitness) {
    this.#witness = witness;
  }

  get everySeconds(): number {
    return this.#witness.everySeconds;
  }

  get seconds(): number {
    return Number(process.hrtime.bigint() - this.#since) / 1e9;
  }

  restart(): void {
    [this.count, this.#since] = [0, process.hrtime.bigint()];
  }

  sources(): ReturnType<DaemonWitness["sources"]> {
    return this.#witness.sources();
  }

  running() {
    return this.#witness.running?.() ?? { kind: "unseen" as const, daemons: [], bystanders: [], seesAll: false };
  }

  async tracking(): ReturnType<DaemonWitness["tracking"]> {
    const said = await this.#witness.tracking();
    this.count += 1;
    return said;
  }

  async others(running: Parameters<NonNullable<DaemonWitness["others"]>>[0]) {
    return (await this.#witness.others?.(running)) ?? {};
  }
}

function saidIn(batches: readonly Batch[]): string {
  const { chronyd, ntpd, timesyncd, ptp4l } = batches.flatMap(({ daemon }) => daemon ?? []).at(-1) ?? {};
  return JSON.stringify(chronyd ?? ntpd ?? timesyncd ?? ptp4l ?? null);
}

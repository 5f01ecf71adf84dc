import { setTimeout as pause } from "node:timers/promises";
import { type Agent, type Endpoint, makeSource, type Rung, rungs, type Transport } from "@truebound/agent";
import { type Measured, measuredIn } from "@truebound/server";
import { BILLION, type PartsPerBillion } from "@truebound/time";
import { type Batch, DEFAULT_POLICY, type Policy } from "@truebound/wire";
import { answering } from "../../bench/chronyd.ts";
import { agentOn } from "../../host/agent-on.ts";
import { type CellFound, PLAN_CELLS, type PlanCell, planOf, STEERED, type Steered } from "./cell.ts";
import { ShareTally } from "./share-tally.ts";

export interface Attempt {
  readonly endpoint: Endpoint;
  /** The link is looked at for so long before anything is promised of it. */
  readonly lookSeconds: number;
  readonly seconds: number;
}

/** Until every agent is at its pace, and a whole minute has begun. */
const START_SECONDS = 75;
/** On a machine that others share the agents may take long to begin. */
const ROOM_SECONDS = 240;
export const attemptLasts = ({ lookSeconds, seconds }: Pick<Attempt, "lookSeconds" | "seconds">): number =>
  lookSeconds + START_SECONDS + seconds + ROOM_SECONDS;

/** One reply of so many is lost, and never two in a row. */
const ONE_LOST_OF = 8;
const APART_MS = 40;

/** Looks at a link, plans each cell by that, and then tries all of them at once with agents of their own: each a real one on this machine's clock. */
export async function attemptPlans({ endpoint, lookSeconds, seconds }: Attempt): Promise<CellFound[]> {
  await answering(endpoint.port, undefined, endpoint.address);
  const rigs = { stock: rigOf("stock"), capped: rigOf("capped") };
  try {
    const [stock, capped] = await Promise.all([rigs.stock, rigs.capped].map((rig) => looked(rig, endpoint, lookSeconds)));
    const looks = { stock: stock as Measured, capped: capped as Measured };
    const tries: Tried[] = [];
    for (const cell of PLAN_CELLS) {
      tries.push(tryCell(rigs[cell.steered], endpoint, cell));
      await pause(APART_MS);
    }
    await pause((START_SECONDS + seconds) * 1000);
    return tries.map((tried, index) => {
      const cell = PLAN_CELLS[index] as PlanCell;
      return { cell, situation: planOf(looks[cell.steered], cell), tried: tried.end() };
    });
  } finally {
    for (const { rung } of Object.values(rigs)) rung.close();
  }
}

interface Rig {
  readonly rung: Rung;
  readonly maxSlew: PartsPerBillion;
}

function rigOf(steered: Steered): Rig {
  const maxSlew = STEERED[steered];
  const found = rungs(() => ({ kind: "chrony", maxSlew })).find(({ mode }) => mode === "kernel_interleaved");
  if (found === undefined) throw new Error("Cannot try a plan here: there are no kernel stamps");
  return { rung: found.build(), maxSlew };
}

/** An agent with this one source, which is trusted: votes are a matter of how many there are, and not of time. */
function agentAt(
  { rung, maxSlew }: Rig,
  { address, port }: Endpoint,
  policy: Partial<Policy>,
  report: (batch: Batch) => void,
  isLossy = false,
): Agent {
  const { transport } = rung;
  const source = makeSource(address, port, "declared");
  return agentOn({ ...rung, transport: isLossy ? losing(transport) : transport }, [source], {
    clockSet: null,
    steering: () => ({ kind: "chrony", maxSlew }),
    policy: { ...DEFAULT_POLICY, ...policy, trusted: [source.id] },
    random: Math.random,
    report,
  });
}

/** One exchange in a while comes to nothing, after the time that an agent waits for a reply. */
function losing(transport: Transport): Transport {
  let sent = 0;
  return {
    mode: transport.mode,
    precision: transport.precision,
    uncertainty: transport.uncertainty,
    exchange: async (endpoint, request, timeoutMs, consider) => {
      sent += 1;
      if (sent % ONE_LOST_OF !== 0) return transport.exchange(endpoint, request, timeoutMs, consider);
      await pause(timeoutMs);
      return { kind: "failed", reason: "timeout" };
    },
    close: () => undefined,
  };
}

async function looked(rig: Rig, endpoint: Endpoint, seconds: number): Promise<Measured> {
  const batches: Batch[] = [];
  const agent = agentAt(rig, endpoint, { probe_interval_s: 2 }, (batch) => batches.push(batch));
  agent.start();
  await pause(seconds * 1000);
  agent.stop();
  // The first reports are of a start.
  const found = measuredIn(batches.slice(2, -1));
  if (found === null) throw new Error(`Cannot plan for ${endpoint.address}:${endpoint.port}: a look of ${seconds} s gave no bound`);
  return found;
}

interface Tried {
  end(): CellFound["tried"];
}

/** Two agents: one that loses replies, for what is promised live, and one that loses none. */
function tryCell(rig: Rig, endpoint: Endpoint, { limit, rho }: PlanCell): Tried {
  const from = rig.rung.clocks.read().rawAfter + BigInt(START_SECONDS) * BILLION;
  const policy = { limit_ns: Number(limit), rho_ppb: Number(rho) };
  const tallies = { live: new ShareTally(limit, from), report: new ShareTally(limit, from) };
  const agents = [
    agentAt(rig, endpoint, policy, (batch) => tallies.live.take(batch), true),
    agentAt(rig, endpoint, policy, (batch) => tallies.report.take(batch)),
  ];
  for (const agent of agents) agent.start();
  return {
    end: () => {
      for (const agent of agents) agent.stop();
      return { live: tallies.live.live, report: tallies.report.report };
    },
  };
}

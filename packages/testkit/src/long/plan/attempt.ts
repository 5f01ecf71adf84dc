import { setTimeout as pause } from "node:timers/promises";
import { type Agent, type Endpoint, makeSource, type Rung, rungs, type Transport } from "@truebound/agent";
import { measuredIn } from "@truebound/server";
import { BILLION, type PartsPerBillion } from "@truebound/time";
import { type Batch, DEFAULT_POLICY, type Policy, unpackColumn } from "@truebound/wire";
import { answering } from "../../bench/chronyd.ts";
import { agentOn } from "../../host/agent-on.ts";
import { type CellFound, PLAN_CELLS, type PlanCell, planOf, STEERED, type Steered } from "./cell.ts";
import { ShareTally } from "./share-tally.ts";

export interface Attempt {
  readonly endpoint: Endpoint;
  readonly seconds: number;
}

/** Until every agent is at its pace; the plan of each cell is then made of what its agent reports until it is tried. */
const SETTLING_SECONDS = 45;
const START_SECONDS = 105;
/** On a machine that others share the agents may take long to begin. */
const ROOM_SECONDS = 240;
export const attemptLasts = ({ seconds }: Pick<Attempt, "seconds">): number => START_SECONDS + seconds + ROOM_SECONDS;

/** One reply of so many is lost, and never two in a row. */
const ONE_LOST_OF = 8;
const APART_MS = 40;

/** Runs all cells at once, plans each by its agent's own first reports, and tells what came of it: real agents on this machine's clock. */
export async function attemptPlans({ endpoint, seconds }: Attempt): Promise<CellFound[]> {
  await answering(endpoint.port, undefined, endpoint.address);
  const rigs = { stock: rigOf("stock"), capped: rigOf("capped") };
  try {
    const tries: Tried[] = [];
    for (const cell of PLAN_CELLS) {
      tries.push(tryCell(rigs[cell.steered], endpoint, cell));
      await pause(APART_MS);
    }
    await pause((START_SECONDS + seconds) * 1000);
    return tries.map((tried) => tried.end());
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

interface Tried {
  end(): CellFound;
}

/** Two agents: one that loses replies, for what is promised live, and one that loses none. The plan is made of what the second one reports. */
function tryCell(rig: Rig, endpoint: Endpoint, cell: PlanCell): Tried {
  const begun = rig.rung.clocks.read().rawAfter;
  const [settled, from] = [SETTLING_SECONDS, START_SECONDS].map((after) => begun + BigInt(after) * BILLION) as [bigint, bigint];
  const policy = { limit_ns: Number(cell.limit), rho_ppb: Number(cell.rho) };
  const tallies = { live: new ShareTally(cell.limit, from), report: new ShareTally(cell.limit, from) };
  const first: Batch[] = [];
  const take = (batch: Batch) => {
    const at = unpackColumn(batch.bounds.raw_ns)[0] ?? null;
    if (at !== null && at >= settled && at < from) first.push(batch);
    tallies.report.take(batch);
  };
  const agents = [agentAt(rig, endpoint, policy, (batch) => tallies.live.take(batch), true), agentAt(rig, endpoint, policy, take)];
  for (const agent of agents) agent.start();
  return {
    end: () => {
      for (const agent of agents) agent.stop();
      const look = measuredIn(first);
      if (look === null) throw new Error(`Cannot plan for ${endpoint.address}:${endpoint.port}: its first reports had no bound`);
      return { cell, situation: planOf(look, cell), tried: { live: tallies.live.live, report: tallies.report.report } };
    },
  };
}

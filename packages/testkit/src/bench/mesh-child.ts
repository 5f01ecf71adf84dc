import { type Agent, chooseRung, joinAnswering, nonceSource } from "@truebound/agent";
import type { Assignment, Batch, Policy } from "@truebound/wire";
import { agentOn, sourcesAt } from "../host/agent-on.ts";
import { heedSignals } from "./children.ts";
import type { Place } from "./mesh-hub-child.ts";

/** A real agent of a mesh, on this machine's own clocks and in whatever namespace it was started in. */
export interface MeshJob {
  readonly id: string;
  readonly address: string;
  readonly sources: readonly Place[];
  readonly policy: Policy;
}

export type MeshOrder = { readonly job: MeshJob } | { readonly assignment: Assignment } | { readonly ask: "usage" };
export type MeshNews =
  | { readonly batch: Batch }
  | { readonly usage: { readonly cpuMs: number; readonly rssMb: number } }
  | { readonly failed: string };

const say = (news: MeshNews) => process.send?.(news);
let agent: Agent | null = null;

heedSignals();
process.once("disconnect", () => process.exit(1));
process.on("message", (order: MeshOrder) => {
  if ("job" in order) start(order.job).catch((error: unknown) => say({ failed: String(error) }));
  else if ("assignment" in order) agent?.offerAssignment(order.assignment);
  else say({ usage: usage() });
});

function usage() {
  const { user, system } = process.cpuUsage();
  return { cpuMs: (user + system) / 1000, rssMb: process.memoryUsage.rss() / 1e6 };
}

async function start({ id, address, sources, policy }: MeshJob): Promise<void> {
  const { rung } = await chooseRung(nonceSource(), { steering: () => ({ kind: "unknown" }) });
  const settings = { off: false, listen: { address, port: policy.mesh?.port ?? 0 }, address: null };
  const { mesh } = joinAnswering({ settings, rung, bootId: id, monitor: () => agent?.monitor ?? null, log: () => undefined });
  agent = agentOn(rung, sourcesAt(sources), {
    policy,
    report: (batch) => say({ batch }),
    sender: { agent: id, bootId: id, software: "bench/1" },
    mesh,
    random: Math.random,
  });
  agent.start();
}

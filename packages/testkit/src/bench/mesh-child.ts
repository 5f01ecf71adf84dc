import { Agent, chooseRung, joinAnswering, makeSource, nonceSource, refidOf, sha1 } from "@truebound/agent";
import type { Assignment, Batch, Policy } from "@truebound/wire";
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
  const nonce = nonceSource();
  const { rung } = await chooseRung(nonce, { steering: () => ({ kind: "unknown" }) });
  const settings = { off: false, listen: { address, port: policy.mesh?.port ?? 0 }, address: null };
  const { mesh } = joinAnswering({ settings, rung, bootId: id, monitor: () => agent?.monitor ?? null, log: () => undefined });
  agent = new Agent({
    instruments: { clocks: rung.clocks, transport: rung.transport, nonce },
    mode: rung.mode,
    interleave: rung.interleave,
    steering: () => ({ kind: "unknown" }),
    distrustSteering: () => undefined,
    mayCalibrate: false,
    clockSet: rung.clockSet,
    settings: {
      sources: sources.map((one) => makeSource(one.address, one.port, "declared")),
      probeIntervalS: null,
      rhoPpb: null,
      faults: null,
    },
    discovered: [],
    policy,
    refidOf,
    sha1,
    resolve: async ({ host }) => host,
    report: (batch) => say({ batch }),
    sender: { agent: id, bootId: id, software: "bench/1" },
    keepPolicy: () => undefined,
    mesh,
    random: Math.random,
    log: () => undefined,
  });
  agent.start();
}

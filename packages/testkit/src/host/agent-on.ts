import { Agent, type AgentParts, makeSource, nonceSource, type Rung, refidOf, type Source, sha1 } from "@truebound/agent";
import { DEFAULT_POLICY } from "@truebound/wire";
import { SIM_STEERING } from "../sim/sim-clock.ts";

/** Sources of an operator's at these places. */
export const sourcesAt = (places: readonly { readonly address: string; readonly port: number }[], origin: Source["origin"] = "declared") =>
  places.map(({ address, port }) => makeSource(address, port, origin));

/** Whom a test or a bench takes an agent for. */
export const SENDER = { agent: "00000000-0000-4000-8000-000000000001", bootId: "boot", software: "test" } as const;

/** What is different about an agent, and of its settings what is different there. */
export type AgentMore = Partial<Omit<AgentParts, "settings">> & { readonly settings?: Partial<AgentParts["settings"]> };

/** An agent by itself on a rung, with no server and no disk, not started yet: it keeps nothing, logs nothing and reports to nobody, unless it is told to. */
export function agentOn(rung: Rung, sources: readonly Source[], { settings, ...more }: AgentMore = {}): Agent {
  const { mode, clocks, transport, interleave, clockSet } = rung;
  return new Agent({
    instruments: { clocks, transport, nonce: nonceSource() },
    mode,
    interleave,
    clockSet,
    steering: () => (mode === "simulated" ? SIM_STEERING : { kind: "unknown" }),
    distrustSteering: () => undefined,
    mayCalibrate: false,
    settings: { sources, probeIntervalS: null, rhoPpb: null, faults: null, ...settings },
    discovered: [],
    policy: DEFAULT_POLICY,
    refidOf,
    sha1,
    resolve: async ({ host }) => host,
    report: null,
    sender: SENDER,
    keepPolicy: () => undefined,
    random: () => 0.5,
    log: () => undefined,
    ...more,
  });
}

import { setTimeout as pause } from "node:timers/promises";
import { type Agent, Chronyc, chooseRung, type DaemonSource, makeSource, nonceSource, type SourceProbe } from "@truebound/agent";
import { type Batch, DEFAULT_POLICY } from "@truebound/wire";
import { startChronyd } from "../bench/chronyd.ts";
import { freePort } from "../free-port.ts";
import { agentOn } from "../host/agent-on.ts";

/** A server that limits its clients, a host's own chronyd that polls it twice a second, and our agent beside it. */
export interface HarmScene {
  /** The daemon's register as it was without us, at its worst with us, and at the end. */
  readonly before: number;
  readonly worst: number;
  readonly after: number;
  readonly events: readonly { readonly kind: string; readonly detail: Batch["events"][number]["detail"] }[];
  /** Greatest factor by which we slowed down. */
  readonly factor: number;
  readonly kisses: number;
  readonly timeouts: number;
  readonly replies: number;
  readonly seconds: number;
}

const LOOK_EVERY_S = 0.5;
const FULL = 0xff;
/** Eight polls of the daemon and a bit. */
const QUIET_S = 5;

/**
 * `sources` of ours share the server's address, each at the floor of one poll a second.
 * Plays until the daemon, having lost polls to us, has its answers again, but for one of eight at most, and nothing was said for a while; or until `mostSeconds`.
 */
export async function playHarm(server: { address: string; port: number }, sources: number, mostSeconds: number): Promise<HarmScene> {
  const cmdport = await freePort();
  const daemon = startChronyd(0, [
    `server ${server.address} port ${server.port} minpoll -1 maxpoll -1`,
    `cmdport ${cmdport}`,
    "bindcmdaddress 127.0.0.1",
  ]);
  const witness = new Chronyc({ host: "127.0.0.1", port: cmdport, everySeconds: LOOK_EVERY_S });
  const register = async () => reachAt(await witness.sources(), server.address);
  try {
    const before = await until(register, (reach) => reach === FULL, 20);
    const batches: Batch[] = [];
    const { agent, close } = await startAgent(server, sources, witness, batches);
    const begun = performance.now();
    let worst = before;
    let factor = 1;
    const quiet = quietFor(QUIET_S, () => harmEvents(batches).length);
    const look = async () => {
      const reach = await register();
      if (bits(reach) < bits(worst)) worst = reach;
      factor = Math.max(factor, ...agent.monitor.probes.map(({ pollSeconds }) => pollSeconds));
      return reach;
    };
    const after = await until(look, (reach) => quiet() && bits(reach) >= 7, mostSeconds);
    agent.stop();
    const seconds = (performance.now() - begun) / 1000;
    close();
    return { before, worst, after, factor, seconds, events: harmEvents(batches), ...counts(agent.monitor.probes) };
  } finally {
    await daemon.stop();
  }
}

async function startAgent(
  server: { address: string; port: number },
  sources: number,
  witness: Chronyc,
  batches: Batch[],
): Promise<{ agent: Agent; close: () => void }> {
  // Not the kernel rungs: their waits share four threads, which would slow down what must be too fast here.
  const { rung } = await chooseRung(nonceSource(), { first: "userland_clock" });
  const slots = Array.from({ length: sources }, (_, slot) => makeSource(server.address, server.port, "declared", slot));
  const agent = agentOn(rung, slots, {
    clockSet: null,
    settings: { probeIntervalS: 1 },
    policy: { ...DEFAULT_POLICY, version: 1, report_interval_s: 0.5 },
    report: (batch) => batches.push(batch),
    witness,
    random: Math.random,
  });
  agent.start();
  return { agent, close: () => rung.close() };
}

const harmEvents = (batches: readonly Batch[]) =>
  batches
    .flatMap(({ events }) => events)
    .filter(({ kind }) => kind === "probe_harms_daemon")
    .map(({ kind, detail }) => ({ kind, detail }));

function counts(probes: readonly SourceProbe[]): Pick<HarmScene, "kisses" | "timeouts" | "replies"> {
  const sum = (count: (probe: SourceProbe) => number) => probes.reduce((total, probe) => total + count(probe), 0);
  return {
    kisses: sum(({ troubles }) => troubles.get("kiss_rate") ?? 0),
    timeouts: sum(({ troubles }) => troubles.get("timeout") ?? 0),
    replies: sum(({ replies }) => replies),
  };
}

function reachAt(testimony: Awaited<ReturnType<Chronyc["sources"]>>, address: string): number {
  const sources: readonly DaemonSource[] = testimony.kind === "ok" ? testimony.value : [];
  return sources.find((source) => source.address === address)?.reach ?? 0;
}

/** Whether `count` is above zero and has not grown for so many seconds. */
function quietFor(seconds: number, count: () => number): () => boolean {
  let [last, since] = [0, performance.now()];
  return () => {
    const now = count();
    if (now !== last) [last, since] = [now, performance.now()];
    return last > 0 && performance.now() - since > seconds * 1000;
  };
}

const bits = (register: number): number => [...register.toString(2)].filter((bit) => bit === "1").length;

/** Looks five times a second until it is so; returns the last sight either way. */
async function until(look: () => Promise<number>, isSo: (reach: number) => boolean, mostSeconds: number): Promise<number> {
  let last = await look();
  for (let turn = 0; turn < mostSeconds * 5 && !isSo(last); turn++) {
    await pause(200);
    last = await look();
  }
  return last;
}

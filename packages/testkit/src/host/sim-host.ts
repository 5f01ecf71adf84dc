import { join } from "node:path";
import {
  type Config,
  type DaemonWitness,
  type Log,
  NO_PEERS,
  nonceSource,
  PUBLISH_NOTHING,
  type RunningAgent,
  startAgent,
} from "@truebound/agent";
import { SIM_STEERING, type SimClock } from "../sim/sim-clock.ts";
import { simRung } from "./sim-rung.ts";

/** To whom hosts report, by which token, and the folder in which each has its own. */
export interface SimHostPlace {
  readonly server: URL;
  readonly tokenFile: string;
  readonly dataDir: string;
}

/** A host with a simulated clock: its name, its sources, and what of its settings is not as it comes. */
export type SimHost = Pick<Config, "name" | "sources"> & Partial<Config>;

/** What of the machine is simulated. */
export interface SimMachine {
  readonly clocks: SimClock;
  /** Absent = no daemon runs there. */
  readonly daemon?: DaemonWitness;
}

/** Starts the very agent that real hosts run, with simulated clocks where theirs are the kernel's. */
export function startSimHost(
  host: SimHost,
  { clocks, daemon }: SimMachine,
  place: SimHostPlace,
  log: Log = () => undefined,
): Promise<RunningAgent> {
  const config: Config = {
    server: place.server,
    tokenFile: place.tokenFile,
    dataDir: join(place.dataDir, host.name),
    serverPins: [],
    proxy: { kind: "none" },
    keepTokenFile: true,
    labels: {},
    probeIntervalS: null,
    rhoPpb: null,
    faults: null,
    authenticated: null,
    ntsCaFile: null,
    hardwareStamps: false,
    rehearsals: false,
    peers: NO_PEERS,
    publish: PUBLISH_NOTHING,
    ...host,
  };
  const rung = { ...simRung(clocks), ...(daemon === undefined ? {} : { daemon }) };
  return startAgent(config, rung, nonceSource(), log, { current: SIM_STEERING, distrust: () => undefined });
}

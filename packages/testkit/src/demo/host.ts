import { type Log, NO_PEERS, type RunningAgent } from "@truebound/agent";
import { sourcesAt } from "../host/agent-on.ts";
import { SimDaemon } from "../host/sim-daemon.ts";
import { type SimHostPlace, startSimHost } from "../host/sim-host.ts";
import { SimClock, type TrueTime } from "../sim/sim-clock.ts";
import { type DemoHost, HOSTS } from "./fleet.ts";

export interface DemoPlace extends SimHostPlace {
  readonly truth: TrueTime;
  /** Of a host whose world has leap seconds of its own. */
  readonly leapList?: string;
}

/** Far more often than a real one, so that what is found of it can be seen within a minute. */
const DAEMON_ASKED_S = 5;

const PEER_PORT = 12_300;
/** Each host of the demo answers its peers at an address of its own. */
const peerAddress = (host: DemoHost): string => `127.0.200.${HOSTS.indexOf(host) + 1}`;

/** Starts one demo host. */
export function startDemoHost(
  host: DemoHost,
  endpoints: readonly { address: string; port: number }[],
  place: DemoPlace,
  log: Log,
): Promise<RunningAgent> {
  const { leapList, truth } = place;
  const config = {
    name: host.name,
    labels: { demo: "true", demo_scenario: host.scenario, ...(host.mesh ? { demo_mesh: "true" } : {}) },
    sources: sourcesAt(endpoints),
    rehearsals: true,
    peers: host.mesh ? { off: false, listen: { address: peerAddress(host), port: PEER_PORT }, address: null } : NO_PEERS,
    ...(leapList === undefined ? {} : { leapList }),
  };
  const clocks = new SimClock(truth, host.clock);
  const daemon = host.daemon && new SimDaemon(clocks, host.daemon, () => truth.elapsed(), DAEMON_ASKED_S);
  return startSimHost(config, { clocks, ...(daemon === undefined ? {} : { daemon }) }, place, log);
}

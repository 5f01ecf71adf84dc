import { join } from "node:path";
import {
  DgramTransport,
  type Log,
  makeSource,
  NO_PEERS,
  nonceSource,
  PUBLISH_NOTHING,
  type Rung,
  type RunningAgent,
  type Source,
  startAgent,
} from "@truebound/agent";
import { SIM_STEERING, SimClock, type TrueTime } from "../sim/sim-clock.ts";
import { answerOnUdp } from "../udp/sim-answer.ts";
import { type DemoHost, HOSTS } from "./fleet.ts";

export interface DemoPlace {
  readonly server: URL;
  readonly tokenFile: string;
  readonly dataDir: string;
  readonly truth: TrueTime;
  /** Of a host whose world has leap seconds of its own. */
  readonly leapList?: string;
}

const PEER_PORT = 12_300;
/** Each host of the demo answers its peers at an address of its own. */
const peerAddress = (host: DemoHost): string => `127.0.200.${HOSTS.indexOf(host) + 1}`;

const SIM_PRECISION = -20;
const USERLAND_ERROR_NS = 1000n;

/** Starts one demo host: the very agent that real hosts run, with simulated clocks where theirs are the kernel's. */
export function startDemoHost(
  host: DemoHost,
  endpoints: readonly { address: string; port: number }[],
  place: DemoPlace,
  log: Log,
): Promise<RunningAgent> {
  const clocks = new SimClock(place.truth, host.clock);
  const transport = new DgramTransport({
    mode: "simulated",
    precision: SIM_PRECISION,
    uncertainty: USERLAND_ERROR_NS,
    readRuler: () => clocks.raw(),
  });
  const rung: Rung = {
    mode: "simulated",
    clocks,
    transport,
    interleave: false,
    clockSet: null,
    answer: answerOnUdp(clocks),
    close: () => transport.close(),
  };
  const sources: Source[] = endpoints.map(({ address, port }) => makeSource(address, port, "declared"));
  return startAgent(
    {
      dataDir: join(place.dataDir, host.name),
      server: place.server,
      tokenFile: place.tokenFile,
      serverPins: [],
      keepTokenFile: true,
      name: host.name,
      labels: { demo: "true", demo_scenario: host.scenario, ...(host.mesh ? { demo_mesh: "true" } : {}) },
      sources,
      rehearsals: true,
      probeIntervalS: null,
      rhoPpb: null,
      peers: host.mesh ? { off: false, listen: { address: peerAddress(host), port: PEER_PORT }, address: null } : NO_PEERS,
      publish: PUBLISH_NOTHING,
      faults: null,
      ...(place.leapList === undefined ? {} : { leapList: place.leapList }),
    },
    rung,
    nonceSource(),
    log,
    { current: SIM_STEERING, distrust: () => undefined },
  );
}

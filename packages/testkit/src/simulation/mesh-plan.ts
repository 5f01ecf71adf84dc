import type { SeededRandom } from "../sim/random.ts";
import type { SimSource } from "../sim/sim-source.ts";
import { drawHost, type HostPlan, pick, rarely } from "./host-plan.ts";
import { type Trouble, takesState } from "./troubles.ts";
import type { World } from "./world.ts";

/** How the ways between hosts are while trouble may be; later they lose nothing. */
export interface PeerPaths {
  readonly lost: number;
  readonly twice: number;
  /** ms each way, at least; and what comes on top on average. */
  readonly thereMs: number;
  readonly jitterMs: number;
  /** The chance of a datagram that is late by up to a second, so that others overtake it. */
  readonly slow: number;
}

/** What is wrong with one of the hosts, whatever else goes wrong in this world. */
export interface WrongHost {
  readonly host: number;
  /**
   * `misled`: all of its sources show the same wrong time. `frozen`: its machine stands still, and for a moment it does not know.
   * `cut_off`: none of its sources answers while trouble may be, so that it hears nobody but its peers.
   */
  readonly how: "misled" | "frozen" | "cut_off";
}

/** Hosts of one domain that measure each other. */
export interface MeshPlan {
  readonly paths: PeerPaths;
  readonly wrong: WrongHost | null;
}

/** Whoever is wrong among three is named by the other two. */
const LEAST_HOSTS = 3;
const PORT = 8126;
const SECOND_NS = 1e9;

/** A world whose hosts measure each other. Around a leap second nobody compares clocks; and where a copy runs, one name has two clocks. */
export function meshed(world: World, random: SeededRandom): World {
  if (random.next() < 0.94 || world.leap !== null || takesState(world.troubles)) return world;
  const wrong = drawWrong(random, world.liars);
  const more = Array.from({ length: Math.max(0, LEAST_HOSTS - world.hosts.length) }, (_, index) =>
    drawHost(random, world.hosts.length + index, world.liars),
  );
  const hosts = [...world.hosts, ...more].map((host, index) => (wrong?.host === index ? made(wrong, host, world, random) : steady(host)));
  const troubles = [...world.troubles, ...drawMore(random, hosts.length, world.troubleS)].sort((a, b) => a.atS - b.atS);
  const policy = { ...world.policy, mesh: { domain: "lan", port: PORT } };
  return { ...world, hosts, troubles, policy, mesh: { paths: drawPaths(random), wrong } };
}

/** Where a source of every host lies no peer may lie beside it: together they are more than F. */
function drawWrong(random: SeededRandom, liars: number): WrongHost | null {
  const [host, lot] = [Math.floor(random.next() * LEAST_HOSTS), random.next()];
  if (lot < 0.2) return null;
  if (liars > 0 || lot < 0.45) return { host, how: "cut_off" };
  return { host, how: lot < 0.8 ? "misled" : "frozen" };
}

const drawPaths = (random: SeededRandom): PeerPaths => ({
  lost: rarely(random, 0.2),
  twice: rarely(random, 0.2),
  thereMs: random.between(0.05, 20),
  jitterMs: random.between(0, 5),
  slow: rarely(random, 0.1),
});

/** Trouble for those that joined for the mesh, too. */
const drawMore = (random: SeededRandom, hosts: number, troubleS: number): Trouble[] => {
  const [atS, host, forS] = [random.between(30, troubleS - 90), Math.floor(random.next() * hosts), random.between(2, 80)];
  const way = pick(random, ["both", "there", "back"] as const);
  return [
    { kind: "partition", atS, host, forS, way },
    { kind: "kill", atS: random.between(30, troubleS - 90), host: (host + 1) % hosts, downS: random.between(1, 60), operations: 4 },
  ];
};

/** A machine that stands still tells its peers what is not so until it notices: as good as a liar, and so there is one at most. */
const steady = (host: HostPlan): HostPlan => ({ ...host, clock: { ...host.clock, standstills: [] } });

function made({ how }: WrongHost, host: HostPlan, { troubleS }: World, random: SeededRandom): HostPlan {
  const change = (more: (source: SimSource) => Partial<SimSource>) =>
    steady({ ...host, sources: host.sources.map((source) => ({ ...source, ...more(source) })) });
  switch (how) {
    case "misled": {
      const lie = pick(random, [-1, 1]) * random.between(0.5, 5) * SECOND_NS;
      return { ...change(({ errorNs = 0 }) => ({ errorNs: errorNs + lie })), isMisled: true };
    }
    case "frozen":
      return {
        ...host,
        clock: { ...host.clock, standstills: [{ atS: random.between(40, troubleS - 60), forS: random.between(1, 30), marked: true }] },
      };
    case "cut_off":
      return change(() => ({ silentFromS: 0, silentUntilS: troubleS }));
    default:
      return how satisfies never;
  }
}

import { type ChildProcess, spawn } from "node:child_process";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { type Interval, type MeshHost, meshEdges, peerGraph, type RulerEdge, raw, utc, utcBounds } from "@truebound/time";
import { type AssignedPeer, type Batch, type BigColumn, DEFAULT_POLICY, type Policy, unpackColumn } from "@truebound/wire";
import { end, endWithUs } from "./children.ts";
import type { MeshNews, MeshOrder } from "./mesh-child.ts";
import type { Place } from "./mesh-hub-child.ts";
import { makeStar, type Star } from "./star.ts";
import { median } from "./statistics.ts";

/** What peers buy on real sockets: half-widths of the bound on UTC in µs, median over the hosts, each tier by itself. */
export interface MeshWidths {
  readonly hosts: number;
  readonly near: number;
  readonly alone: { readonly guaranteed: number; readonly tight: number };
  readonly together: { readonly guaranteed: number; readonly tight: number };
  /** Edges that say that two rulers of this one machine differ: each would be a false statement. */
  readonly falseEdges: number;
  readonly edges: number;
}

/** What a host of a mesh of k = 6 costs, polled every 16 s. */
export interface MeshCost {
  readonly cpuRatio: number;
  readonly cpuRatioWithout: number;
  readonly rssMb: number;
  readonly observedS: number;
}

const HOSTS = 8;
const PORT = 12_300;
/** Of each far source the way there and back, ms: ten together, as unlike as paths through the internet are. */
const WAYS = [
  [5, 5],
  [2, 8],
  [8, 2],
  [1, 9],
  [9, 1],
  [4, 6],
] as const;
const JITTER_MS = 0.5;
const child = (name: string) => fileURLToPath(new URL(`./${name}.js`, import.meta.url));
const idOf = (index: number) => `3f0f8a0e-0000-4000-8000-${String(index + 1).padStart(12, "0")}`;

interface Host {
  readonly process: ChildProcess;
  readonly address: string;
  readonly batches: Batch[];
}

const policyOf = (interval: number): Policy => ({
  ...DEFAULT_POLICY,
  version: 1,
  probe_interval_s: interval,
  mesh: { domain: "bench", port: PORT },
});

/** Text = why it cannot be measured here. `near` hosts of all have a source on the same wire too. */
export async function measureMeshWidths(near: number, observeS: number, log: (text: string) => void): Promise<MeshWidths | string> {
  const star = await makeStar(HOSTS);
  if (typeof star === "string") return star;
  try {
    log(`mesh: ${HOSTS} agents in namespaces, ${near} of them beside a near source, ${observeS} s`);
    const hosts = await startMesh(star, near, policyOf(4), true);
    await pause(observeS * 1000);
    const widths = widthsOf(hosts, near);
    await Promise.all(hosts.map(({ process }) => end(process)));
    return widths;
  } finally {
    await star.close();
  }
}

/** One host among six neighbours, with and without them, at the pace of a fleet. */
export async function measureMeshCost(observeS: number, log: (text: string) => void): Promise<MeshCost | string> {
  const star = await makeStar(HOSTS - 1);
  if (typeof star === "string") return star;
  try {
    const measured: { cpuRatio: number; rssMb: number }[] = [];
    for (const withPeers of [false, true]) {
      log(`mesh: the cost of a host ${withPeers ? "with six neighbours" : "alone"}, ${observeS} s`);
      const hosts = await startMesh(star, 0, policyOf(16), withPeers);
      await pause(20_000);
      measured.push(await costOf(hosts, observeS));
      await Promise.all(hosts.map(({ process }) => end(process)));
    }
    const [without, withSix] = measured as [(typeof measured)[number], (typeof measured)[number]];
    return { cpuRatio: withSix.cpuRatio, cpuRatioWithout: without.cpuRatio, rssMb: withSix.rssMb, observedS: observeS };
  } finally {
    await star.close();
  }
}

async function startMesh(star: Star, near: number, policy: Policy, withPeers: boolean): Promise<Host[]> {
  const hub = launch(star.insideHub, "mesh-hub-child");
  const far = WAYS.map(([thereMs, backMs], index) => ({ address: star.hubAddress(index + 1), thereMs, backMs }));
  const job = { far, near: star.hubAddress(9), jitterMs: JITTER_MS };
  const places = (await asked(hub, job)) as { far: Place[]; near: Place };
  const hosts = star.hosts.map(({ inside, address }, index): Host => {
    const host = { process: launch(inside, "mesh-child"), address, batches: [] as Batch[] };
    host.process.on("message", (news: MeshNews) => {
      if ("failed" in news) throw new Error(`Cannot run a host of the mesh: ${news.failed}`);
      if ("batch" in news) host.batches.push(news.batch);
    });
    const own = [0, 2, 3].map((step) => places.far[(index + step) % places.far.length] as Place);
    const isNear = index < near;
    const trusted = isNear ? [`${places.near.address}:${places.near.port}`] : [];
    order(host, {
      job: { id: idOf(index), address, sources: isNear ? [places.near, ...own] : own, policy: { ...policy, trusted } },
    });
    return host;
  });
  await pause(8_000);
  if (withPeers) for (const [index, host] of hosts.entries()) order(host, { assignment: assignmentOf(hosts, index) });
  return hosts;
}

const launch = (inside: readonly string[], name: string): ChildProcess => {
  const [command = "", ...words] = [...inside, process.execPath, child(name)];
  return endWithUs(spawn(command, words, { stdio: ["ignore", "inherit", "inherit", "ipc"] }));
};
const order = ({ process }: Host, message: MeshOrder) => process.send(message);
const asked = (one: ChildProcess, message: object): Promise<unknown> =>
  new Promise((resolve) => {
    one.once("message", resolve);
    one.send(message);
  });

const assignmentOf = (hosts: readonly Host[], own: number) => ({
  version: "1",
  peers: hosts
    .flatMap(({ address, batches }, index): AssignedPeer[] =>
      index === own
        ? []
        : [{ id: idOf(index), name: `h${index}`, kind: "agent", address, port: PORT, rests_on: batches.at(-1)?.mesh?.own.rests_on ?? [] }],
    )
    .slice(0, 6),
  askers: hosts.map(({ address }) => address),
});

async function costOf(hosts: readonly Host[], observeS: number): Promise<{ cpuRatio: number; rssMb: number }> {
  const look = () =>
    Promise.all(
      hosts.map(
        ({ process }) =>
          new Promise<{ cpuMs: number; rssMb: number }>((resolve) => {
            const heard = (news: MeshNews) => {
              if (!("usage" in news)) return;
              process.off("message", heard);
              resolve(news.usage);
            };
            process.on("message", heard);
            process.send({ ask: "usage" } satisfies MeshOrder);
          }),
      ),
    );
  const before = await look();
  await pause(observeS * 1000);
  const after = await look();
  return {
    cpuRatio: median(after.map(({ cpuMs }, index) => (cpuMs - (before[index]?.cpuMs ?? 0)) / (observeS * 1000))),
    rssMb: median(after.map(({ rssMb }) => rssMb)),
  };
}

const at = (column: BigColumn, row: number): bigint | null => unpackColumn(column).at(row) ?? null;

function widthsOf(hosts: readonly Host[], near: number): MeshWidths {
  const last = hosts.map(({ batches }) => batches.at(-1)).filter((batch) => batch !== undefined);
  const edges = hosts.flatMap(({ batches }, index) => batches.flatMap((batch) => edgesOf(idOf(index), batch)));
  const named = (tier: "guaranteed" | "tight") => {
    const members = last.map((batch) => hostOf(batch, tier));
    const bounds = utcBounds(peerGraph(meshEdges(members, newest(edges, tier, last))));
    return {
      alone: median(members.map(({ claim }) => halfMicros(claim))),
      together: median(members.map(({ id }) => halfMicros(bounds.get(id) ?? null))),
    };
  };
  const [guaranteed, tight] = [named("guaranteed"), named("tight")];
  return {
    hosts: hosts.length,
    near,
    alone: { guaranteed: guaranteed.alone, tight: tight.alone },
    together: { guaranteed: guaranteed.together, tight: tight.together },
    // One machine has one RAW: the difference of any two is nothing.
    falseEdges: edges.filter(({ guaranteed: { lo, hi } }) => lo > 0n || hi < 0n).length,
    edges: edges.length,
  };
}

const halfMicros = (bound: Interval | null): number => (bound === null ? Number.POSITIVE_INFINITY : Number(bound.hi - bound.lo) / 2000);

interface SeenEdge {
  readonly from: string;
  readonly to: string;
  readonly fromRuler: number;
  readonly toRuler: number;
  readonly at: bigint;
  readonly guaranteed: Interval;
  readonly tight: Interval | null;
}

function edgesOf(from: string, { mesh }: Batch): SeenEdge[] {
  if (mesh === undefined) return [];
  const { edges, peers, ruler } = mesh;
  const [raws, lo, hi] = [edges.raw_ns, edges.lo_ns, edges.hi_ns].map(unpackColumn) as [bigint[], bigint[], bigint[]];
  const [tightLo, tightHi] = [unpackColumn(edges.tight_lo_ns), unpackColumn(edges.tight_hi_ns)];
  return edges.peer.map((peer, row) => {
    const [least, most] = [tightLo[row] ?? null, tightHi[row] ?? null];
    return {
      from,
      to: peers[peer]?.id ?? "",
      fromRuler: ruler,
      toRuler: edges.ruler[row] ?? 0,
      at: raws[row] as bigint,
      guaranteed: { lo: lo[row] as bigint, hi: hi[row] as bigint },
      tight: least === null || most === null ? null : { lo: least, hi: most },
    };
  });
}

/** The newest of each pair, and in the tight tier the newest hull beside it. */
function newest(edges: readonly SeenEdge[], tier: "guaranteed" | "tight", last: readonly Batch[]): RulerEdge[] {
  const rulers = new Map(last.map(({ agent, mesh }) => [agent, mesh?.ruler]));
  const kept = new Map<string, RulerEdge>();
  for (const { at: when, guaranteed, tight, ...ends } of edges) {
    if (rulers.get(ends.from) !== ends.fromRuler) continue;
    kept.set(`${ends.from} ${ends.to}`, { ...ends, at: raw(when), ...guaranteed });
    if (tier === "tight" && tight !== null) kept.set(`${ends.from} ${ends.to} hull`, { ...ends, at: raw(when), ...tight });
  }
  return [...kept.values()];
}

/** As the server takes it, in either tier. */
function hostOf({ agent, mesh, bounds, assumptions, frequency }: Batch, tier: "guaranteed" | "tight"): MeshHost {
  const rho = assumptions.rho_ppb;
  const sigma = assumptions.sigma_ppb ?? 0;
  const { oscillator } = frequency;
  const own = { lo: mesh?.own.lo_ns ?? null, hi: mesh?.own.hi_ns ?? null };
  const tight = { lo: at(bounds.tight_lo_ns, -1), hi: at(bounds.tight_hi_ns, -1) };
  const claim = own.lo === null || own.hi === null ? null : { lo: BigInt(own.lo), hi: BigInt(own.hi) };
  const isTight = tier === "tight" && tight.lo !== null && tight.hi !== null;
  return {
    id: agent,
    ruler: mesh?.ruler ?? 0,
    raw: raw(at(bounds.raw_ns, -1) ?? 0n),
    realtime: utc(at(bounds.realtime_ns, -1) ?? 0n),
    claim: isTight ? { lo: tight.lo as bigint, hi: tight.hi as bigint } : claim,
    slope: tier === "tight" && oscillator !== null ? { min: -oscillator[1] - sigma, max: -oscillator[0] + sigma } : { min: -rho, max: rho },
  };
}

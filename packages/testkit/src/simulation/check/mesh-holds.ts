import { unpackColumn } from "@truebound/wire";
import type { Host } from "../host.ts";
import type { ReportedBatch } from "../life.ts";
import type { SimRuler } from "../machine.ts";
import { whatMeshLacks } from "../mesh-rest.ts";
import type { Run } from "../run.ts";
import type { SolvedBound, SolvedMesh } from "../solved-mesh.ts";
import { rowsOf } from "./bounds-hold.ts";
import { type Check, MOST_SAID, said } from "./violation.ts";

const CHECK = "mesh holds";
/** ns by which simulated counters and bounds are rounded. */
const ROUNDING = 4n;
/** Longer than an exchange takes. */
const EXCHANGE_NS = 2_000_000_000n;
/** So many votes of peers alone prove a bound (DESIGN, Peers). */
const PEERS_ALONE = 3;

/**
 * Where hosts measure each other: what one measured of another's ruler is so; what it claims rests on its own sources, and is so where
 * those are; peers alone prove nothing as long as they are few; what servers make of all that holds the truth of every clock, beside
 * those whom they suspect; nobody is accused who is right; and in the end each hears all, and whoever is wrong for good is named.
 */
export const meshHolds: Check = (run) => {
  if (run.world.mesh === null) return [];
  const all = run.records.reported;
  const claims = falseClaims(run);
  const wrong = wrongOnes(run, claims);
  return said(CHECK, [
    ...all.flatMap((report) => edgeMisses(report, run)).slice(0, MOST_SAID),
    ...all.flatMap((report) => borrowed(report, run)).slice(0, MOST_SAID),
    ...claims
      .filter(({ host }) => isRightBySources(run, host))
      .map(({ words }) => words)
      .slice(0, MOST_SAID),
    ...run.records.solved.flatMap((solved) => boundMisses(solved, run, wrong)).slice(0, MOST_SAID),
    ...accused(run, wrong),
    ...whatMeshLacks(run.tables, run.hosts, run.world),
  ]);
};

const seconds = (at: bigint): string => `${(Number(at) / 1e9).toFixed(6)} s`;

/** Of each measurement: what the peer's ruler read when the own one read so. */
function edgeMisses({ host, life, batch: { mesh } }: ReportedBatch, run: Run): string[] {
  if (mesh === undefined) return [];
  const { peers, edges } = mesh;
  const [raw, lo, hi] = [edges.raw_ns, edges.lo_ns, edges.hi_ns].map(unpackColumn);
  const [tightLo, tightHi] = [edges.tight_lo_ns, edges.tight_hi_ns].map(unpackColumn);
  return edges.peer.flatMap((peer, row) => {
    const place = `${host} life ${life}, of ${nameOf(run, peers[peer]?.id)}`;
    const [own, other] = [run.records.rulers.get(mesh.ruler), run.records.rulers.get(edges.ruler[row] ?? -1)];
    if (own === undefined || other === undefined) return [`${place}: on a ruler that nobody has`];
    const read = raw?.[row] ?? 0n;
    const at = own.elapsedAt(read);
    if ([own, other].some(({ machine }) => stoodStill(run, machine, at))) return [];
    const truth = other.rawAt(at) - read;
    const tiers = [
      [lo?.[row], hi?.[row]],
      [tightLo?.[row], tightHi?.[row]],
    ] as const;
    return tiers
      .filter(([low, high]) => isOutside(truth, low ?? null, high ?? null))
      .map(([low, high]) => `${place} at ${seconds(at)}: rulers were ${truth} ns apart, and [${low}, ${high}] was said`);
  });
}

/** Null = nothing is said. */
const isOutside = (truth: bigint, lo: bigint | null, hi: bigint | null): boolean =>
  lo !== null && hi !== null && (truth < lo - ROUNDING || truth > hi + ROUNDING);

/** Of a machine that stood still just then nobody knew it yet, itself neither. */
function stoodStill({ world }: Run, machine: SimRuler["machine"], at: bigint): boolean {
  return world.mesh?.wrong?.how === "frozen" && machine.sleptWithin(at - EXCHANGE_NS, at);
}

/** What a host has from its peers alone: it claims nothing of itself, and proves nothing as long as they are few. */
function borrowed(report: ReportedBatch, run: Run): string[] {
  const last = rowsOf(report).at(-1);
  const own = report.batch.mesh?.own;
  if (last === undefined || own === undefined) return [];
  const heard = report.ofSources.findLast((at) => at <= last.at);
  const isAlone = heard === undefined || report.machine.sleptWithin(heard, last.at);
  const place = `${report.host} life ${report.life} at ${seconds(last.at)}`;
  if (!isAlone) return [];
  return [
    ...(own.lo_ns === null ? [] : [`${place}: it claims [${own.lo_ns}, ${own.hi_ns}] of itself, and none of its own sources has spoken`]),
    ...(last.status !== "proven" || run.hosts.length > PEERS_ALONE ? [] : [`${place}: proven by ${last.votes} votes of peers alone`]),
  ];
}

interface FalseClaim {
  readonly host: Host;
  readonly words: string;
}

/** Claims beside the truth. Of a batch without a row nobody says when that was. */
const falseClaims = (run: Run): FalseClaim[] =>
  run.records.reported.flatMap((report) => {
    const host = run.hosts.find(({ plan }) => plan.name === report.host);
    const [last, own] = [rowsOf(report).at(-1), report.batch.mesh?.own];
    if (host === undefined || last === undefined || own === undefined || own.lo_ns === null || own.hi_ns === null) return [];
    const [lo, hi, truth] = [BigInt(own.lo_ns), BigInt(own.hi_ns), report.machine.clock.offsetAt(last.at)];
    if (!isOutside(truth, lo, hi)) return [];
    return [
      {
        host,
        words: `${report.host} life ${report.life}: at ${seconds(last.at)} its offset was ${truth} ns, and it claims [${lo}, ${hi}]`,
      },
    ];
  });

/** Of one that has a source that lies, or lies alone with it, a claim may be wrong before others contradict that source. */
const isRightBySources = ({ world }: Run, { plan }: Host): boolean => world.liars === 0 && plan.isMisled !== true;

/** By their claims, or since they stood still: whoever contradicts them is right. */
const wrongOnes = ({ hosts, world }: Run, claims: readonly FalseClaim[]): ReadonlySet<string> => {
  const wrong = world.mesh?.wrong ?? null;
  const planned = wrong === null || wrong.how === "cut_off" ? [] : hosts.slice(wrong.host, wrong.host + 1);
  return new Set([...planned, ...claims.map(({ host }) => host)].map(({ id }) => id));
};

/** As it is true where those who are wrong are among the suspects. */
function boundMisses({ at, server, bounds, suspects }: SolvedMesh, run: Run, wrong: ReadonlySet<string>): string[] {
  if ([...wrong].some((id) => !suspects.has(id))) return [];
  return bounds.flatMap((one) => {
    const ruler = run.records.rulers.get(one.ruler);
    if (ruler === undefined) return [`${server} at ${seconds(at)}: a bound on a ruler that nobody has`];
    const { lo, hi } = one.bound;
    const read = ruler.elapsedAt(one.raw);
    const truth = -ruler.machine.clock.offsetAt(read);
    return isOutside(truth, lo, hi) ? [`${wordsOf(one, run)} at ${seconds(read)} was ${truth} ns, and ${server} says [${lo}, ${hi}]`] : [];
  });
}

const wordsOf = ({ host, tier }: SolvedBound, run: Run): string => `clock − UTC of ${nameOf(run, host)} (${tier})`;

const nameOf = ({ hosts }: Run, id: string | undefined): string => hosts.find((host) => host.id === id)?.plan.name ?? `nobody (${id})`;

/** In all that was ever written down, also in what an older state has replaced. */
function accused(run: Run, wrong: ReadonlySet<string>): string[] {
  const conflicts = [run.tables, ...run.records.replaced].flatMap((tables) => [...tables.conflicts.values()]);
  const lines = conflicts.flatMap(({ tier, flagged, suspects }) => [
    ...flagged.filter((id) => !wrong.has(id)).map((id) => `${nameOf(run, id)} is accused (${tier}), and it is right`),
    ...(suspects.some((id) => wrong.has(id))
      ? []
      : [`a contradiction (${tier}) is told of ${suspects.map((id) => nameOf(run, id)).join(", ")}, and none of them is wrong`]),
  ]);
  return [...new Set(lines)].slice(0, MOST_SAID);
}

import { type HostBound, type HostReading, type Interval, worstError } from "@truebound/time";
import { type BatchSource, type DaemonFinding, type ExpositionFormat, exposeFamily, type MetricSample } from "@truebound/wire";
import type { BoundRow } from "../bound/bound-row.ts";
import type { Present } from "../bound/present.ts";
import type { CardSaid } from "../card-stamps/say-cards.ts";
import { AGENT_FAMILIES, type AgentFamilyName } from "./agent-families.ts";

/** Of how a host stands what is shown here. */
export interface ShownPresent extends Pick<Present, "assumptions" | "sources"> {
  readonly row: Pick<BoundRow, "offset" | "tight" | "status"> & {
    readonly bound: Pick<HostBound, "votes" | "slope">;
    readonly reading?: Pick<HostReading, "kernelRefusal">;
  };
}

export interface AgentFacts {
  /** How the host stood at the latest reading; null before the first. */
  readonly present: ShownPresent | null;
  /** ns on RAW since then. */
  readonly ageNs: bigint;
  readonly limitNs: number | null;
  readonly steps: number;
  /** What is found of the host's own daemon, and goes on. */
  readonly daemon?: readonly DaemonFinding[];
  /** What comes of network cards' stamps; absent = none is looked for. */
  readonly cards?: readonly CardSaid[];
  readonly version: string;
}

type Samples = Readonly<Partial<Record<AgentFamilyName, readonly MetricSample[]>>>;

/** A reading older than this is no present: whoever should read the clocks is stuck, or the machine just woke. */
const TOO_OLD_NS = 90_000_000_000n;

/** All that this host says of its clock, for Prometheus. The end of the page is left to who joins its parts. */
export function agentPage(facts: AgentFacts, format: ExpositionFormat): string {
  const samples = samplesOf(facts);
  return (Object.keys(AGENT_FAMILIES) as AgentFamilyName[])
    .map((name) => exposeFamily(AGENT_FAMILIES[name], samples[name] ?? [], format))
    .join("");
}

function samplesOf(facts: AgentFacts): Samples {
  const { present, ageNs, limitNs, steps, daemon = [], cards = [], version } = facts;
  const own: Samples = {
    steps: one(steps),
    limit: one(limitNs === null ? null : limitNs / 1e9),
    cardExchanges: cards.flatMap(exchangesOf),
  };
  if (present === null) return { ...own, info: [{ labels: { version }, value: 1 }] };
  const info = [{ labels: { version, stamp_mode: present.assumptions.stamp_mode }, value: 1 }];
  const daemonFinding = daemon.map((finding) => ({ labels: { finding }, value: 1 }));
  const told = { ...own, info, daemonFinding, readingAge: one(Number(ageNs) / 1e9) };
  return ageNs > TOO_OLD_NS ? told : { ...told, ...clockSamples(present), ...sourceSamples(present.sources) };
}

const exchangesOf = ({ interface: name, exchanges }: CardSaid): MetricSample[] =>
  Object.entries(exchanges).map(([outcome, value]) => ({ labels: { interface: name, outcome }, value }));

/** Null = unknown. */
const one = (value: number | null): MetricSample[] => (value === null ? [] : [{ labels: {}, value }]);

function clockSamples({ row, assumptions }: ShownPresent): Samples {
  const tiers = [
    ["guaranteed", row.offset],
    ["tight", row.tight],
  ] as const;
  const each = (value: (bound: Interval) => number): MetricSample[] =>
    tiers.flatMap(([tier, bound]) => (bound === null ? [] : [{ labels: { tier }, value: value(bound) }]));
  return {
    errorBound: each((bound) => toSeconds(worstError(bound), "up")),
    lowerBound: each(({ lo }) => toSeconds(lo, "down")),
    upperBound: each(({ hi }) => toSeconds(hi, "up")),
    offset: one(row.tight && middle(row.tight)),
    status: [{ labels: { status: row.status }, value: 1 }],
    votes: one(row.bound.votes),
    votesWanted: one(2 * assumptions.faults + 1),
    kernelRefused: row.reading?.kernelRefusal ? [{ labels: { why: row.reading.kernelRefusal }, value: 1 }] : [],
    driftBroken: one(assumptions.drift_basis === "broken" ? 1 : null),
    ...frequencySamples(row.bound.slope),
  };
}

/** RAW's own error is the negative of the slope of UTC − RAW; ppb to a ratio. */
function frequencySamples(slope: { readonly min: number; readonly max: number } | null): Samples {
  if (slope === null) return {};
  const [least, most] = [Math.floor(-slope.max) / 1e9, Math.ceil(-slope.min) / 1e9];
  return {
    frequencyError: one((least + most) / 2),
    frequencyLower: one(least),
    frequencyUpper: one(most),
    frequencyBound: one(Math.max(Math.abs(least), Math.abs(most))),
  };
}

const UNREACHABLE: readonly BatchSource["state"][] = ["never_answered", "stale", "resolving"];

function sourceSamples(sources: readonly BatchSource[]): Samples {
  const each = (value: (source: BatchSource) => number | null): MetricSample[] =>
    sources.flatMap((source) => one(value(source)).map((sample) => ({ ...sample, labels: { source: source.id } })));
  return {
    sourceState: sources.map(({ id, state }) => ({ labels: { source: id, state }, value: 1 })),
    sourceReachable: each(({ state }) => (UNREACHABLE.includes(state) ? 0 : 1)),
    sourceAuthenticated: each(({ nts }) => (nts === undefined ? null : Number(nts.authenticated))),
    sourceCounts: sources.flatMap(({ id, kind = "ntp", counts = true }) =>
      kind === "ntp" ? [] : [{ labels: { source: id, kind }, value: counts ? 1 : 0 }],
    ),
    sourceRootDeclared: each(({ declaration }) => (declaration === undefined ? null : Number(declaration.void === null))),
    sourceOffset: each(({ lo_ns, hi_ns }) => (lo_ns === null || hi_ns === null ? null : middle({ lo: BigInt(lo_ns), hi: BigInt(hi_ns) }))),
    sourceDelay: each(({ delay_ns }) => (delay_ns === null ? null : Number(delay_ns) / 1e9)),
    sourceStratum: each(({ stratum }) => stratum),
    sourceClockClass: each(({ kind, facts }) => (kind === "ptp" && typeof facts?.clock_class === "number" ? facts.clock_class : null)),
  };
}

const middle = ({ lo, hi }: Interval): number => Number(lo + hi) / 2e9;

/** A binary fraction can only come near; the next one outward keeps the bound true. */
function toSeconds(nanoseconds: bigint, outward: "up" | "down"): number {
  const near = Number(nanoseconds) / 1e9;
  if (near === 0) return 0;
  const step = Math.abs(near) * 2 ** -51;
  return outward === "up" ? near + step : near - step;
}

import { formatUtc, type Interval, worstError } from "@truebound/time";
import type { MeshMember, PeerConflict, PeerPair, PeersView } from "@truebound/wire";
import { groupBy } from "../source/group-by.ts";
import { cyclesOf } from "./conflict-watch.ts";
import type { Member } from "./members.ts";
import { ALL_PAIRS_OF, closureOf, type Pair, pairsOf } from "./mesh-figures.ts";
import { memberRemark, meshInWords, targetRemark } from "./mesh-words.ts";
import type { MeshState } from "./peer-keeper.ts";
import type { StoredConflict } from "./ports.ts";
import type { Solution } from "./solution.ts";
import type { Target } from "./target.ts";
import { ownClaim } from "./tier-constraints.ts";

/** `domain` null = all. A state never changes, so what was made of it once is kept with it. */
export function viewMesh(state: MeshState, domain: string | null): PeersView {
  const made = VIEWS.get(state) ?? new Map<string | null, PeersView>();
  VIEWS.set(state, made);
  const known = made.get(domain);
  if (known !== undefined) return known;
  const view = draw(state, domain);
  made.set(domain, view);
  return view;
}

const VIEWS = new WeakMap<MeshState, Map<string | null, PeersView>>();

function draw(state: MeshState, domain: string | null): PeersView {
  const { solution } = state;
  const members = viewMembers(state).filter((one) => domain === null || one.domain === domain);
  const ids = members.map(({ id }) => id);
  const among = new Set(ids);
  return {
    as_of: solution && formatUtc(solution.facts.asOf),
    words: meshInWords(state, ids),
    members,
    pairs: solution === null ? [] : pairsOf(solution.guaranteed, ids).map(viewPair),
    all_pairs: members.length <= ALL_PAIRS_OF,
    conflicts: state.conflicts
      .filter(({ suspects }) => domain === null || suspects.some((id) => among.has(id)))
      .map((one) => viewConflict(one, solution)),
    closure: solution && closureOf(solution.guaranteed, among),
  };
}

/** By name. */
export function viewMembers(state: MeshState): MeshMember[] {
  const counts = countEdges(state);
  const members = [...state.members.values()].map((member) => viewMember(state, member, counts));
  const targets = [...state.targets.values()].map((target) => viewTarget(state, target, counts));
  return [...members, ...targets].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : a.id < b.id ? -1 : 1));
}

export interface EdgeCounts {
  readonly measures: ReadonlyMap<string, number>;
  readonly measuredBy: ReadonlyMap<string, number>;
  /** By target. */
  readonly measurers: ReadonlyMap<string, readonly string[]>;
}

function countEdges({ solution, targets }: MeshState): EdgeCounts {
  const [measures, measuredBy] = [new Map<string, number>(), new Map<string, number>()];
  for (const { from, to } of solution?.facts.edges ?? []) {
    measures.set(from, (measures.get(from) ?? 0) + 1);
    measuredBy.set(to, (measuredBy.get(to) ?? 0) + 1);
  }
  const ofTargets = (solution?.facts.edges ?? []).filter(({ to }) => targets.has(to));
  const measurers = new Map([...groupBy(ofTargets, ({ to }) => to)].map(([id, edges]) => [id, edges.map(({ from }) => from)]));
  return { measures, measuredBy, measurers };
}

const whatAll = ({ solution, standings }: MeshState, id: string, { measures, measuredBy }: EdgeCounts) => ({
  standing: standings.get(id)?.standing ?? ("unaccused" as const),
  guaranteed: offsetOf(solution?.guaranteed.bounds.get(id) ?? null),
  tight: offsetOf(solution?.tight.bounds.get(id) ?? null),
  measures: measures.get(id) ?? 0,
  measured_by: measuredBy.get(id) ?? 0,
});

function viewMember(state: MeshState, member: Member, counts: EdgeCounts): MeshMember {
  const { record, domain, mesh } = member;
  const own = ownClaim(member);
  const all = whatAll(state, record.id, counts);
  return {
    id: record.id,
    name: record.name,
    labels: record.labels,
    kind: "agent",
    domain,
    ...all,
    claim: own && member.reading && { lo_ns: own.lo.toString(), hi_ns: own.hi.toString() },
    trouble: mesh.answers === null ? mesh.trouble : null,
    // What keeps it from being bounded comes first; how its paths are is of less weight.
    remark: (state.solution && memberRemark(state.solution, member, all)) ?? state.paths.get(record.id) ?? null,
  };
}

const MEASURERS_MOST = 50;

function viewTarget(state: MeshState, { id, name, labels, domain }: Target, counts: EdgeCounts): MeshMember {
  const all = whatAll(state, id, counts);
  const remark = state.solution && targetRemark(state.solution, id, all.measured_by);
  const measurers = (counts.measurers.get(id) ?? []).slice(0, MEASURERS_MOST);
  return { id, name, labels, kind: "target", domain, ...all, measurers, claim: null, trouble: null, remark };
}

/** The graph speaks of clock − UTC; an offset is UTC − clock. */
const offsetOf = (bound: Interval | null): MeshMember["guaranteed"] =>
  bound && { lo_ns: (-bound.hi).toString(), hi_ns: (-bound.lo).toString() };

const viewPair = ({ a, b, bound }: Pair): PeerPair => ({
  a,
  b,
  lo_ns: bound.lo.toString(),
  hi_ns: bound.hi.toString(),
  worst_ns: worstError(bound).toString(),
});

export const viewConflict = (conflict: StoredConflict, solution: Solution | null): PeerConflict => ({
  tier: conflict.tier,
  first_seen: formatUtc(conflict.firstSeen),
  last_seen: formatUtc(conflict.lastSeen),
  ended_at: conflict.endedAt === null ? null : formatUtc(conflict.endedAt),
  suspects: [...conflict.suspects],
  flagged: [...conflict.flagged],
  cleared: [...conflict.cleared],
  least_liars: conflict.leastLiars,
  cycles: cyclesNow(conflict, solution) ?? conflict.cycles,
});

/** Claims and measurements are shown as they are now, so what they contradict each other by has to be of now too. */
function cyclesNow({ tier, suspects, endedAt }: StoredConflict, solution: Solution | null): PeerConflict["cycles"] | null {
  if (solution === null || endedAt !== null) return null;
  const among = new Set(suspects);
  const now = solution[tier].blame.contradictions.filter(({ nodes }) => nodes.some((node) => among.has(node)));
  return now.length === 0 ? null : cyclesOf(now);
}

import { maxOf } from "@truebound/time";
import type { ClockEvidence, Cut, Exemption, GroupMember, GroupResult } from "../audit-case.ts";
import { finished, stepsOfGroup } from "../evaluate/group/audit-group.ts";
import { clockOf, type HostEvidence } from "../evidence/clock-of.ts";
import type { EvidenceItem } from "../evidence/host-evidence.ts";
import { sayInstant } from "../evidence/leap-table.ts";
import type { ManifestGroup, ManifestMember } from "../report-manifest.ts";
import {
  type DeclaredResult,
  type Derived,
  type DerivingContext,
  declaredIn,
  exemptStretches,
  type PlacedTerms,
  placed,
  said,
} from "./derived.ts";
import { type PackedSpans, packedSpans, spansOf } from "./packed-spans.ts";

/** What a group's result is called. Of a scope of which only some hosts were asked for (`ReportManifest.chosen_hosts`) not all pairs are. */
export const groupName = (scope: string, chosen?: readonly string[]): string =>
  chosen === undefined ? `all pairs of ${scope}` : `pairs of ${scope} among the hosts that were named`;

export interface DeclaredGroup extends DeclaredResult {
  readonly group: Pick<ManifestGroup, "members">;
}

export const isGroup = <T extends DeclaredResult>(one: T): one is T & DeclaredGroup => one.group !== undefined;

/** What a group keeps of one of its hosts; plain data, so that a thread can tell it. */
export interface MemberEvidence extends Pick<HostEvidence, "counts" | "rehearsed" | "isSimulated"> {
  readonly host: string;
  readonly clock: Pick<ClockEvidence, "driftPpb" | "cuts">;
  readonly spans: PackedSpans;
}

/** Null = the host is none of its members. */
export function memberEvidence(
  declared: DeclaredGroup,
  host: string,
  items: readonly EvidenceItem[],
  context: DerivingContext,
): MemberEvidence | null {
  if (!declared.group.members.some((member) => member.host === host)) return null;
  const { horizon, limit } = placed(declared, context);
  const { clock, counts, rehearsed, isSimulated } = clockOf(items, {
    period: context.period,
    leaps: context.leaps,
    countsUnverified: declared.terms.counts_unverified,
    isTraceable: true,
    horizon,
    // Nothing is sampled of pairs.
    schedule: [],
    exemptions: [],
    limit,
  });
  const { driftPpb, cuts, spans } = clock;
  return { host, clock: { driftPpb, cuts }, spans: packedSpans([...spans]), counts, rehearsed, isSimulated };
}

/** A result of all pairs of a group: its hosts are shown one after the other, and judged when all of them are there. */
export class GroupDeriving {
  readonly #declared: DeclaredGroup;
  readonly #context: DerivingContext;
  readonly #axis: PlacedTerms;
  readonly #kept = new Map<string, MemberEvidence>();

  constructor(declared: DeclaredGroup, context: DerivingContext) {
    this.#declared = declared;
    this.#context = context;
    this.#axis = placed(declared, context);
  }

  take(host: string, items: readonly EvidenceItem[]): void {
    const evidence = memberEvidence(this.#declared, host, items, this.#context);
    if (evidence !== null) this.keep(evidence);
  }

  /** In the order of the hosts. */
  keep(evidence: MemberEvidence): void {
    this.#kept.set(evidence.host, evidence);
  }

  result(): Derived {
    return finished(this.steps());
  }

  /** The result, bit by bit: for whoever has other work to do meanwhile. */
  *steps(): Generator<void, Derived> {
    const { members } = this.#declared.group;
    const judged = yield* stepsOfGroup({
      terms: {
        limit: this.#axis.limit.max,
        // Either of the two may have erred by it.
        appError: 2n * this.#axis.appError,
        minimumProvenPpm: this.#declared.terms.minimum_proven_ppm,
      },
      members: members.map((member) => this.#memberOf(member)),
      window: this.#axis.window,
      schedule: this.#axis.schedule,
      exemptions: this.#axis.exemptions,
    });
    const axis = { ...this.#axis, exemptions: [...this.#axis.exemptions, ...judged.relieved] };
    const result = said(declaredIn(this.#declared), axis, seen([...this.#kept.values()]), judged, this.#context.leaps);
    return {
      result: { ...result, group: sayGroup(members, judged, (at) => sayInstant(at, this.#context.leaps)) },
      isSimulated: [...this.#kept.values()].some((one) => one.isSimulated),
    };
  }

  #memberOf({ host }: ManifestMember): GroupMember {
    return {
      terms: { horizon: this.#axis.horizon, requiresTraceability: false },
      clock: clockOfMember(host === null ? undefined : this.#kept.get(host)),
      exemptions: host === null ? [] : this.#exemptionsOf(host),
    };
  }

  #exemptionsOf(host: string): Exemption[] {
    const { exemptions, scope } = this.#declared;
    const own = exemptions.filter((one) => one.scope === scope && one.host === host);
    return exemptStretches(own, this.#context.leaps);
  }
}

const NOTHING: ClockEvidence = { driftPpb: 0n, cuts: [], samples: [], spans: [] };
const clockOfMember = (kept: MemberEvidence | undefined): ClockEvidence =>
  kept === undefined ? NOTHING : { ...kept.clock, samples: [], spans: spansOf(kept.spans) };

const sum = (all: readonly MemberEvidence[], figure: (one: MemberEvidence) => number): number =>
  all.reduce((total, one) => total + figure(one), 0);

const seen = (all: readonly MemberEvidence[]) => ({
  clock: { driftPpb: all.map(({ clock }) => clock.driftPpb).reduce(maxOf, 0n), cuts: distinctCuts(all) },
  sampled: { samples: 0, inside: 0, greatestDivergence: null, longestInterval: null },
  counts: {
    leapEvents: sum(all, ({ counts }) => counts.leapEvents),
    sourceChanges: sum(all, ({ counts }) => counts.sourceChanges),
    steps: sum(all, ({ counts }) => counts.steps),
  },
  rehearsed: sum(all, ({ rehearsed }) => rehearsed),
});

/** A leap cuts all of them at once. */
const distinctCuts = (all: readonly MemberEvidence[]): Cut[] => [
  ...new Map(all.flatMap(({ clock }) => clock.cuts.map((cut) => [`${cut.from} ${cut.to} ${cut.reason}`, cut]))).values(),
];

const MOST_NAMED = 10;

function sayGroup(members: readonly ManifestMember[], judged: GroupResult, say: (at: bigint) => string): ManifestGroup {
  const named = (place: number): ManifestMember => {
    const { host, name } = members[place] as ManifestMember;
    return { host, name };
  };
  const silent = judged.silent.flatMap((ns, place) => (ns > 0n ? [{ ns, place }] : []));
  const longest = silent.sort((a, b) => (a.ns > b.ns ? -1 : a.ns < b.ns ? 1 : a.place - b.place)).slice(0, MOST_NAMED);
  return {
    members: members.map((_, place) => named(place)),
    pairs: judged.pairs,
    pairs_outside: judged.outside.length,
    outside: judged.outside.slice(0, MOST_NAMED).map((one) => ({
      a: named(one.members[0]),
      b: named(one.members[1]),
      violation_ns: String(one.violation),
      episodes: one.episodes,
      first: say(one.first),
      peak_proven_ns: String(one.peakProven),
    })),
    members_silent: silent.length,
    silent: longest.map(({ ns, place }) => ({ ...named(place), silent_ns: String(ns) })),
  };
}

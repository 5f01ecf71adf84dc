import { compareWith, type Drift, type HostReading, hasBentLately, type Interval, maxOf, type SourceFacts } from "@truebound/time";
import type { SourceState } from "@truebound/wire";
import type { SourceProbe } from "../probe/source-probe.ts";

type At = Pick<HostReading, "rawAfter">;

/** The sources under observation, and what they say at a reading. */
export class WatchedSources {
  #probes: readonly SourceProbe[];
  #voting: readonly SourceProbe[];
  /** Replies of all that may have a vote, as of the last look. */
  #heard = 0;
  /** What they say at one instant, as long as nothing of them changes: each reading asks for it several times. */
  #said: { readonly at: bigint; readonly facts: readonly SourceFacts[] } | null = null;

  constructor(probes: readonly SourceProbe[]) {
    this.#probes = probes;
    this.#voting = probes.filter(mayVote);
  }

  get probes(): readonly SourceProbe[] {
    return this.#probes;
  }

  replace(probes: readonly SourceProbe[]): void {
    this.#probes = probes;
    this.#voting = probes.filter(mayVote);
    this.#said = null;
  }

  /** Those that may have a vote. That is of a policy, and under another one they are laid down anew (`replace`). */
  get voting(): readonly SourceProbe[] {
    return this.#voting;
  }

  /** What came of those that may have a vote. */
  ofVoting<E extends { readonly source: string }>(evidence: readonly E[]): readonly E[] {
    return evidence.filter(({ source: id }) => this.voting.some(({ source }) => source.id === id));
  }

  /** Of those that may have a vote. */
  facts({ rawAfter }: At): readonly SourceFacts[] {
    if (this.#said?.at !== rawAfter) this.#said = { at: rawAfter, facts: this.voting.map((probe) => probe.facts(rawAfter)) };
    return this.#said.facts;
  }

  /** How those without a vote compare with what the others prove; undefined = there are none. */
  compared(guaranteed: Interval | null, { rawAfter }: At): ReadonlyMap<string, SourceState> | undefined {
    const silent = this.#probes.filter(({ counts }) => !counts);
    if (silent.length === 0) return undefined;
    return new Map(silent.map((probe) => [probe.source.id, compareWith(guaranteed, probe.facts(rawAfter), rawAfter) as SourceState]));
  }

  /** Ids of those whose error is declared, and which may have a vote all the same: not where only what is authenticated counts. */
  get declared(): string[] {
    return this.voting.flatMap(({ source, intervals, isBarred }) => (intervals === null || isBarred ? [] : [source.id])).sort();
  }

  /** Another reading: exchanges and policies may have come since the one before. */
  lookAgain(): void {
    this.#said = null;
  }

  /** Their windows are laid out under this. */
  assume(drift: Drift): void {
    if (this.#probes.every((probe) => sameDrift(probe.drift, drift))) return;
    this.#said = null;
    for (const probe of this.#probes) probe.assume(drift);
  }

  /** The longest interval between two polls, ns. */
  slowestPoll(at: At): bigint {
    return this.facts(at).reduce((longest, { poll }) => maxOf(longest, poll), 0n);
  }

  /** True once for each reply of those that may have a vote: only such an exchange can contradict what was assumed. */
  hasNews(): boolean {
    const heard = this.voting.reduce((sum, { replies }) => sum + replies, 0);
    const news = heard !== this.#heard;
    this.#heard = heard;
    return news;
  }

  forget(): void {
    this.#said = null;
    for (const probe of this.#probes) probe.forget();
  }

  dropBeforeBends({ rawAfter }: At): void {
    for (const probe of this.#probes) if (hasBentLately(probe.facts(rawAfter), rawAfter)) probe.dropBeforeBend();
    this.#said = null;
  }

  /** What came before the newest exchanges of those that contradict themselves is of no use. */
  keepNewest({ rawAfter }: At): void {
    for (const probe of this.#probes) if (probe.facts(rawAfter).conflict) probe.keepNewest();
    this.#said = null;
  }
}

const mayVote = ({ counts }: SourceProbe): boolean => counts;

const sameDrift = (a: Drift, b: Drift): boolean => a.rho === b.rho && a.centre === b.centre;

import { type Leap, leapNear, type UtcInstant } from "@truebound/time";
import type { Tier } from "@truebound/wire";
import type { FleetEntry } from "../fleet/watcher.ts";
import type { PolicyRule } from "../policy/choose-policy.ts";
import { ConflictWatch, sightingsOf } from "./conflict-watch.ts";
import { hasMesh, type Member, membersOf } from "./members.ts";
import { PathQuality, type PathRemarks } from "./path-quality.ts";
import type { PeerStore, StoredConflict } from "./ports.ts";
import { meshFacts, type Solution, solving, type TierSolution } from "./solution.ts";
import { type MemberStanding, standingsOf } from "./standing.ts";
import type { Target } from "./target.ts";

/** Clocks take a leap second within this of it, each in its own way; differences of a second are no lies then. */
export const LEAP_PAUSE_NS = 120_000_000_000n;

/** What this process knows of the mesh. */
export interface MeshState {
  readonly members: ReadonlyMap<string, Member>;
  readonly targets: ReadonlyMap<string, Target>;
  /** null = not solved: nobody is in a mesh, or a leap second is near. */
  readonly solution: Solution | null;
  /** It is not solved, since a leap second is near. */
  readonly leap: Leap | null;
  readonly conflicts: readonly StoredConflict[];
  readonly standings: ReadonlyMap<string, MemberStanding>;
  /** What is said of members' paths. */
  readonly paths: PathRemarks;
  /** What carrying and solving took; null = not solved. */
  readonly tookMs: number | null;
}

export interface KeeperPorts {
  readonly store: PeerStore;
  readonly fleet: {
    entries(): FleetEntry[];
    readonly rules: readonly PolicyRule[];
    stand(standings: ReadonlyMap<string, MemberStanding>): void;
  };
  readonly leaps: () => readonly Leap[];
  /** ms of this process's monotonic clock. */
  readonly monotonic: () => number;
  /** Lets others have the process. */
  readonly pause: () => Promise<void>;
  /** This process wrote that a conflict began. */
  readonly begun: (tier: Tier) => void;
}

/** Solves the mesh again and again for the answers of this process, and writes conflicts where no other process does. */
export class PeerKeeper {
  readonly #ports: KeeperPorts;
  readonly #watch = new ConflictWatch();
  readonly #quality = new PathQuality();
  #state: MeshState | null = null;

  constructor(ports: KeeperPorts) {
    this.#ports = ports;
  }

  /** null = this process has not looked yet. */
  get state(): MeshState | null {
    return this.#state;
  }

  async look(): Promise<void> {
    const entries = this.#ports.fleet.entries();
    if (!entries.some(hasMesh) && this.#isAtRest()) return;
    const { now, edges, targets } = await this.#ports.store.look();
    const members = membersOf(entries, this.#ports.fleet.rules, now);
    const facts = meshFacts(now, members, targets, edges);
    const leap = nearLeap(now, members, this.#ports.leaps());
    const solved = leap === null && members.length > 0 ? await this.#solve(facts) : null;
    // Near a leap second nothing is seen, which is not the same as seeing that nothing contradicts.
    if (leap === null) await this.#judge(solved?.solution ?? null);
    const conflicts = await this.#ports.store.conflicts();
    const standings = standingsOf(domainsOf(members, targets), conflicts);
    const paths = this.#quality.look(facts.members, solved?.solution ?? null, this.#ports.monotonic());
    const { members: known, targets: aims } = facts;
    this.#state = { members: known, targets: aims, solution: null, leap, conflicts, standings, paths, tookMs: null, ...solved };
    this.#ports.fleet.stand(standings);
  }

  /** Nobody was in a mesh at the last look, and no conflict of those that left it goes on. */
  #isAtRest(): boolean {
    return this.#state !== null && this.#state.members.size === 0 && this.#state.conflicts.every(({ endedAt }) => endedAt !== null);
  }

  async #solve(facts: Solution["facts"]): Promise<Pick<MeshState, "solution" | "tookMs">> {
    let tookMs = 0;
    const timed = async (tier: Tier): Promise<TierSolution> => {
      for (const steps = solving(facts, tier); ; await this.#ports.pause()) {
        const started = this.#ports.monotonic();
        const step = steps.next();
        tookMs += this.#ports.monotonic() - started;
        if (step.done === true) return step.value;
      }
    };
    const [guaranteed, tight] = [await timed("guaranteed"), await timed("tight")];
    return { solution: { facts, guaranteed, tight }, tookMs };
  }

  /** Every process judges what it sees, and one writes. */
  async #judge(solution: Solution | null): Promise<void> {
    const open = (await this.#ports.store.conflicts()).filter(({ endedAt }) => endedAt === null);
    const judgement = this.#watch.judge(open, solution === null ? [] : sightingsOf(solution));
    if (Object.values(judgement).every(({ length }) => length === 0)) return;
    for (const tier of (await this.#ports.store.record(judgement)) ?? []) this.#ports.begun(tier);
  }
}

/** By the clock of the database, or by the clocks of the fleet: either may be wrong, and a pause costs little. */
function nearLeap(now: UtcInstant, members: readonly Member[], leaps: readonly Leap[]): Leap | null {
  const shown = members.flatMap(({ reading }) => reading?.realtime ?? []).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  const middle = shown[Math.floor(shown.length / 2)] ?? now;
  return leapNear({ lo: now, hi: now }, leaps, LEAP_PAUSE_NS) ?? leapNear({ lo: middle, hi: middle }, leaps, LEAP_PAUSE_NS);
}

const domainsOf = (members: readonly Member[], targets: readonly Target[]): Map<string, string> =>
  new Map([
    ...members.map(({ record, domain }): [string, string] => [record.id, domain]),
    ...targets.map(({ id, domain }): [string, string] => [id, domain]),
  ]);

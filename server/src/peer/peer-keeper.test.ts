import { type Leap, utc } from "@truebound/time";
import type { Tier } from "@truebound/wire";
import { describe, expect, it } from "vitest";
import { shippedPairProfiles } from "../audit/pair-verdicts.ts";
import type { FleetEntry } from "../fleet/watcher.ts";
import type { Judgement } from "./conflict-watch.ts";
import { viewMesh } from "./mesh-view.ts";
import { viewPair } from "./pair-view.ts";
import { type MeshState, PeerKeeper } from "./peer-keeper.ts";
import type { MeasuredEdge, PeerStore, StoredConflict } from "./ports.ts";
import { hostId, type Lie, RULES, SimMesh, START } from "./simulated-mesh.fixture.ts";
import type { MemberStanding } from "./standing.ts";
import type { Target } from "./target.ts";

const S = 1_000_000_000n;

/** What several processes share: a simulated fleet, and what they write of it. */
class Shared {
  readonly mesh: SimMesh;
  second = 200;
  conflicts: StoredConflict[] = [];
  looks = 0;
  edges = (): MeasuredEdge[] => this.mesh.edges(this.second);
  entries = (): FleetEntry[] => this.mesh.entries(this.second);
  targets: Target[] = [];
  leaps: Leap[] = [];
  standings: ReadonlyMap<string, MemberStanding> = new Map();
  begun: Tier[] = [];

  constructor(count: number, lies: readonly Lie[] = []) {
    this.mesh = new SimMesh(9, count, lies);
  }

  get now() {
    return utc(START + BigInt(this.second) * S);
  }

  readonly store: PeerStore = {
    look: async () => {
      this.looks += 1;
      return { now: this.now, edges: this.edges(), targets: this.targets };
    },
    conflicts: async () => this.conflicts,
    record: async (judgement) => this.write(judgement),
  };

  write({ begun, goingOn, ended }: Judgement): Tier[] {
    const at = this.now;
    this.conflicts = this.conflicts.map((one) => ({
      ...one,
      lastSeen: goingOn.includes(one.id) ? at : one.lastSeen,
      endedAt: ended.includes(one.id) ? at : one.endedAt,
    }));
    for (const sighting of begun)
      this.conflicts.push({ ...sighting, id: BigInt(this.conflicts.length), firstSeen: at, lastSeen: at, endedAt: null });
    return begun.map(({ tier }) => tier);
  }

  process = (): PeerKeeper =>
    new PeerKeeper({
      store: this.store,
      fleet: { entries: () => this.entries(), rules: RULES, stand: (standings) => this.take(standings) },
      leaps: () => this.leaps,
      monotonic: () => 0,
      pause: async () => {},
      begun: (tier) => void this.begun.push(tier),
    });

  take(standings: Shared["standings"]): void {
    this.standings = standings;
  }

  async play(keeper: PeerKeeper, looks: number): Promise<void> {
    for (let look = 0; look < looks; look++) {
      await keeper.look();
      this.second += 10;
    }
  }

  open = (tier: Tier) => this.conflicts.filter((one) => one.tier === tier && one.endedAt === null);
}

const LIAR = [{ host: 3, by: 50_000_000n }];
const wordsOf = (keeper: PeerKeeper) => (keeper.state === null ? null : viewMesh(keeper.state, null).words);

describe("a process that looks at the mesh", () => {
  it("tells of a liar within three minutes, once for each tier, and of its end when it lies no more", async () => {
    const shared = new Shared(12, LIAR);
    const keeper = shared.process();
    await shared.play(keeper, 18);
    for (const tier of ["guaranteed", "tight"] as const)
      expect(shared.open(tier)).toMatchObject([{ flagged: [hostId(3)], suspects: [hostId(3)] }]);
    expect([...shared.begun].sort()).toEqual(["guaranteed", "tight"]);
    expect([3, 4].map((index) => shared.standings.get(hostId(index))?.standing)).toEqual(["flagged", "cleared"]);
    expect(wordsOf(keeper)).toBe("Some of what is claimed and measured cannot be true: 1 accused, 0 more suspected");
    const honest = new Shared(12);
    Object.assign(shared, { edges: () => honest.mesh.edges(shared.second), entries: () => honest.mesh.entries(shared.second) });
    await shared.play(keeper, 2);
    expect(shared.conflicts.map(({ endedAt }) => endedAt === null)).toEqual([false, false]);
    expect(shared.standings.get(hostId(3))?.standing).toBe("unaccused");
  });

  it("goes on with what was told before it was restarted: the host is flagged at its first look, and told once", async () => {
    const shared = new Shared(12, LIAR);
    await shared.play(shared.process(), 10);
    const told = shared.conflicts.map(({ id }) => id);
    const restarted = shared.process();
    await shared.play(restarted, 1);
    expect(shared.standings.get(hostId(3))?.standing).toBe("flagged");
    await shared.play(restarted, 8);
    expect(shared.conflicts.map(({ id }) => id)).toEqual(told);
    expect(shared.conflicts.every(({ endedAt, lastSeen }) => endedAt === null && shared.now - lastSeen === 10n * S)).toBe(true);
  });

  it("says of a liar that nothing explains the contradictions without it, and why no difference to it is bounded", async () => {
    const shared = new Shared(12, LIAR);
    const keeper = shared.process();
    await shared.play(keeper, 10);
    const [state, ids] = [keeper.state as MeshState, [hostId(4), hostId(3)] as const];
    const liar = viewMesh(state, null).members.find(({ id }) => id === hostId(3));
    expect(liar?.remark).toMatch(/^nothing explains all contradictions without it/);
    expect(viewPair(state, ids, shippedPairProfiles)?.why).toBe(`What ${liar?.name} says is contradicted, and suspects have no bound`);
  });

  it("shows of a conflict that goes on what contradicts what now, and of one that is over what was written down", async () => {
    const shared = new Shared(12, LIAR);
    const keeper = shared.process();
    await shared.play(keeper, 10);
    const shown = () => keeper.state && viewMesh(keeper.state, null).conflicts.find(({ tier }) => tier === "guaranteed");
    const now = keeper.state?.solution?.guaranteed.blame.contradictions;
    const written = shared.conflicts.find(({ tier }) => tier === "guaranteed")?.cycles;
    expect(shown()?.cycles).toEqual(now?.map(({ nodes, weight }) => ({ nodes, weight_ns: weight.toString() })));
    expect(shown()?.cycles).not.toEqual(written);
    Object.assign(shared, { entries: () => [] });
    await shared.play(keeper, 2);
    expect(shown()).toMatchObject({ ended_at: expect.any(String), cycles: written });
  });

  it("writes nothing beside another that does, and answers by its own solution", async () => {
    const shared = new Shared(12, LIAR);
    const [first, second] = [shared.process(), shared.process()];
    for (let look = 0; look < 10; look++) {
      await first.look();
      await second.look();
      shared.second += 10;
    }
    expect(shared.conflicts).toHaveLength(2);
    expect(second.state?.solution?.guaranteed.blame.flagged).toEqual([hostId(3)]);
  });

  it("computes nothing within two minutes of a leap second, says so, and neither tells nor ends anything", async () => {
    const shared = new Shared(12, LIAR);
    const keeper = shared.process();
    await shared.play(keeper, 10);
    const told = shared.conflicts;
    shared.leaps = [{ utc_ns: shared.now + 115n * S, step: 1 }];
    await shared.play(keeper, 3);
    expect(keeper.state?.solution).toBeNull();
    expect(wordsOf(keeper)).toMatch(/^A leap second at 2026-11-2.*is within two minutes/);
    expect(shared.conflicts).toEqual(told);
    expect(shared.standings.get(hostId(3))?.standing).toBe("flagged");
    shared.second += 300;
    await keeper.look();
    expect(keeper.state?.solution).not.toBeNull();
  });

  it("pauses by the clocks of the fleet, too, where the database's is wrong", async () => {
    const shared = new Shared(5);
    const keeper = shared.process();
    const hosts = shared.mesh.entries(200);
    Object.assign(shared, { entries: () => hosts });
    shared.leaps = [{ utc_ns: START + 300n * S, step: 1 }];
    shared.second = 9_000;
    await keeper.look();
    expect(keeper.state?.leap).not.toBeNull();
  });
});

describe("a mesh of few", () => {
  it("without a host asks the database once, and says that there is none", async () => {
    const shared = new Shared(1);
    Object.assign(shared, { entries: () => [], edges: () => [] });
    const keeper = shared.process();
    await shared.play(keeper, 5);
    expect(shared.looks).toBe(1);
    expect(keeper.state && viewMesh(keeper.state, null)).toMatchObject({ as_of: null, members: [], pairs: [], closure: null });
    expect(wordsOf(keeper)).toMatch(/^No host is in a mesh/);
  });
  it("whose last host left ends its conflicts", async () => {
    const shared = new Shared(12, LIAR);
    const keeper = shared.process();
    await shared.play(keeper, 10);
    Object.assign(shared, { entries: () => [], edges: () => [] });
    await shared.play(keeper, 3);
    expect(shared.conflicts.filter(({ endedAt }) => endedAt === null)).toEqual([]);
    expect(shared.looks).toBe(12);
  });
  it("of one host has its own bound, and says that nobody measures it", async () => {
    const shared = new Shared(1);
    const keeper = shared.process();
    await keeper.look();
    const view = keeper.state && viewMesh(keeper.state, null);
    const [member] = view?.members ?? [];
    expect(member?.guaranteed).toEqual(member?.claim);
    expect([view?.words, member?.remark]).toEqual(["One host alone is in a mesh: nobody measures it, and its bound is its own", null]);
  });
  it("that nothing joins has each host's own bound, and says why there is no more", async () => {
    const shared = new Shared(4);
    Object.assign(shared, { edges: () => [] });
    const keeper = shared.process();
    await keeper.look();
    const view = keeper.state && viewMesh(keeper.state, null);
    for (const { guaranteed, claim, remark } of view?.members ?? []) {
      expect(guaranteed).toEqual(claim);
      expect(remark).toMatch(/^nothing was measured between it and its neighbours/);
    }
    expect(view?.members).toHaveLength(4);
  });
  it("that nothing joins has no bound for a host that claims nothing, and its remark owns to it", async () => {
    const shared = new Shared(4);
    const claimless = (one: FleetEntry): FleetEntry => {
      const { mesh } = one.record;
      return { ...one, record: { ...one.record, mesh: mesh && { ...mesh, own: { ...mesh.own, lo_ns: null, hi_ns: null } } } };
    };
    Object.assign(shared, { edges: () => [], entries: () => shared.mesh.entries(shared.second).map(claimless) });
    const keeper = shared.process();
    await keeper.look();
    const members = keeper.state === null ? [] : viewMesh(keeper.state, null).members;
    expect(members.map(({ guaranteed, remark }) => [guaranteed, remark])).toEqual(
      Array.from({ length: 4 }, () => [null, expect.stringMatching(/^nothing was measured .*: it has no bound$/)]),
    );
  });
  it("of which a host has fallen silent goes on without it, and says so", async () => {
    const shared = new Shared(4);
    const keeper = shared.process();
    Object.assign(shared, {
      entries: () => shared.mesh.entries(shared.second).map((one, index) => (index === 0 ? { ...one, ageMs: 91_000 } : one)),
    });
    await keeper.look();
    const view = keeper.state && viewMesh(keeper.state, null);
    const silent = view?.members.find(({ id }) => id === hostId(0));
    expect(silent).toMatchObject({ guaranteed: null, tight: null, claim: null, measures: 0, measured_by: 0 });
    expect(silent?.remark).toMatch(/older than 90 s/);
    expect(view?.members.filter(({ guaranteed }) => guaranteed !== null)).toHaveLength(3);
  });
});

import { utc } from "@truebound/time";
import { describe, expect, it } from "vitest";
import { ConflictWatch, type OpenConflict, type Sighting, sightingsOf } from "./conflict-watch.ts";
import { membersOf } from "./members.ts";
import { hostId, RULES, SimMesh, START } from "./simulated-mesh.fixture.ts";
import { meshFacts, solveTier } from "./solution.ts";

const sighting = (suspects: string, evidence: string, more: Partial<Sighting> = {}): Sighting => ({
  tier: "guaranteed",
  suspects: [...suspects],
  flagged: [...suspects].filter((host) => host === host.toUpperCase()),
  cleared: [],
  leastLiars: 1,
  cycles: [],
  evidence: new Set(evidence.split(" ")),
  ...more,
});
const told = (id: bigint, suspects: string): OpenConflict => ({ id, ...sighting(suspects, "") });
const nothing = { begun: [], goingOn: [], ended: [] };
const suspectsOf = ({ begun }: { begun: readonly Sighting[] }) => begun.map(({ suspects }) => suspects.join(""));

describe("a conflict", () => {
  it("is told once a second solution in a row shows it by other evidence than the first", () => {
    const watch = new ConflictWatch();
    expect(watch.judge([], [sighting("A", "e1 e2")])).toEqual(nothing);
    expect(watch.judge([], [sighting("A", "e2 e3")])).toEqual(nothing);
    expect(suspectsOf(watch.judge([], [sighting("A", "e3 e4")]))).toEqual(["A"]);
  });
  it("is not told where a solution between does not show it", () => {
    const watch = new ConflictWatch();
    watch.judge([], [sighting("A", "e1")]);
    watch.judge([], []);
    expect(watch.judge([], [sighting("A", "e2")])).toEqual(nothing);
  });
  it("is told in the end, though somebody on it says the same reading again and again", () => {
    const watch = new ConflictWatch();
    const toldAt = Array.from({ length: 40 }, (_, turn) => turn).find(
      (turn) => watch.judge([], [sighting("A", `frozen e${turn}`)]).begun.length > 0,
    );
    expect(toldAt).toBe(21);
  });
  it("is not taken for one of another tier, or of other hosts", () => {
    const watch = new ConflictWatch();
    watch.judge([], [sighting("A", "e1")]);
    expect(watch.judge([], [sighting("A", "e2", { tier: "tight" }), sighting("B", "e3")])).toEqual(nothing);
  });
  it("is told of hosts that both solutions have in common, and flags whom both flag", () => {
    const watch = new ConflictWatch();
    watch.judge([], [sighting("Ab", "e1", { flagged: [] })]);
    const { begun } = watch.judge([], [sighting("A", "e2")]);
    expect(begun).toMatchObject([{ suspects: ["A"], flagged: [] }]);
  });
  it("goes on while it is seen, though whom it suspects changes for a moment, and ends when two solutions do not show it", () => {
    const watch = new ConflictWatch();
    const open = [told(7n, "A")];
    expect(watch.judge(open, [sighting("A", "e1")]).goingOn).toEqual([7n]);
    expect(watch.judge(open, [sighting("bA", "e2")]).goingOn).toEqual([7n]);
    expect(watch.judge(open, [sighting("A", "e3")]).goingOn).toEqual([7n]);
    expect(watch.judge(open, [])).toEqual(nothing);
    expect(watch.judge(open, [])).toEqual({ ...nothing, ended: [7n] });
  });
  it("gives way to another picture of the same hosts that shows twice", () => {
    const watch = new ConflictWatch();
    const open = [told(7n, "Ab")];
    watch.judge(open, [sighting("A", "e1")]);
    const judged = watch.judge(open, [sighting("A", "e2")]);
    expect([suspectsOf(judged), judged.goingOn, judged.ended]).toEqual([["A"], [], [7n]]);
  });
  it("that another process told, or this one before it was restarted, goes on without a second row", () => {
    const judged = [new ConflictWatch(), new ConflictWatch()].map((watch) => watch.judge([told(7n, "A")], [sighting("A", "e1")]));
    expect(judged).toEqual([
      { ...nothing, goingOn: [7n] },
      { ...nothing, goingOn: [7n] },
    ]);
  });
  it("does not end by the first solution of a process that does not show it", () => {
    expect(new ConflictWatch().judge([told(7n, "A")], [])).toEqual(nothing);
  });
});

describe("what a sighting rests on", () => {
  it("is the readings and measurements on its contradictions, so that it is told when all were made anew", () => {
    const mesh = new SimMesh(8, 12, [{ host: 4, by: 50_000_000n }]);
    const watch = new ConflictWatch();
    const begunAt = Array.from({ length: 12 }, (_, look) => 200 + 10 * look).find((second) => {
      const now = utc(START + BigInt(second) * 1_000_000_000n);
      const facts = meshFacts(now, membersOf(mesh.entries(second), RULES, now), [], mesh.edges(second));
      const solution = { facts, guaranteed: solveTier(facts, "guaranteed"), tight: solveTier(facts, "tight") };
      return watch.judge([], sightingsOf(solution)).begun.some(({ flagged }) => flagged.includes(hostId(4)));
    });
    expect(begunAt).toBe(220);
  });
});

import { SeededRandom } from "@truebound/testkit";
import { describe, expect, it } from "vitest";
import { Mesh, type MeshHost, neighbourCount } from "./mesh.ts";

const hosts = (count: number, zones = 4): MeshHost[] =>
  Array.from({ length: count }, (_, index) => ({ id: `host-${index}`, domain: "eu", zone: `zone-${index % zones}` }));
const meshOf = (all: readonly MeshHost[], draw = "") => {
  const mesh = new Mesh(all.map((host) => ({ ...host, draw })));
  return new Map(all.map(({ id }) => [id, mesh.neighboursOf(id)]));
};

function reach(edges: ReadonlyMap<string, readonly string[]>): number {
  const both = new Map<string, Set<string>>([...edges.keys()].map((id) => [id, new Set<string>()]));
  for (const [id, neighbours] of edges)
    for (const other of neighbours) {
      both.get(id)?.add(other);
      both.get(other)?.add(id);
    }
  const [start] = both.keys();
  const seen = new Set(start === undefined ? [] : [start]);
  for (const id of seen) for (const other of both.get(id) as Set<string>) seen.add(other);
  return seen.size;
}

describe("the mesh", () => {
  it.each([2, 5, 7, 100, 1_000])("joins all of %i hosts, gives each as many neighbours as there can be, and never itself", (count) => {
    const edges = meshOf(hosts(count));
    expect(reach(edges)).toBe(count);
    for (const [id, neighbours] of edges) {
      expect(neighbours).toHaveLength(Math.min(neighbourCount(count), count - 1));
      expect(new Set(neighbours).size).toBe(neighbours.length);
      expect(neighbours).not.toContain(id);
    }
  });
  it("burdens nobody much more than others: about as many measure a host as it measures", () => {
    const measured = new Map<string, number>();
    for (const neighbours of meshOf(hosts(1_000)).values()) for (const id of neighbours) measured.set(id, (measured.get(id) ?? 0) + 1);
    expect(Math.max(...measured.values())).toBeLessThan(24);
    expect(measured.size).toBeGreaterThan(990);
  });
  it("spreads a host's neighbours over the zones", () => {
    const all = hosts(200, 3);
    const zoneOf = new Map(all.map(({ id, zone }) => [id, zone]));
    for (const neighbours of meshOf(all).values()) {
      const counts = ["zone-0", "zone-1", "zone-2"].map((zone) => neighbours.filter((id) => zoneOf.get(id) === zone).length);
      expect(counts).toEqual([2, 2, 2]);
    }
  });
  it("stays inside a domain, and leaves out who has none", () => {
    const all = hosts(40).map((host, index) => ({ ...host, domain: index % 10 === 0 ? null : index % 2 === 0 ? "eu" : "us" }));
    const domainOf = new Map(all.map(({ id, domain }) => [id, domain]));
    for (const [id, neighbours] of meshOf(all)) {
      if (domainOf.get(id) === null) expect(neighbours).toEqual([]);
      for (const other of neighbours) expect(domainOf.get(other)).toBe(domainOf.get(id));
    }
  });
  it("changes one neighbour each of those who had the host that goes, and of nobody else", () => {
    const all = hosts(300, 1);
    const [before, after] = [meshOf(all), meshOf(all.filter(({ id }) => id !== "host-17"))];
    for (const [id, neighbours] of after) {
      const kept = (before.get(id) ?? []).filter((other) => neighbours.includes(other));
      expect(kept).toHaveLength(before.get(id)?.includes("host-17") ? neighbours.length - 1 : neighbours.length);
    }
  });
  it("is the same whatever the order in which hosts are listed, and another when it is drawn anew", () => {
    const all = hosts(100);
    expect(meshOf([...all].reverse()).get("host-3")).toEqual(meshOf(all).get("host-3"));
    const anew = meshOf(all, "2");
    expect([...meshOf(all)].filter(([id, neighbours]) => neighbours.join() !== anew.get(id)?.join()).length).toBeGreaterThan(90);
  });
  it("has nobody measured who does not answer, and lets them measure", () => {
    const all = hosts(40).map((host, index) => ({ ...host, answers: index % 4 !== 0 }));
    const silent = new Set(all.filter(({ answers }) => !answers).map(({ id }) => id));
    for (const [id, neighbours] of meshOf(all)) {
      expect(neighbours).toHaveLength(6);
      expect(neighbours.filter((other) => silent.has(other))).toEqual([]);
      expect(neighbours).not.toContain(id);
    }
  });
  it.each([1, 3, 7, 30])("is after any coming and going in %i zones as if it were drawn at once, and tells whom that touched", (zones) => {
    const random = new SeededRandom(zones);
    const whole = (below: number) => Math.floor(random.next() * below);
    const host = (): MeshHost => ({
      id: `host-${whole(60)}`,
      domain: whole(8) === 0 ? "us" : "eu",
      zone: `zone-${whole(zones)}`,
      answers: whole(6) > 0,
      draw: String(whole(3)),
    });
    const present = new Map<string, MeshHost>();
    const mesh = new Mesh();
    const views = () =>
      new Map([...present.keys()].map((id) => [id, [mesh.neighboursOf(id).join(), mesh.measuring(id).sort().join()].join(";")]));
    let changes = 0;
    for (let step = 0; step < 250; step++) {
      const before = views();
      const gone = [...present.keys()].filter(() => random.next() < 0.02);
      const come = [...new Map(Array.from({ length: whole(3) }, host).map((one) => [one.id, one])).values()];
      for (const id of gone) present.delete(id);
      for (const one of come) present.set(one.id, one);
      const touched = mesh.change(
        come,
        gone.filter((id) => !present.has(id)),
      );
      const anew = new Mesh([...present.values()]);
      for (const id of present.keys()) {
        expect(mesh.neighboursOf(id)).toEqual(anew.neighboursOf(id));
        expect(mesh.measuring(id).sort()).toEqual(anew.measuring(id).sort());
      }
      for (const [id, view] of views()) if (before.get(id) !== view) expect([...touched]).toContain(id);
      changes += touched.size;
    }
    expect(changes).toBeGreaterThan(250);
  });
});

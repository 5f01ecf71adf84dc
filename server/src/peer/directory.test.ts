import { createHash } from "node:crypto";
import { utc } from "@truebound/time";
import { validator, Assignment as Wire } from "@truebound/wire";
import { describe, expect, it } from "vitest";
import { meshPart } from "../../test/mesh-part.ts";
import type { HostRecord } from "../fleet/host-record.ts";
import { record } from "../fleet/record.fixture.ts";
import type { PolicyRule } from "../policy/choose-policy.ts";
import { MeshDirectory } from "./directory.ts";
import type { Target } from "./target.ts";

const RULES: PolicyRule[] = [{ selector: {}, block: { mesh: { domain: "eu", port: 8126, spread_by: "rack" } }, version: 1 }];
const sha256 = (text: string) => createHash("sha256").update(text).digest();
const idOf = (index: number) => `00000000-0000-4000-8000-${String(index).padStart(12, "0")}`;

function host(index: number, more: Partial<HostRecord> = {}): HostRecord {
  const { edges: _, ...mesh } = meshPart([]);
  const name = `host-${index}`;
  return record({ id: idOf(index), name, labels: { rack: `r${index % 4}` }, address: `10.0.${index >> 8}.${index & 255}`, mesh, ...more });
}
const answering = (at: { address: string | null; port: number } | null, restsOn: string[] = ["id a"]): Partial<HostRecord> => {
  const { edges: _, ...mesh } = meshPart([], { answers: at, own: { lo_ns: "-1", hi_ns: "1", rests_on: restsOn } });
  return { mesh };
};
const fleet = (count: number): HostRecord[] => Array.from({ length: count }, (_, index) => host(index));
const target = (index: number, domain = "eu"): Target => ({
  id: idOf(9_000 + index),
  name: `switch-${index}`,
  address: `192.0.2.${index}`,
  port: 123,
  domain,
  labels: {},
  createdAt: utc(0n),
});

function directoryOf(hosts: readonly HostRecord[], rules = RULES, targets: readonly Target[] = []): MeshDirectory {
  const directory = new MeshDirectory(sha256);
  directory.look(hosts, rules, targets);
  return directory;
}
const versions = (directory: MeshDirectory, hosts: readonly HostRecord[]) =>
  new Map(hosts.map(({ id }) => [id, directory.assignmentOf(id)?.version ?? null]));
const others = (before: ReadonlyMap<string, unknown>, after: ReadonlyMap<string, unknown>) =>
  [...after].filter(([id, version]) => before.get(id) !== version).map(([id]) => id);

describe("the directory of the mesh", () => {
  it("tells each host whom it measures, and exactly those whom it is measured by", () => {
    const hosts = fleet(60);
    const directory = directoryOf(hosts);
    const isAssignment = validator(Wire);
    for (const { id, address } of hosts) {
      const assignment = directory.assignmentOf(id);
      expect(isAssignment.accepts(assignment)).toBe(true);
      expect(assignment?.peers).toHaveLength(6);
      const measuring = hosts.filter((other) => directory.assignmentOf(other.id)?.peers.some((peer) => peer.id === id));
      expect(assignment?.askers).toEqual(measuring.map((other) => other.address).sort());
      for (const peer of assignment?.peers ?? [])
        expect([peer.address, peer.port, peer.rests_on]).toEqual([
          hosts.find((one) => one.id === peer.id)?.address,
          8126,
          ["id a.example:123"],
        ]);
      expect(address).not.toBeNull();
    }
  });
  it("has no part for hosts without a rule, and for those that may not report", () => {
    const states = ["pending", "suspended", "revoked", "retired"] as const;
    const hosts = [...fleet(3), ...states.map((state, index) => host(10 + index, { state })), host(20, { labels: { site: "b" } })];
    const directory = directoryOf(hosts, [...RULES, { selector: { site: "b" }, block: { mesh: null }, version: 2 }]);
    expect(directory.members().map(({ name }) => name)).toEqual(["host-0", "host-1", "host-2"]);
    expect(hosts.slice(3).map(({ id }) => directory.assignmentOf(id))).toEqual(Array(5).fill(null));
    expect(
      directory
        .assignmentOf(idOf(0))
        ?.peers.map(({ name }) => name)
        .sort(),
    ).toEqual(["host-1", "host-2"]);
  });
  it("lets a host that does not answer, or says nothing of a mesh yet, measure others, and nobody measure it", () => {
    const hosts = [...fleet(8), host(8, answering(null)), host(9, { mesh: null }), host(10, { address: null })];
    const directory = directoryOf(hosts);
    for (const index of [8, 9, 10]) expect(directory.assignmentOf(idOf(index))?.peers).toHaveLength(6);
    const measured = new Set(hosts.flatMap(({ id }) => directory.assignmentOf(id)?.peers.map((peer) => peer.id) ?? []));
    expect([8, 9, 10].filter((index) => measured.has(idOf(index)))).toEqual([]);
    expect(directory.assignmentOf(idOf(8))?.askers).toEqual([]);
  });
  it("takes the address that a host says before the one that its reports come from, and lets it ask from both", () => {
    const directory = directoryOf([host(0, answering({ address: "10.9.9.9", port: 9000 })), host(1)]);
    expect(directory.assignmentOf(idOf(1))).toMatchObject({
      peers: [{ address: "10.9.9.9", port: 9000 }],
      askers: ["10.0.0.0", "10.9.9.9"],
    });
  });
  it("joins agents behind one address by their ports", () => {
    const hosts = [1, 2, 3].map((index) => host(index, { address: "198.51.100.7", ...answering({ address: null, port: 8000 + index }) }));
    const directory = directoryOf(hosts);
    expect(
      directory
        .assignmentOf(idOf(1))
        ?.peers.map(({ address, port }) => `${address}:${port}`)
        .sort(),
    ).toEqual(["198.51.100.7:8002", "198.51.100.7:8003"]);
    expect(directory.assignmentOf(idOf(1))?.askers).toEqual(["198.51.100.7"]);
  });
  it("joins what is on the loopback to nothing beyond its own machine", () => {
    const local = [1, 2].map((index) => host(index, { address: "127.0.0.1", ...answering({ address: null, port: 8000 + index }) }));
    const named = host(3, { address: "127.0.0.1", ...answering({ address: "10.0.0.3", port: 8126 }) });
    const directory = directoryOf([...local, named, host(4)]);
    expect(directory.assignmentOf(idOf(1))?.peers.map(({ name }) => name)).toEqual(["host-2"]);
    expect(directory.assignmentOf(idOf(4))).toMatchObject({ peers: [{ name: "host-3" }], askers: ["10.0.0.3"] });
  });
  it("is the same until something of it changes, and whatever came before", () => {
    const hosts = fleet(100);
    const directory = directoryOf(hosts);
    const before = versions(directory, hosts);
    // New reports of the same, by way of the database.
    const again = hosts.map((one) => ({ ...structuredClone(one), changedXid: 2n, seq: 2 }));
    directory.look(again, structuredClone(RULES), []);
    expect(others(before, versions(directory, hosts))).toEqual([]);
    directory.look([...again].reverse(), RULES, []);
    expect(others(before, versions(directory, hosts))).toEqual([]);
    expect(others(before, versions(directoryOf([...hosts].reverse()), hosts))).toEqual([]);
  });
  it("tells those who measure a host when it rests on other sources, and nobody else", () => {
    const hosts = fleet(100);
    const directory = directoryOf(hosts);
    const before = versions(directory, hosts);
    const changed = host(7, answering({ address: null, port: 8126 }, ["id b"]));
    directory.look(hosts.with(7, changed), RULES, []);
    const after = versions(directory, hosts);
    const measuring = hosts.filter(({ id }) => directory.assignmentOf(id)?.peers.some((peer) => peer.id === changed.id));
    expect(others(before, after).sort()).toEqual(measuring.map(({ id }) => id).sort());
    expect(others(before, after).length).toBeGreaterThan(0);
  });
  it("leaves out the vote of a host that is suspected, for as long as it is, and lets it be measured", () => {
    const hosts = fleet(100);
    const directory = directoryOf(hosts);
    const restsOf = (id: string) =>
      hosts.flatMap((one) => directory.assignmentOf(one.id)?.peers.filter((peer) => peer.id === id) ?? []).map(({ rests_on }) => rests_on);
    expect(restsOf(idOf(7)).every((rests) => rests.length > 0)).toBe(true);
    const measured = restsOf(idOf(7)).length;
    directory.look(hosts, RULES, [], new Set([idOf(7)]));
    expect(restsOf(idOf(7))).toEqual(Array.from({ length: measured }, () => []));
    directory.look(hosts, RULES, []);
    expect(restsOf(idOf(7)).every((rests) => rests.length > 0)).toBe(true);
  });
  it("lets a revoked host go at once, and gives another to those who measured it alone", () => {
    const hosts = fleet(200);
    const directory = directoryOf(hosts);
    const peersOf = ({ id }: HostRecord) => directory.assignmentOf(id)?.peers.map((peer) => peer.id) ?? [];
    const before = new Map(hosts.map((one) => [one.id, peersOf(one)]));
    const gone = hosts.with(17, host(17, { state: "revoked" }));
    directory.look(gone, RULES, []);
    expect(directory.assignmentOf(idOf(17))).toBeNull();
    for (const one of hosts.filter(({ id }) => id !== idOf(17))) {
      const had = before.get(one.id) as string[];
      expect(peersOf(one)).toHaveLength(6);
      expect(peersOf(one)).not.toContain(idOf(17));
      expect(directory.assignmentOf(one.id)?.askers).not.toContain(host(17).address);
      expect(peersOf(one).filter((id) => had.includes(id))).toHaveLength(had.includes(idOf(17)) ? 5 : 6);
    }
    expect(others(versions(directory, hosts), versions(directoryOf(gone), hosts))).toEqual([]);
  });
  it("draws anew with another word, and follows labels and rules", () => {
    const hosts = fleet(50);
    const directory = directoryOf(hosts);
    const before = versions(directory, hosts);
    directory.look(hosts, [{ selector: {}, block: { mesh: { domain: "eu", port: 8126, spread_by: "rack", draw: "2" } }, version: 2 }], []);
    expect(others(before, versions(directory, hosts)).length).toBeGreaterThan(45);
    const moved = hosts.with(3, host(3, { labels: { rack: "r0", site: "b" } }));
    directory.look(moved, [...RULES, { selector: { site: "b" }, block: { mesh: { domain: "us", port: 8126 } }, version: 3 }], []);
    expect(directory.assignmentOf(idOf(3))).toMatchObject({ peers: [], askers: [] });
    directory.look(moved, [], []);
    expect(directory.members()).toEqual([]);
  });
  it("has each target measured by three hosts of its domain, and none by more than it can carry", () => {
    const hosts = fleet(40);
    const directory = directoryOf(hosts, RULES, [target(1), target(2), target(3, "elsewhere")]);
    const measuring = (index: number) =>
      hosts.filter(({ id }) => directory.assignmentOf(id)?.peers.some((peer) => peer.kind === "target" && peer.id === target(index).id));
    expect([1, 2, 3].map((index) => measuring(index).length)).toEqual([3, 3, 0]);
    const before = versions(directory, hosts);
    const bystander = hosts.find((one) => !measuring(1).includes(one)) as HostRecord;
    directory.look(hosts, RULES, [{ ...target(1), port: 1123 }, target(2)]);
    expect(others(before, versions(directory, hosts)).sort()).toEqual(
      measuring(1)
        .map(({ id }) => id)
        .sort(),
    );
    expect(directory.assignmentOf(bystander.id)?.version).toBe(before.get(bystander.id));
    const few = directoryOf(
      fleet(4),
      RULES,
      Array.from({ length: 40 }, (_, index) => target(index)),
    );
    for (const { id } of fleet(4)) expect(few.assignmentOf(id)?.peers.filter(({ kind }) => kind === "target")).toHaveLength(24);
  });
});

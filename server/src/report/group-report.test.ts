import {
  canonicalJson,
  type DeclaredExemption,
  type ManifestResult,
  type ReportManifest,
  reportText,
  verifyBundle,
} from "@truebound/audit";
import { formatUtc, utc } from "@truebound/time";
import { beforeAll, describe, expect, it } from "vitest";
import { tokenCrypto } from "../adapters/tsa/token-crypto.ts";
import { createReport } from "./create.ts";
import { MemoryBundle } from "./memory-bundle.fixture.ts";
import { checks, sha256Hex, wire } from "./memory-crypto.fixture.ts";
import { declareIn, type World, worldOf } from "./memory-world.fixture.ts";
import { FROM, minute, S } from "./minutes.fixture.ts";
import { scopeByHand } from "./plan.ts";
import { noticesOf } from "./render/notices.ts";
import type { ReportPorts } from "./report-ports.ts";

const PAIR = {
  id: "our-cluster",
  kind: "pair",
  title: "100 µs between two nodes",
  limit_ns: "100000",
  limit_on: "difference between two nodes",
  verified: true,
} as const;
const REQUEST = { from: FROM, to: utc(FROM + 3600n * S), profiles: [], hosts: [] };
const WATCHING = { progress: () => undefined, signal: new AbortController().signal };

interface Declared {
  readonly exemptions?: readonly DeclaredExemption[];
  readonly missing?: readonly string[];
}

function portsOf(world: World, sink: MemoryBundle, { exemptions = [], missing = [] }: Declared = {}): ReportPorts {
  const ports = world.ports(sink);
  const scope = { ...scopeByHand(PAIR), name: "cluster", hosts: { site: "fra" } };
  declareIn(world, { profiles: [PAIR], scopes: [{ scope, from: FROM - 3600n * S }], exemptions });
  const inventory = { kind: "csv", source: "list.csv", sha256: "00", imported_at: formatUtc(FROM), hosts: missing } as const;
  return {
    ...ports,
    profiles: async () => [PAIR],
    scopes: {
      ...ports.scopes,
      scopes: async () => [{ scope, from: FROM - 3600n * S, to: null }],
      exemptions: async () => exemptions,
      inventory: async () => (missing.length === 0 ? null : inventory),
    },
  };
}

/** Three hosts; host 1 is 250 µs off for six minutes, in which host 2 is 30 µs off the other way. */
function scene(): World {
  const world = worldOf(3);
  const offsets = [0n, -250_000n, 30_000n];
  for (let index = -10; index < 70; index += 2)
    for (const [number, host] of world.hosts.entries()) {
      const offset = (at: number) => (at >= 20 && at < 26 ? (offsets[number] as bigint) : 0n);
      host.report([minute(host.facts.id, index, offset(index)), minute(host.facts.id, index + 1, offset(index + 1))]);
    }
  return world;
}

async function made(
  world: World,
  declared: Declared = {},
  hosts: readonly string[] = [],
): Promise<{ bundle: MemoryBundle; manifest: ReportManifest }> {
  const bundle = new MemoryBundle();
  await createReport(portsOf(world, bundle, declared), { ...REQUEST, hosts }, WATCHING);
  return { bundle, manifest: JSON.parse(bundle.text("manifest.json")) as ReportManifest };
}
const verified = (files: MemoryBundle) => verifyBundle({ files, crypto: checks, wire, token: tokenCrypto(null) });

let world: World;
let bundle: MemoryBundle;
let manifest: ReportManifest;
let group: ManifestResult;
beforeAll(async () => {
  world = scene();
  ({ bundle, manifest } = await made(world));
  group = manifest.results[0] as ManifestResult;
});

const sumOf = ({ totals }: ManifestResult): bigint =>
  BigInt(totals.compliant_ns) + BigInt(totals.violation_ns) + BigInt(totals.unproven_ns) + BigInt(totals.no_evidence_ns);

describe("a report on all pairs of a scope", () => {
  it("has one result of the group, which names the pairs that are proved outside", () => {
    expect(manifest.results).toHaveLength(1);
    expect(group).toMatchObject({ host: null, name: "all pairs of cluster", verdict: "FAIL", group: { pairs: 3, pairs_outside: 2 } });
    expect(group.group?.members.map(({ name }) => name)).toEqual(["host-0", "host-1", "host-2"]);
    expect(group.group?.outside.map(({ a, b, episodes }) => [a.name, b.name, episodes])).toEqual([
      ["host-1", "host-2", 1],
      ["host-0", "host-1", 1],
    ]);
    expect(sumOf(group)).toBe(BigInt(group.totals.audited_ns));
    expect(manifest.totals).toMatchObject({ hosts: 3, results: 1 });
  });
  it("verifies with nothing but itself", async () => {
    expect(await verified(bundle)).toMatchObject({ kind: "holds", records: 240 });
  });
  it("is without evidence while a host of the inventory has no agent, save where others are outside", async () => {
    const { bundle, manifest } = await made(world, { missing: ["host-0", "host-9"] });
    const [one] = manifest.results as [ManifestResult];
    expect(one.group).toMatchObject({
      pairs: 6,
      members_silent: 1,
      silent: [{ host: null, name: "host-9", silent_ns: String(3600n * S) }],
    });
    expect(one).toMatchObject({ verdict: "FAIL", totals: { compliant_ns: "0", violation_ns: group.totals.violation_ns } });
    expect(one.findings).toContainEqual({
      kind: "no_agent",
      words: "host-9 is in the inventory, and no agent of that name reported",
    });
    expect(await verified(bundle)).toMatchObject({ kind: "holds" });
  });
  it("says which pairs it is of, where hosts were named", async () => {
    const { bundle, manifest } = await made(world, {}, ["host-2", "host-0"]);
    expect(manifest.chosen_hosts).toEqual(["host-0", "host-2"]);
    expect(manifest.results).toMatchObject([{ name: "pairs of cluster among the hosts that were named", group: { pairs: 1 } }]);
    expect(noticesOf(manifest)).toContain(
      "OF NAMED HOSTS ONLY: host-0, host-2. Other hosts of its scopes are not in it, nor pairs with them.",
    );
    expect(await verified(bundle)).toMatchObject({ kind: "holds" });
  });
  it("can be cancelled when all hosts are read, before they are judged together", async () => {
    const stop = new AbortController();
    const progress = (done: number) => done === 3 && stop.abort();
    const ports = portsOf(world, new MemoryBundle());
    await expect(createReport(ports, REQUEST, { progress, signal: stop.signal })).rejects.toThrow("Cancelled after 3 of 3 hosts");
  });
  it("leaves the others among themselves while one host is exempt", async () => {
    const exemption: DeclaredExemption = {
      id: "1",
      host: world.hosts[1]?.facts.id ?? null,
      scope: "cluster",
      from: formatUtc(utc(FROM + 1100n * S)),
      to: formatUtc(utc(FROM + 1700n * S)),
      reason: "moves",
      declared_by: "ada",
      declared_at: formatUtc(FROM),
    };
    const timely = await made(world, { exemptions: [exemption] });
    expect(timely.manifest.results[0]).toMatchObject({ verdict: "PASS", totals: { audited_ns: String(3600n * S), exempt_ns: "0" } });
    expect(await verified(timely.bundle)).toMatchObject({ kind: "holds" });
    const late = await made(world, { exemptions: [{ ...exemption, declared_at: formatUtc(utc(FROM + 3000n * S)) }] });
    expect(late.manifest.results[0]).toMatchObject({ verdict: "FAIL", group: { pairs_outside: 2 } });
    expect(await verified(late.bundle)).toMatchObject({ kind: "holds" });
  });
});

/** As an insider would who has the issuer's key. */
function resigned(change: (result: ManifestResult) => object): MemoryBundle {
  const copy = bundle.copy();
  const text = canonicalJson({ ...manifest, results: manifest.results.map(change) } as unknown as Parameters<typeof canonicalJson>[0]);
  const signature = Buffer.from(world.key.sign(reportText(sha256Hex(text)))).toString("base64url");
  copy.files.set("manifest.json", Buffer.from(text));
  copy.files.set("manifest.sig", Buffer.from(JSON.stringify({ ...JSON.parse(bundle.text("manifest.sig")), signature })));
  return copy;
}
type Group = NonNullable<ManifestResult["group"]>;
const within = (change: (group: Group) => object) => (result: ManifestResult) => ({ ...result, group: change(result.group as Group) });

describe("a forger with the issuer's key is caught who", () => {
  it.each([
    ["leaves the worst pair out", "results", "recomputed", within((one) => ({ ...one, outside: one.outside.slice(1) }))],
    ["counts a pair less", "results", "recomputed", within((one) => ({ ...one, pairs_outside: 1 }))],
    [
      "makes a pair's distance less by a nanosecond",
      "results",
      "recomputed",
      within((one) => ({
        ...one,
        outside: one.outside.map((pair) => ({ ...pair, peak_proven_ns: String(BigInt(pair.peak_proven_ns) - 1n) })),
      })),
    ],
    ["says more of a pair than there is", "results", "recomputed", within((one) => ({ ...one, note: "harmless" }))],
    ["takes the bad host out of the group", "profiles", "group_members", within((one) => ({ ...one, members: one.members.slice(0, 1) }))],
    ["calls the group a host", "profiles", "group_name", (one: ManifestResult) => ({ ...one, name: "host-7" })],
    [
      "asks a single host of pairs",
      "profiles",
      "profile_kind",
      (one: ManifestResult) => Object.fromEntries(Object.entries(one).filter(([name]) => name !== "group")),
    ],
  ])("%s", async (_, step, rule, change) => {
    expect(await verified(resigned(change as (result: ManifestResult) => object))).toMatchObject({
      kind: "fails",
      failure: { step, rule },
    });
  });
});

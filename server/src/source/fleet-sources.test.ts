import { expect, it } from "vitest";
import { refidOf } from "../adapters/refid-of.ts";
import { summarize } from "../fleet/host-view.ts";
import { record } from "../fleet/record.fixture.ts";
import { DECLARATION, source } from "../fleet/source.fixture.ts";
import type { FleetEntry } from "../fleet/watcher.ts";
import { askSource, askSources } from "../query/sources.ts";
import { lookAtSources } from "./fleet-sources.ts";

type Sources = FleetEntry["record"]["sources"];
const entry = (name: string, sources: Sources, liveness: FleetEntry["liveness"] = "reporting"): FleetEntry => {
  const one = record({ id: name, name, sources, bound: { lo: -1000n, hi: 3000n } });
  return { record: one, liveness, ageMs: 0, summary: summarize(one, liveness) };
};
const at = (address: string, more: Parameters<typeof source>[1] = {}) =>
  source(`${address}:123`, { address, refid: 0x47505300, stratum: 1, ...more });
const liar = at("192.0.2.9", { state: "falseticker", lo_ns: "40000", hi_ns: "42000" });
const asked = (entries: FleetEntry[]) => ({ look: () => lookAtSources(entries, refidOf) });

it("calls a source false when most of those that can judge it do, and says by how much at least it is off", () => {
  const fleet = [entry("a", [liar]), entry("b", [liar]), entry("c", [{ ...liar, state: "agrees", lo_ns: "-500", hi_ns: "900" }])];
  const [one] = lookAtSources(fleet, refidOf).summaries;
  expect(one).toMatchObject({ verdict: "false", users: 3, false_by: 2, agreeing: 1, apart_ns: "37000" });
  expect(one?.words).toBe("2 of 3 hosts that can judge it call it false");
  // UTC − source: [-1000, 3000] − [40000, 42000], and [-1000, 3000] − [-500, 900].
  expect(one?.offsets).toMatchObject({ hosts: 3, hull: { lo_ns: "-43000", hi_ns: "3500" }, p50: { lo_ns: "-43000", hi_ns: "-37000" } });
});

it("counts for whom it is authenticated, and names as whom", () => {
  const nts = { mode: "preferred", authenticated: true, name: "ntp.example", key: "k".repeat(43), dates: "confirmed" } as const;
  const none = { ...nts, authenticated: false } as const;
  const fleet = [entry("a", [at("192.0.2.1", { nts })]), entry("b", [at("192.0.2.1", { nts: none })]), entry("c", [at("192.0.2.1")])];
  const [one] = lookAtSources([...fleet, entry("d", [at("192.0.2.1", { nts })], "silent")], refidOf).summaries;
  expect(one).toMatchObject({ users: 3, nts_users: 2, authenticated_by: 1, nts_identities: [{ name: "ntp.example", key: nts.key }] });
});

it("counts for whom what is declared of it counts, and says what that is", () => {
  const [counts, not] = ([null, "dispersion"] as const).map((why) => ({ ...DECLARATION, void: why }));
  const declared = [counts, not, undefined].map((one) => at("192.0.2.1", one === undefined ? {} : { declaration: one }));
  const fleet = ["a", "b", "c"].map((name, index) => entry(name, declared.slice(index, index + 1)));
  const [one] = lookAtSources(fleet, refidOf).summaries;
  expect(one).toMatchObject({ users: 3, declared_for: 1, declaration_void_for: 1 });
});

it("lets one host accuse, and not condemn", () => {
  expect(lookAtSources([entry("a", [liar])], refidOf).summaries[0]?.verdict).toBe("disputed");
});

it("counts no host that is silent, and none that is out of service", () => {
  const fleet = [entry("a", [liar], "silent"), entry("b", [liar], "revoked")];
  expect(lookAtSources(fleet, refidOf).summaries).toMatchObject([
    { verdict: "gone", users: 0, past_users: 1, offsets: null, apart_ns: null },
  ]);
});

it("finds the one clock behind many sources, and whose bound rests on it alone", async () => {
  const follows = { stratum: 2, refid: refidOf("192.0.2.1") };
  const [root, one, other] = [at("192.0.2.1"), at("192.0.2.2", follows), at("192.0.2.3", follows)];
  const ports = asked([entry("a", [one, other]), entry("b", [root, at("198.51.100.7")])]);
  const list = await askSources(ports, {});
  expect(list).toMatchObject({
    totals: { hosts: 2, sources: 4, sole_hosts: 1, sole_votes: 1 },
    shared: [{ clock: { source: "192.0.2.1" }, sources: ["192.0.2.1", "192.0.2.2", "192.0.2.3"], hosts: 1, sole_for: 1 }],
  });
  expect(await askSource(ports, { id: "192.0.2.2:123" })).toMatchObject({
    id: "192.0.2.2",
    chain: [{ source: "192.0.2.2" }, { source: "192.0.2.1" }, { words: "GPS", source: null }],
    by_host: [{ name: "a", is_sole: true }],
  });
});

it("counts a host once that knows one machine by two names", () => {
  const twice = [at("192.0.2.1"), at("192.0.2.1")].map((one, index) => ({ ...one, id: `name-${index}` }));
  expect(lookAtSources([entry("a", twice)], refidOf).summaries).toMatchObject([{ users: 1, agreeing: 1 }]);
});

it("takes the machine itself as another clock on each host", () => {
  const own = at("127.0.0.1");
  expect(lookAtSources([entry("a", [own]), entry("b", [own])], refidOf).summaries.map(({ id }) => id)).toEqual([
    "127.0.0.1 of a",
    "127.0.0.1 of b",
  ]);
});

it("gives every source once, page after page, in each order", async () => {
  const fleet = [entry("a", [liar, at("192.0.2.1"), at("192.0.2.2"), at("192.0.2.3", { state: "stale", lo_ns: null, hi_ns: null })])];
  for (const order of ["worst", "users", "name"]) {
    const ids: string[] = [];
    let after: string | undefined;
    do {
      const page = await askSources(asked(fleet), { order, limit: "1", after });
      if (!("items" in page)) throw new Error(page.detail);
      ids.push(...page.items.map(({ id }) => id));
      after = page.next ?? undefined;
    } while (after !== undefined);
    expect(ids.toSorted()).toEqual(["192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.9"]);
  }
});

it("names an IPv6 server by the hash of its address (RFC 5905)", () => {
  expect(refidOf("2001:db8::1")).toBe(refidOf("2001:0DB8:0:0:0:0:0:1"));
  expect(refidOf("192.0.2.7")).toBe(0xc0000207);
});

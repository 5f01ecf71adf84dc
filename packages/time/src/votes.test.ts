import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { interval } from "./interval.ts";
import { block, castVotes, groupDependent, refidText, type SourceIdentity, upstreamOf } from "./votes.ts";

const ip = (text: string): number => text.split(".").reduce((sum, part) => sum * 256 + Number(part), 0) >>> 0;
const source = (id: string, over: Partial<SourceIdentity> = {}): SourceIdentity => ({
  id,
  address: `192.0.2.${id.charCodeAt(0)}`,
  ownRefid: ip(`192.0.2.${id.charCodeAt(0)}`),
  refid: ip("203.0.113.1") + id.charCodeAt(0),
  stratum: 2,
  origin: "declared",
  ...over,
});
const gps = 0x47505300;

/** The rule pair by pair: the slow, obviously right twin. */
function slowly(sources: readonly SourceIdentity[]): string[][] {
  let groups: SourceIdentity[][] = [];
  for (const one of sources) {
    const related = groups.filter((group) => group.some((other) => depends(one, other)));
    groups = [...groups.filter((group) => !related.includes(group)), [...related.flat(), one]];
  }
  return groups.map((group) => group.map(({ id }) => id).sort()).sort(([a = ""], [b = ""]) => (a < b ? -1 : 1));
}

function depends(a: SourceIdentity, b: SourceIdentity): boolean {
  const [above, beyond] = [upstreamOf(a), upstreamOf(b)];
  if (a.address === b.address || (a.declaredSame !== undefined && a.declaredSame === b.declaredSame)) return true;
  if (above === b.ownRefid || beyond === a.ownRefid || (above !== null && above === beyond)) return true;
  return a.origin !== "declared" && b.origin !== "declared" && block(a.address) === block(b.address);
}

const few = <T>(...values: T[]) => fc.constantFrom(...values);
const someSources = fc
  .array(
    fc.record({
      net: few("192.0.2", "198.51.100"),
      host: fc.integer({ min: 1, max: 5 }),
      refid: few<number | null>(null, gps, ip("127.127.1.1"), 0, 1, 2, 3, 4),
      stratum: few<number | null>(null, 1, 2, 3),
      ownRefid: fc.integer({ min: 0, max: 5 }),
      origin: few<SourceIdentity["origin"]>("declared", "discovered", "pool"),
      same: few<string | undefined>(undefined, undefined, "rack"),
    }),
    { maxLength: 9 },
  )
  .map((all) =>
    all.map(({ net, host, same, ...rest }, index) => ({
      id: `s${(index * 7) % 10}`,
      address: `${net}.${host}`,
      ...rest,
      ...(same === undefined ? {} : { declaredSame: same }),
    })),
  );

describe("independent votes", () => {
  const table: { name: string; sources: SourceIdentity[]; groups: string[][] }[] = [
    { name: "different upstreams are independent", sources: [source("a"), source("b")], groups: [["a"], ["b"]] },
    {
      name: "one address is one clock, whatever the port",
      sources: [source("a", { address: "198.51.100.1" }), source("b", { address: "198.51.100.1" })],
      groups: [["a", "b"]],
    },
    {
      name: "one names the other as its upstream",
      sources: [source("a"), source("b", { refid: source("a").ownRefid })],
      groups: [["a", "b"]],
    },
    { name: "one upstream behind both", sources: [source("a", { refid: 77 }), source("b", { refid: 77 })], groups: [["a", "b"]] },
    {
      name: "two stratum 1 servers with GPS do not share it",
      sources: [source("a", { refid: gps, stratum: 1 }), source("b", { refid: gps, stratum: 1 })],
      groups: [["a"], ["b"]],
    },
    {
      name: "nor a reference-clock code at stratum 2",
      sources: [source("a", { refid: gps }), source("b", { refid: gps })],
      groups: [["a"], ["b"]],
    },
    {
      name: "nor the local clock 127.127.1.1",
      sources: [source("a", { refid: ip("127.127.1.1") }), source("b", { refid: ip("127.127.1.1") })],
      groups: [["a"], ["b"]],
    },
    {
      name: "the operator says that two are the same",
      sources: [source("a", { declaredSame: "rack" }), source("b", { declaredSame: "rack" })],
      groups: [["a", "b"]],
    },
    {
      name: "pool servers of one /24",
      sources: [source("a", { origin: "pool" }), source("b", { origin: "discovered" })],
      groups: [["a", "b"]],
    },
    {
      name: "a chain joins them all",
      sources: [source("a", { refid: source("b").ownRefid }), source("c"), source("b", { refid: source("c").ownRefid })],
      groups: [["a", "b", "c"]],
    },
    {
      name: "a silent source shares nothing but its address",
      sources: [source("a", { refid: null, stratum: null }), source("b", { refid: null, stratum: null })],
      groups: [["a"], ["b"]],
    },
  ];
  it.each(table)("$name", ({ sources, groups }) => {
    expect(groupDependent(sources)).toEqual(groups);
    expect(groupDependent([...sources].reverse())).toEqual(groups);
  });
  it("groups whatever sources there are as the rule does pair by pair", () =>
    fc.assert(
      fc.property(someSources, (sources) => {
        expect(groupDependent(sources)).toEqual(slowly(sources));
      }),
    ));
  it("sees that one of them has become another, and hands nobody what was grouped before", () => {
    const [a, b] = [source("a"), source("b")];
    expect(groupDependent([a, b])).toEqual([["a"], ["b"]]);
    expect(groupDependent([a, source("b", { refid: a.ownRefid })])).toEqual([["a", "b"]]);
    expect(groupDependent([a])).toEqual([["a"]]);
    expect(groupDependent([a, b])).toEqual([["a"], ["b"]]);
  });
  it("intersects inside a vote, and voids a vote that contradicts itself", () => {
    const pair = (b: [bigint, bigint]) => [
      { identity: source("a", { declaredSame: "x" }), interval: interval(0n, 10n) },
      { identity: source("b", { declaredSame: "x" }), interval: interval(...b) },
    ];
    expect(castVotes(pair([5n, 20n]))).toEqual([{ members: ["a", "b"], interval: { lo: 5n, hi: 10n } }]);
    expect(castVotes(pair([11n, 20n]))).toEqual([{ members: ["a", "b"], interval: null }]);
  });
  it("reads blocks and reference ids", () => {
    expect(block("192.0.2.9")).toBe("192.0.2");
    expect(block("2001:db8:0:1::5")).toBe("2001:db8:0");
    expect(block("2001:db8::5")).toBe("2001:db8:0");
    expect(block("::1")).toBe("0:0:0");
    expect(refidText(gps)).toBe("GPS");
  });
});

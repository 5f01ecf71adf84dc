import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { assign, blamedSources, type Case, causesOf } from "./assign.ts";
import { type Cause, rankOf } from "./cause.ts";
import type { FleetCounts } from "./fleet-index.ts";

/** A fleet as plain lists; the twin below counts in it by going through all of it again and again. */
interface PlainHost {
  readonly id: string;
  readonly values: readonly string[];
  readonly addresses: readonly string[];
  readonly bad: readonly string[];
  readonly isHeard: boolean;
}

const countsOf = (hosts: readonly PlainHost[]): FleetCounts => ({
  size: hosts.length,
  sizeOf: (value) => hosts.filter(({ values }) => values.includes(value)).length,
  usersOf: (address) => hosts.filter(({ addresses, isHeard }) => isHeard && addresses.includes(address)).map(({ id }) => id),
});

const RULES = ["host_silent", "falseticker", "source_lost", "cannot_prove_limit", "proved_outside_limit", "clock_stepped"] as const;

const host = (index: number): fc.Arbitrary<PlainHost> =>
  fc.subarray(["s1", "s2", "s3"], { minLength: 1 }).chain((addresses) =>
    fc.record({
      id: fc.constant(`h${index}`),
      values: fc.tuple(fc.constantFrom("rack=a", "rack=b", "rack=c"), fc.constantFrom("network=1", "network=2")),
      addresses: fc.constant(addresses),
      bad: fc.subarray(addresses),
      isHeard: fc.boolean(),
    }),
  );

const fleets = fc.integer({ min: 1, max: 12 }).chain((size) => fc.tuple(...Array.from({ length: size }, (_, index) => host(index))));

const casesOf = (hosts: readonly PlainHost[]): fc.Arbitrary<Case[]> =>
  fc
    .array(fc.tuple(fc.nat(hosts.length - 1), fc.constantFrom(...RULES), fc.constantFrom("s1", "s2", "s3")), { maxLength: 30 })
    .map((drawn) => {
      const cases = drawn.map(([index, finding, source]): Case => {
        const { id, values, addresses, bad } = hosts[index] as PlainHost;
        const isOnSource = finding === "falseticker" || finding === "source_lost";
        return {
          key: `${finding} ${id}${isOnSource ? source : ""}`,
          rule: finding,
          finding,
          host: { id, name: id, addresses, bad, values },
          address: isOnSource ? source : null,
          follows: finding === "proved_outside_limit" ? addresses : [],
          upstream: null,
          domain: null,
        };
      });
      return [...new Map(cases.map((one) => [one.key, one])).values()];
    });

/** The same by going through everything, one question at a time. */
function slowCauses(cases: readonly Case[], hosts: readonly PlainHost[]): Map<string, string> {
  const bad = ["s1", "s2", "s3"].filter((address) => {
    const users = hosts.filter((one) => one.isHeard && one.addresses.includes(address));
    const accusing = users.filter(({ id }) => cases.some((one) => one.address === address && one.host?.id === id));
    return users.length >= 2 && accusing.length > users.length / 2;
  });
  const found = new Map<string, string>();
  for (const one of cases) {
    const may =
      one.address !== null
        ? [one.address]
        : one.finding === "proved_outside_limit"
          ? one.follows
          : one.finding === "cannot_prove_limit"
            ? (one.host?.bad ?? [])
            : [];
    const source = bad.find((address) => may.includes(address));
    if (source !== undefined) found.set(one.key, `source:${source}`);
  }
  for (const rule of RULES) {
    let left = cases.filter((one) => one.rule === rule && !found.has(one.key));
    const all = new Set(left.map((one) => one.host?.id));
    for (;;) {
      const remaining = new Set(left.map((one) => one.host?.id));
      const groups = ["", "rack=a", "rack=b", "rack=c", "network=1", "network=2"]
        .map((value) => {
          const members = hosts.filter(({ values }) => value === "" || values.includes(value));
          const hit = members.filter(({ id }) => all.has(id));
          return { value, size: members.length, hit, fresh: hit.filter(({ id }) => remaining.has(id)) };
        })
        .filter(({ size, hit, fresh }) => size >= 3 && hit.length > size / 2 && fresh.length >= 2);
      if (groups.length === 0) break;
      const best = groups.reduce((a, b) =>
        b.fresh.length !== a.fresh.length
          ? b.fresh.length > a.fresh.length
            ? b
            : a
          : b.size !== a.size
            ? b.size < a.size
              ? b
              : a
            : b.value < a.value
              ? b
              : a,
      );
      const taken = left.filter((one) => best.fresh.some(({ id }) => id === one.host?.id));
      for (const one of taken) found.set(one.key, best.value === "" ? `fleet:${rule}` : `group:${best.value}:${rule}`);
      left = left.filter((one) => !taken.includes(one));
    }
    for (const one of left) found.set(one.key, `host:${one.host?.id}${rule === "host_silent" ? ":liveness" : ""}`);
  }
  return found;
}

const scenes = fleets.chain((hosts) => fc.tuple(fc.constant(hosts), casesOf(hosts), casesOf(hosts)));

describe("grouping by cause", () => {
  it("is that of the slow twin", () => {
    fc.assert(
      fc.property(scenes, ([hosts, cases]) => {
        const fleet = countsOf(hosts);
        const causes = causesOf(cases, fleet, blamedSources(cases, fleet));
        expect(new Map([...causes].map(([key, cause]) => [key, cause.key]))).toEqual(slowCauses(cases, hosts));
      }),
      { numRuns: 2_000 },
    );
  });

  it("gives every case one cause, keeps alerts where they are, and moves them only to what explains more", () => {
    fc.assert(
      fc.property(scenes, ([hosts, before, after]) => {
        const fleet = countsOf(hosts);
        const first = assign(before, [], new Map(), fleet);
        expect([...first.keys()].sort()).toEqual(before.map(({ key }) => key).sort());
        const open = [...new Map([...first.values()].map((cause) => [cause.key, cause])).values()];
        const second = assign(after, open, first, fleet);
        expect([...second.keys()].sort()).toEqual(after.map(({ key }) => key).sort());
        for (const [key, cause] of second) {
          const was = first.get(key);
          if (was !== undefined && was.key !== cause.key) expect(rankOf(cause)).toBeGreaterThan(rankOf(was));
        }
        // The same again changes nothing: what was told once is not told anew.
        const all = [...new Map([...open, ...second.values()].map((cause) => [cause.key, cause])).values()];
        expect(assign(after, all, second, fleet)).toEqual(second);
      }),
      { numRuns: 2_000 },
    );
  });

  it("what fits an open group joins it, though it is no majority any more", () => {
    const hosts: PlainHost[] = Array.from({ length: 9 }, (_, index) => ({
      id: `h${index}`,
      values: ["rack=a"],
      addresses: [],
      bad: [],
      isHeard: true,
    }));
    const silent = (id: string): Case => ({
      key: `host_silent ${id}`,
      rule: "host_silent",
      finding: "host_silent",
      host: { id, name: id, addresses: [], bad: [], values: ["rack=a"] },
      address: null,
      follows: [],
      upstream: null,
      domain: null,
    });
    const group: Cause = { kind: "group", key: "group:rack=a:host_silent", name: "rack=a" };
    expect(assign([silent("h1")], [], new Map(), countsOf(hosts)).get("host_silent h1")?.kind).toBe("host");
    expect(assign([silent("h1")], [group], new Map(), countsOf(hosts)).get("host_silent h1")).toEqual(group);
  });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { assign, blamedSources, type Case, causesOf, cutOffHosts } from "./assign.ts";
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

const FAMILIES = {
  host_silent: "liveness",
  falseticker: "falseticker",
  source_lost: "clock",
  cannot_prove_limit: "clock",
  will_exceed_in: "clock",
  proved_outside_limit: "proved_outside_limit",
  clock_stepped: "clock_stepped",
} as const;
const RULES = Object.keys(FAMILIES) as (keyof typeof FAMILIES)[];
const familyOf = (rule: string): string => FAMILIES[rule as keyof typeof FAMILIES];
const FOLLOWS_A_SOURCE = ["cannot_prove_limit", "will_exceed_in"];
const VALUES = ["", "rack=a", "rack=b", "rack=c", "network=1", "network=2"];

const host = (index: number): fc.Arbitrary<PlainHost> =>
  fc.subarray(["s1", "s2", "s3"], { minLength: 1 }).chain((addresses) =>
    fc.record({
      id: fc.constant(`h${index}`),
      values: fc.tuple(fc.constantFrom("rack=a", "rack=b", "rack=c"), fc.constantFrom("network=1", "network=2")),
      addresses: fc.constant(addresses),
      bad: fc.oneof({ weight: 3, arbitrary: fc.constant(addresses) }, { weight: 1, arbitrary: fc.subarray(addresses) }),
      isHeard: fc.boolean(),
    }),
  );

const fleets = fc.integer({ min: 1, max: 12 }).chain((size) => fc.tuple(...Array.from({ length: size }, (_, index) => host(index))));

const casesOf = (hosts: readonly PlainHost[]): fc.Arbitrary<Case[]> =>
  fc
    .tuple(
      fc.array(fc.tuple(fc.nat(hosts.length - 1), fc.constantFrom(...RULES), fc.constantFrom("s1", "s2", "s3")), { maxLength: 30 }),
      fc.subarray([...hosts.keys()], { maxLength: hosts.length }),
    )
    .map(([drawn, alone]) => {
      const lost = alone.flatMap((index) =>
        (hosts[index] as PlainHost).addresses.map((address) => [index, "source_lost", address] as const),
      );
      const cases = [...drawn, ...lost].map(([index, finding, source]): Case => {
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
          isRehearsal: false,
        };
      });
      return [...new Map(cases.map((one) => [one.key, one])).values()];
    });

/** With most of a group, or of the fleet, without any of at least two sources. */
function isCutOff(id: string | undefined, cases: readonly Case[], hosts: readonly PlainHost[]): boolean {
  const isAlone = (one: PlainHost) =>
    one.addresses.length >= 2 &&
    one.addresses.every((address) =>
      cases.some(({ rule, host: of, address: on }) => rule === "source_lost" && of?.id === one.id && on === address),
    );
  return hosts.some(
    (one) =>
      one.id === id &&
      isAlone(one) &&
      VALUES.some((value) => {
        const members = hosts.filter(({ values }) => value === "" || values.includes(value));
        return members.includes(one) && members.length >= 3 && members.filter(isAlone).length > members.length / 2;
      }),
  );
}

function slowSource(one: Case, cases: readonly Case[], hosts: readonly PlainHost[]): string | undefined {
  const follows = FOLLOWS_A_SOURCE.includes(one.finding);
  if ((follows || one.finding === "source_lost") && isCutOff(one.host?.id, cases, hosts)) return undefined;
  const outside = one.finding === "proved_outside_limit" ? one.follows : [];
  const may = one.address !== null ? [one.address] : follows ? (one.host?.bad ?? []) : outside;
  return ["s1", "s2", "s3"].find((address) => {
    const users = hosts.filter(({ id, isHeard, addresses }) => isHeard && addresses.includes(address) && !isCutOff(id, cases, hosts));
    const accusing = users.filter(
      ({ id, bad }) => bad.includes(address) && cases.some((other) => other.address === address && other.host?.id === id),
    );
    return may.includes(address) && users.length >= 2 && accusing.length > users.length / 2;
  });
}

/** The same by going through everything, one question at a time. */
function slowCauses(cases: readonly Case[], hosts: readonly PlainHost[]): Map<string, string> {
  const found = new Map<string, string>();
  for (const one of cases) {
    const source = slowSource(one, cases, hosts);
    if (source !== undefined) found.set(one.key, `source:${source}`);
  }
  for (const family of new Set(Object.values(FAMILIES))) {
    const all = cases.filter((one) => familyOf(one.rule) === family && !found.has(one.key));
    const holdsOf = (rule: string, { id }: PlainHost) => all.some((one) => one.rule === rule && one.host?.id === id);
    let left = all;
    const chosen: string[] = [];
    const nameOf = (value: string) => (value === "" ? `fleet:${family}` : `group:${value}:${family}`);
    for (;;) {
      const remaining = new Set(left.map((one) => one.host?.id));
      const groups = VALUES.map((value) => {
        const members = hosts.filter(({ values }) => value === "" || values.includes(value));
        const most = RULES.filter((rule) => members.filter((one) => holdsOf(rule, one)).length > members.length / 2);
        const taking = value === "" && most.length > 0 ? RULES : most;
        const hit = members.filter((one) => taking.some((rule) => holdsOf(rule, one)));
        return { value, size: members.length, fresh: hit.filter(({ id }) => remaining.has(id)) };
      }).filter(({ size, fresh }) => size >= 3 && fresh.length >= 2);
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
      chosen.push(best.value);
      const taken = left.filter((one) => best.fresh.some(({ id }) => id === one.host?.id));
      for (const one of taken) found.set(one.key, nameOf(best.value));
      left = left.filter((one) => !taken.includes(one));
    }
    for (const one of left) {
      const joined = chosen.find((value) => one.host?.values.includes(value));
      const own = `host:${one.host?.id}${family === "liveness" ? ":liveness" : ""}`;
      found.set(one.key, joined === undefined ? own : nameOf(joined));
    }
  }
  return found;
}

const scenes = fleets.chain((hosts) => fc.tuple(fc.constant(hosts), casesOf(hosts), casesOf(hosts)));

describe("grouping by cause", () => {
  it("is that of the slow twin", () => {
    fc.assert(
      fc.property(scenes, ([hosts, cases]) => {
        const fleet = countsOf(hosts);
        const cutOff = cutOffHosts(cases, fleet);
        const causes = causesOf(cases, fleet, blamedSources(cases, fleet, cutOff), cutOff);
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

  describe("most of a group that lost all its sources", () => {
    const SOURCES = ["s1", "s2", "s3"];
    const member = (index: number, rack: string, addresses = SOURCES): PlainHost => ({
      id: `h${index}`,
      values: [`rack=${rack}`],
      addresses,
      bad: addresses,
      isHeard: true,
    });
    const caseOf = (finding: Case["finding"], { id, values, addresses, bad }: PlainHost, address: string | null = null): Case => ({
      key: `${finding} ${id}${address ?? ""}`,
      rule: finding,
      finding,
      host: { id, name: id, addresses, values, bad },
      address,
      follows: [],
      upstream: null,
      domain: null,
      isRehearsal: false,
    });
    const lostBy = (one: PlainHost) => one.addresses.map((address) => caseOf("source_lost", one, address));
    const keysOf = (cases: readonly Case[], hosts: readonly PlainHost[], open: readonly Cause[] = []) =>
      [...new Set([...assign(cases, open, new Map(), countsOf(hosts)).values()].map(({ key }) => key))].sort();
    const rackOf = (rack: string, addresses?: string[]) =>
      Array.from({ length: 5 }, (_, index) => member(index + (rack === "a" ? 0 : 5), rack, addresses));

    it("is one incident of the group, and none of the sources that only it uses", () => {
      const hosts = [...rackOf("a"), ...rackOf("b", ["s4", "s5"])];
      expect(keysOf(hosts.slice(0, 4).flatMap(lostBy), hosts)).toEqual(["group:rack=a:clock"]);
    });
    it("takes what follows with it, whichever rule says so and whichever source incident is open", () => {
      const hosts = [...rackOf("a"), ...rackOf("b")];
      const cut = hosts.slice(0, 5);
      const follow = [caseOf("bound_exceeds_limit", cut[0] as PlainHost), ...cut.slice(1).map((one) => caseOf("will_exceed_in", one))];
      const open: Cause = { kind: "source", key: "source:s1", name: "s1" };
      expect(keysOf([...cut.flatMap(lostBy), ...follow], hosts, [open])).toEqual(["group:rack=a:clock"]);
    });
    it("is no witness against a source, and hides none that the others call bad", () => {
      const hosts = [...rackOf("a"), ...rackOf("b")];
      const accused = hosts.slice(5, 8).map((one) => caseOf("falseticker", one, "s1"));
      expect(keysOf([...hosts.slice(0, 5).flatMap(lostBy), ...accused], hosts)).toEqual(["group:rack=a:clock", "source:s1"]);
    });
    it("blames the source where each has but one: nothing shows what lies between", () => {
      const hosts = rackOf("a", ["s1"]);
      expect(keysOf(hosts.flatMap(lostBy), hosts)).toEqual(["source:s1"]);
    });
    it("leaves to itself a clock that is proved outside, or has to be proved inside", () => {
      const hosts = [...rackOf("a"), ...rackOf("b")];
      const cut = hosts.slice(0, 5).flatMap(lostBy);
      for (const finding of ["proved_outside_limit", "not_proved_inside"] as const)
        expect(keysOf([...cut, caseOf(finding, hosts[0] as PlainHost)], hosts)).toEqual(["group:rack=a:clock", "host:h0"]);
    });
  });

  it("what was put into a group of the single rule, before families, stays there until it is over", () => {
    const hosts: PlainHost[] = Array.from({ length: 9 }, (_, index) => ({
      id: `h${index}`,
      values: [index < 4 ? "rack=a" : "rack=b"],
      addresses: [],
      bad: [],
      isHeard: true,
    }));
    const silent = hosts.slice(0, 4).map(
      ({ id, values }): Case => ({
        key: `host_silent ${id}`,
        rule: "host_silent",
        finding: "host_silent",
        host: { id, name: id, addresses: [], bad: [], values },
        address: null,
        follows: [],
        upstream: null,
        domain: null,
        isRehearsal: false,
      }),
    );
    const old: Cause = { kind: "group", key: "group:rack=a:host_silent", name: "rack=a" };
    const inOld = new Map(silent.map(({ key }) => [key, old]));
    expect(new Set(assign(silent, [old], inOld, countsOf(hosts)).values())).toEqual(new Set([old]));
  });

  it("a group of a rule that is called rehearsal is none", () => {
    const outside = [1, 2, 3].map(
      (one): Case => ({
        key: `rehearsal h${one}`,
        rule: "rehearsal",
        finding: "proved_outside_limit",
        host: { id: `h${one}`, name: `h${one}`, addresses: [], bad: [], values: ["rack=a"] },
        address: null,
        follows: [],
        upstream: null,
        domain: null,
        isRehearsal: false,
      }),
    );
    const fleet = { size: 9, sizeOf: () => 9, usersOf: () => [] };
    const group: Cause = { kind: "group", key: "group:rack=a:rehearsal", name: "rack=a" };
    const before = new Map(outside.map(({ key }) => [key, group]));
    expect(new Set(assign(outside, [], before, fleet).values())).toEqual(new Set([group]));
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
      isRehearsal: false,
    });
    const group: Cause = { kind: "group", key: "group:rack=a:liveness", name: "rack=a" };
    expect(assign([silent("h1")], [], new Map(), countsOf(hosts)).get("host_silent h1")?.kind).toBe("host");
    expect(assign([silent("h1")], [group], new Map(), countsOf(hosts)).get("host_silent h1")).toEqual(group);
  });
});

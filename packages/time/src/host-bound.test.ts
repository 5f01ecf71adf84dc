import { describe, expect, it } from "vitest";
import { defaultFaults, EXPIRES_AFTER, type HostFacts, hostBound, type SourceFacts } from "./host-bound.ts";
import { type Interval, interval } from "./interval.ts";
import { BILLION, ppb, raw } from "./units.ts";
import { uncalibrated } from "./window.ts";

const NOW = 10_000n * BILLION;
const POLL = 16n * BILLION;

function source(id: string, lo: bigint | null, hi = 0n, over: Partial<SourceFacts> = {}): SourceFacts {
  return {
    identity: {
      id,
      address: `198.51.100.${id.charCodeAt(0)}`,
      ownRefid: id.charCodeAt(0),
      refid: 900 + id.charCodeAt(0),
      stratum: 2,
      origin: "declared",
    },
    trusted: false,
    lastExchange: raw(NOW - BILLION),
    poll: POLL,
    interval: lo === null ? null : interval(lo, hi),
    conflict: false,
    tight: null,
    slope: null,
    newest: null,
    bentAt: null,
    ...over,
  };
}

const facts = (sources: SourceFacts[], over: Partial<HostFacts> = {}): HostFacts => ({
  now: raw(NOW),
  drift: uncalibrated(ppb(200_000n)),
  sigma: ppb(2000n),
  faults: defaultFaults(sources.length),
  sources,
  disrupted: false,
  last: null,
  ...over,
});

const lost = { lastExchange: raw(NOW - 100n * BILLION), interval: null };
const held: Interval = { lo: -100n, hi: 100n };
const last = { interval: held, at: raw(NOW - 5n * BILLION), proven: true, tight: null };
const grown: Interval = { lo: -1_000_100n, hi: 1_000_100n };
const agreeing = [source("a", -10n, 10n), source("b", -8n, 12n), source("c", -9n, 9n)];

describe("status of a host's bound", () => {
  const table: { name: string; facts: HostFacts; status: string; reason: string | null; guaranteed: Interval | null }[] = [
    {
      name: "nothing ever answered",
      facts: facts([source("a", null, 0n, { lastExchange: null })]),
      status: "unknown",
      reason: "never_measured",
      guaranteed: null,
    },
    {
      name: "a leap is near and no source's timescale is known",
      facts: facts(
        agreeing.map((one) => ({ ...one, timescaleUnknown: true })),
        { last },
      ),
      status: "holdover",
      reason: "timescale_unknown",
      guaranteed: grown,
    },
    {
      name: "only authenticated sources may have a vote, and none is",
      facts: facts(
        agreeing.map((one) => ({ ...one, interval: null, notAuthenticated: true })),
        { last },
      ),
      status: "holdover",
      reason: "not_authenticated",
      guaranteed: grown,
    },
    {
      name: "a leap that no list tells of may have made half a second",
      facts: facts([1, 2, 3].map((n) => source(`${n}`, -500_000_000n, 500_000_000n, { leapUnknown: n === 2 }))),
      status: "proven",
      reason: "leap_unknown",
      guaranteed: interval(-500_000_000n, 500_000_000n),
    },
    {
      name: "and a whole second with the rest",
      facts: facts([1, 2, 3].map((n) => source(`${n}`, -1_000_000_001n, 1_000_000_001n, { leapUnknown: n === 2 }))),
      status: "unknown",
      reason: "leap_unknown",
      guaranteed: null,
    },
    {
      name: "what is held over may be off by a leap",
      facts: facts(
        [1, 2, 3].map((n) => source(`${n}`, null, 0n, lost)),
        { last: { ...last, interval: interval(-1_000_000_001n, 1_000_000_001n) }, leapUnknown: true },
      ),
      status: "unknown",
      reason: "leap_unknown",
      guaranteed: null,
    },
    {
      name: "sources contradict themselves, and their newest exchanges deny what is held over",
      facts: facts(
        [1, 2, 3].map((n) => source(`${n}`, null, 0n, { conflict: true, newest: interval(2_000_000n, 2_000_100n) })),
        { last },
      ),
      status: "unknown",
      reason: "sources_inconsistent",
      guaranteed: null,
    },
    {
      name: "sources contradict themselves, and no more than F of them deny what is held over",
      facts: facts(
        [1, 2, 3].map((n) => source(`${n}`, null, 0n, { conflict: true, newest: interval(n === 1 ? 2_000_000n : 0n, 2_000_100n) })),
        { last },
      ),
      status: "holdover",
      reason: "sources_inconsistent",
      guaranteed: grown,
    },
    {
      name: "an hour without an exchange",
      facts: facts([source("a", -1n, 1n, { lastExchange: raw(NOW - EXPIRES_AFTER - 1n) })], { last }),
      status: "unknown",
      reason: "no_exchange_for_an_hour",
      guaranteed: null,
    },
    {
      name: "wider than a second",
      facts: facts([source("a", -BILLION - 1n, BILLION + 1n)]),
      status: "unknown",
      reason: "wider_than_a_second",
      guaranteed: null,
    },
    {
      name: "disrupted comes before holdover",
      facts: facts([source("a", null, 0n, lost)], { disrupted: true, last }),
      status: "disrupted",
      reason: "suspended_or_moved",
      guaranteed: null,
    },
    {
      name: "disrupted says by what, where that is known",
      facts: facts([source("a", null, 0n, lost)], { disrupted: true, disruptedBy: "vm_disrupted", last }),
      status: "disrupted",
      reason: "vm_disrupted",
      guaranteed: null,
    },
    {
      name: "all sources lost: the last bound grows towards the past as well, where a wide reading came before a tight one",
      facts: facts([source("a", null, 0n, lost)], { last: { ...last, at: raw(NOW + 5n * BILLION) } }),
      status: "holdover",
      reason: "sources_lost",
      guaranteed: grown,
    },
    {
      name: "all sources lost: the last bound grows",
      facts: facts([source("a", null, 0n, lost)], { last }),
      status: "holdover",
      reason: "sources_lost",
      guaranteed: grown,
    },
    {
      name: "lost before anything was proved",
      facts: facts([source("a", null, 0n, lost)]),
      status: "unknown",
      reason: "no_usable_evidence",
      guaranteed: null,
    },
    { name: "one vote", facts: facts([source("a", -5n, 5n)]), status: "unverified", reason: "one_vote", guaranteed: { lo: -5n, hi: 5n } },
    {
      name: "two disjoint votes of which one is allowed to lie: the last bound stands",
      facts: facts([source("a", -5n, 5n), source("b", 5_000_000n, 6_000_000n), source("c", null, 0n, lost)], { last }),
      status: "conflict",
      reason: "sources_disagree",
      guaranteed: grown,
    },
    {
      name: "two disjoint votes that both deny the last bound: it falls",
      facts: facts([source("a", -9_000_000n, -8_000_000n), source("b", 5_000_000n, 6_000_000n), source("c", null, 0n, lost)], { last }),
      status: "conflict",
      reason: "sources_disagree",
      guaranteed: null,
    },
    {
      name: "two disjoint votes where none may lie: what rested on both falls",
      facts: facts([source("a", -5n, 5n), source("b", 50n, 60n)], { last }),
      status: "conflict",
      reason: "sources_disagree",
      guaranteed: null,
    },
    {
      name: "two disjoint votes and no past",
      facts: facts([source("a", -5n, 5n), source("b", 50n, 60n)]),
      status: "conflict",
      reason: "sources_disagree",
      guaranteed: null,
    },
    {
      name: "two votes that agree, two configured",
      facts: facts([source("a", -5n, 5n), source("b", -3n, 9n)]),
      status: "proven",
      reason: null,
      guaranteed: { lo: -3n, hi: 5n },
    },
    {
      name: "too few left for F: the hull of both",
      facts: facts([source("a", -5n, 5n), source("b", 3n, 9n), source("c", null, 0n, lost)]),
      status: "unverified",
      reason: "fault_budget_reduced",
      guaranteed: { lo: -5n, hi: 9n },
    },
    { name: "three agree", facts: facts(agreeing), status: "proven", reason: null, guaranteed: { lo: -9n, hi: 10n } },
    {
      name: "no region",
      facts: facts([source("a", 0n, 1n), source("b", 10n, 11n), source("c", 20n, 21n)], { last }),
      status: "no_majority",
      reason: "no_region",
      guaranteed: grown,
    },
    {
      name: "three seconds off is proven all the same",
      facts: facts([source("a", 3n * BILLION, 3n * BILLION + 5n), source("b", 3n * BILLION, 3n * BILLION + 9n)]),
      status: "proven",
      reason: null,
      guaranteed: { lo: 3n * BILLION, hi: 3n * BILLION + 5n },
    },
  ];
  it.each(table)("$name", ({ facts: given, status, reason, guaranteed }) => {
    const got = hostBound(given);
    expect({ status: got.status, reason: got.reason, guaranteed: got.guaranteed }).toEqual({ status, reason, guaranteed });
  });

  it("names who is out and why", () => {
    const got = hostBound(
      facts([
        ...agreeing,
        source("d", 500n, 600n),
        source("e", null, 0n, { conflict: true }),
        source("f", null, 0n, { lastExchange: null }),
        source("g", null, 0n, lost),
        source("h", null, 0n, { notAuthenticated: true }),
      ]),
    );
    expect(got.agree).toEqual(["a", "b", "c"]);
    expect(got.out).toEqual([
      { id: "e", reason: "inconsistent_with_itself" },
      { id: "f", reason: "never_answered" },
      { id: "g", reason: "stale" },
      { id: "h", reason: "not_authenticated" },
      { id: "d", reason: "falseticker" },
    ]);
  });

  it("rests on a trusted source until the rest contradicts it", () => {
    const trusted = source("t", 400n, 410n, { trusted: true });
    expect(hostBound(facts([trusted, source("a", 395n, 405n)]))).toMatchObject({
      status: "proven",
      reason: "trusting",
      trusting: ["t"],
      guaranteed: { lo: 400n, hi: 410n },
    });
    expect(hostBound(facts([trusted, ...agreeing]))).toMatchObject({
      status: "proven",
      reason: null,
      trusting: [],
      guaranteed: { lo: -8n, hi: 9n },
    });
  });

  it("lets nobody into a trusted bound who claims to share its vote", () => {
    const trusted = source("t", -10n, 10n, { trusted: true });
    const liar = source("l", 5n, 25n);
    const posing = { ...liar, identity: { ...liar.identity, refid: trusted.identity.ownRefid } };
    expect(hostBound(facts([trusted, posing, ...agreeing]))).toMatchObject({ reason: "trusting", guaranteed: { lo: -10n, hi: 10n } });
  });

  it("keeps a holdover growing from where it was last proved, evaluation by evaluation", () => {
    const first = hostBound(facts([source("a", null, 0n, lost)], { last }));
    const later = hostBound(facts([source("a", null, 0n, lost)], { last: first.last, now: raw(NOW + BILLION) }));
    expect(later.guaranteed).toEqual({ lo: -1_200_100n, hi: 1_200_100n });
  });

  it("does not set what one vote said against two that disagree, but holds it over", () => {
    const unproven = { ...last, proven: false, tight: null };
    const apart = [source("a", -5n, 5n), source("b", 50n, 60n)];
    expect(hostBound(facts(apart, { faults: 1, last: unproven }))).toMatchObject({ status: "conflict", guaranteed: null, last: unproven });
    expect(hostBound(facts([source("a", null, 0n, lost)], { last: unproven }))).toMatchObject({ status: "holdover", guaranteed: grown });
  });

  it("remembers nothing that F false votes alone could have made", () => {
    const alone = [source("a", -5n, 5n), source("b", null, 0n, lost), source("c", null, 0n, lost)];
    expect(hostBound(facts(alone))).toMatchObject({ status: "unverified", reason: "one_vote", last: null });
    expect(hostBound(facts(alone, { faults: 0 })).last).toEqual({ interval: { lo: -5n, hi: 5n }, at: NOW, proven: false, tight: null });
  });

  it("forgets the past across a disruption", () => {
    expect(hostBound(facts(agreeing, { disrupted: true, last })).last).toBeNull();
  });

  it("does not lower F because sources fell silent", () => {
    expect([0, 1, 2, 3, 4].map(defaultFaults)).toEqual([0, 0, 0, 1, 1]);
  });
});

describe("peers beside the host's own sources", () => {
  const peer = (id: string, lo: bigint, hi: bigint, restsOn: readonly string[], over: Partial<SourceFacts> = {}) =>
    source(id, lo, hi, { restsOn, ...over });
  const liar = (n: number) => peer(`p${n}`, 500n, 520n, ["address 203.0.113.9"]);

  it("twelve neighbours of one lying server are one vote against three honest sources", () => {
    const bound = hostBound(facts([...agreeing, ...Array.from({ length: 12 }, (_, n) => liar(n))], { faults: 1 }));
    expect(bound).toMatchObject({ status: "proven", reason: null, votes: 4, need: 3 });
    expect(bound.guaranteed).toEqual({ lo: -8n, hi: 9n });
    expect(bound.out.filter(({ reason }) => reason === "falseticker")).toHaveLength(12);
  });
  it("one that rests on a source that the host hears itself has no vote, until that source falls silent", () => {
    const behind = peer("p", -2n, 3n, ["address 198.51.100.97", "refid 97"]);
    const heard = hostBound(facts([...agreeing, behind], { faults: 1 }));
    expect(heard).toMatchObject({ status: "proven", votes: 3 });
    expect(heard.out).toEqual([{ id: "p", reason: "no_vote" }]);
    const [a, b, c] = agreeing as [SourceFacts, SourceFacts, SourceFacts];
    const silent = hostBound(facts([{ ...a, ...lost }, b, c, behind], { faults: 1 }));
    expect(silent).toMatchObject({ status: "proven", votes: 3 });
    expect(silent.agree).toContain("p");
  });
  it("one that is itself a source of the host, or behind one, has no vote beside that; one that another rests on shares with it", () => {
    const [a, b, c] = agreeing as [SourceFacts, SourceFacts, SourceFacts];
    const at = ({ identity: { address, ownRefid } }: SourceFacts) => ({ identity: { ...source("p", 0n).identity, address, ownRefid } });
    // One machine that lies as a server of time and as a peer is one liar.
    const lying = { ...a, interval: interval(500n, 520n) };
    const twice = hostBound(facts([lying, b, c, peer("p", 500n, 520n, ["address x"], at(a))], { faults: 1 }));
    expect(twice).toMatchObject({ status: "proven", votes: 3 });
    expect(twice.out).toContainEqual({ id: "p", reason: "no_vote" });
    const behind = { ...b, identity: { ...b.identity, refid: 77 } };
    const above = peer("q", -2n, 3n, ["address x"], { identity: { ...source("q", 0n).identity, ownRefid: 77 } });
    expect(hostBound(facts([a, behind, c, above], { faults: 1 })).votes).toBe(3);
    const served = [peer("p", -2n, 3n, ["address x"]), peer("q", -2n, 3n, [`address ${source("p", 0n).identity.address}`])];
    expect(hostBound(facts([...agreeing, ...served], { faults: 1 })).votes).toBe(4);
  });
  it("a host that hears no source is bounded by its peers, and says that it is by them alone", () => {
    const none = agreeing.map((one) => ({ ...one, ...lost }));
    const behindAll = ["address 198.51.100.97", "address 198.51.100.98", "address 198.51.100.99"];
    const shared = hostBound(facts([...none, peer("p", -20n, 30n, behindAll), peer("q", -10n, 50n, behindAll)], { faults: 1 }));
    expect(shared).toMatchObject({ status: "unverified", reason: "one_vote", guaranteed: { lo: -10n, hi: 30n } });
    const two = hostBound(facts([...none, peer("p", -20n, 30n, ["address x"]), peer("q", -10n, 50n, ["address y"])], { faults: 1 }));
    expect(two).toMatchObject({ status: "unverified", reason: "peers_only", guaranteed: { lo: -20n, hi: 50n } });
    const three = [...none, ...["x", "y", "z"].map((id) => peer(id, -20n, 30n, [`address ${id}`]))];
    expect(hostBound(facts(three, { faults: 1 }))).toMatchObject({ status: "proven", reason: null, guaranteed: { lo: -20n, hi: 30n } });
  });
  it("none of them has a vote where nobody may lie, and none can be trusted", () => {
    const apart = ["p", "q"].map((id) => peer(id, 700n, 800n, [`address ${id}`], { trusted: true }));
    const bound = hostBound(facts([...agreeing, ...apart], { faults: 0 }));
    expect(bound).toMatchObject({ status: "proven", reason: null, votes: 3 });
    expect(bound.out).toEqual(["p", "q"].map((id) => ({ id, reason: "no_vote" })));
  });
});

import type { AlertRule } from "@truebound/wire";
import { describe, expect, it } from "vitest";
import { AlertWorld, aSource, healthy, hostId, LEAP_LIST } from "./alert-world.fixture.ts";
import { CONFIG } from "./memory-store.fixture.ts";
import { SHIPPED_RULES } from "./shipped-rules.ts";

const [PROVED_OUTSIDE] = SHIPPED_RULES as [AlertRule];
const OUTSIDE = { bound: { lo: 200_000_000n, hi: 210_000_000n } };
const channelNamed = (more: string | { name: string }) => ({
  origin: "file" as const,
  body: { ...(CONFIG.channels[0] as (typeof CONFIG.channels)[number]).body, ...(typeof more === "string" ? { name: more } : more) },
});
const withChannels = (...channels: (string | { name: string; severities?: string[]; hosts?: object })[]) => ({
  ...CONFIG,
  channels: channels.map(channelNamed) as typeof CONFIG.channels,
});
const fleet = (count: number, more = {}) => new AlertWorld(Array.from({ length: count }, (_, index) => healthy(index, more)));
const only = (id: string, says: object) => (record: { id: string }) => (record.id === id ? says : {});

describe("a healthy fleet", () => {
  it("has no alert", async () => {
    const world = fleet(30);
    await world.run(900);
    expect([world.open(), world.store.told, world.store.story]).toEqual([[], [], []]);
  });
});

describe("a host that is proved outside its limit", () => {
  it("is one incident of that host, once a later report shows it too", async () => {
    const world = fleet(10);
    await world.run(60);
    world.report(hostId(3), OUTSIDE);
    await world.look();
    expect(world.open()).toEqual([]);
    const word = world.store.bursts.get(hostId(3));
    expect(word).toMatch(/^word-/);
    world.report(hostId(3), { burstDone: word ?? "" });
    await world.look();
    expect(world.open()).toEqual([`host:${hostId(3)}`]);
    expect(world.store.told).toMatchObject([
      { kind: "opened", channels: ["ops"], title: "host-3 is 205 ms behind UTC, at most 210 ms: proved beyond its limit of 100 ms" },
    ]);
    const [alert] = [...world.store.alerts.values()];
    expect(alert).toMatchObject({ severity: "critical", certainty: "proved_outside", dominant: "offset", limit: 100_000_000n });
  });
  it("by one report alone is none", async () => {
    const world = fleet(10);
    await world.run(60);
    world.report(hostId(3), OUTSIDE);
    await world.look();
    world.report(hostId(3), { bound: { lo: -1_000n, hi: 1_000n } });
    await world.run(120);
    expect(world.store.told).toEqual([]);
  });
  it("goes on while the host is silent, and ends after it was within for its time", async () => {
    const world = fleet(10);
    await world.run(60);
    await world.run(40, only(hostId(3), OUTSIDE));
    await world.run(120, (record) => (record.id === hostId(3) ? null : {}));
    expect(world.open()).toEqual([`host:${hostId(3)}`, `host:${hostId(3)}:liveness`]);
    await world.run(90, only(hostId(3), { bound: { lo: -1_000n, hi: 1_000n } }));
    expect(world.open()).toEqual([]);
    expect(world.told("resolved")).toEqual([`resolved host:${hostId(3)}:liveness`, `resolved host:${hostId(3)}`]);
  });
  it("is over only within nine tenths of the limit", async () => {
    const world = fleet(10);
    await world.run(60);
    await world.run(40, only(hostId(3), OUTSIDE));
    await world.run(200, only(hostId(3), { bound: { lo: 95_000_000n, hi: 99_000_000n } }));
    expect(world.open()).toEqual([`host:${hostId(3)}`]);
    await world.run(90, only(hostId(3), { bound: { lo: 80_000_000n, hi: 89_000_000n } }));
    expect(world.open()).toEqual([]);
  });
  it("inhibits what says less of the same host", async () => {
    const world = fleet(10);
    await world.run(60);
    await world.run(300, only(hostId(3), { bound: { lo: -1_000_000n, hi: 150_000_000n } }));
    expect([...world.store.alerts.values()].map(({ rule }) => rule)).toEqual(["bound_exceeds_limit"]);
    await world.run(60, only(hostId(3), OUTSIDE));
    expect([...world.store.alerts.values()].map(({ rule }) => rule)).toEqual(["proved_outside_limit"]);
    expect(world.store.told.map(({ kind }) => kind)).toEqual(["opened", "changed"]);
  });
});

describe("an alert is kept back by no other that says less than it", () => {
  const WIDE = { bound: { lo: 2_000_000n, hi: 900_000_000n } };
  const rulesOf = (world: AlertWorld) => [...world.store.alerts.values()].map(({ rule }) => rule).sort();
  const withRule = async (more: Partial<AlertRule>) => {
    const world = fleet(10);
    world.store.config = { ...CONFIG, rules: [...CONFIG.rules, { origin: "person", body: { ...PROVED_OUTSIDE, name: "mine", ...more } }] };
    await world.run(60);
    return world;
  };
  it("outside a small limit says nothing of a greater one", async () => {
    const world = await withRule({ limit_ns: 1_000_000 });
    await world.run(300, only(hostId(3), WIDE));
    expect(rulesOf(world)).toEqual(["bound_exceeds_limit", "mine"]);
  });
  it("outside a greater limit says more than anything of a small one", async () => {
    const world = await withRule({ finding: "cannot_prove_limit", limit_ns: 1_000_000, hold_s: 0, confirm: false, severity: "warning" });
    await world.run(60, only(hostId(3), OUTSIDE));
    await world.run(60, only(hostId(3), { status: "unverified" }));
    expect(rulesOf(world)).toEqual(["proved_outside_limit"]);
  });
  it("an info keeps back no warning", async () => {
    const world = await withRule({ severity: "info" });
    world.store.config = { ...world.store.config, rules: world.store.config.rules.filter(({ body }) => body.name !== PROVED_OUTSIDE.name) };
    await world.run(60, only(hostId(3), OUTSIDE));
    await world.run(420, only(hostId(3), { status: "unverified" }));
    expect(rulesOf(world)).toEqual(["cannot_prove_limit", "mine"]);
  });
});

describe("a false source that answers no more", () => {
  const first = (state: "falseticker" | "stale") => ({ sources: [aSource(1, { state }), aSource(2), aSource(3), aSource(4)] });
  it("is lost, and no more false", async () => {
    const world = fleet(10);
    await world.run(130);
    await world.run(200, only(hostId(3), first("falseticker")));
    expect([...world.store.alerts.values()].map(({ rule }) => rule)).toEqual(["falseticker"]);
    await world.run(400, only(hostId(3), first("stale")));
    expect([...world.store.alerts.values()].map(({ rule }) => rule)).toEqual(["source_lost"]);
    expect(world.open()).toEqual([`host:${hostId(3)}`]);
  });
  it("is false again when it answers falsely, while its loss goes on for its time to clear", async () => {
    const world = fleet(10);
    await world.run(130);
    await world.run(400, only(hostId(3), first("stale")));
    await world.run(90, only(hostId(3), first("falseticker")));
    expect([...world.store.alerts.values()].map(({ rule }) => rule).sort()).toEqual(["falseticker", "source_lost"]);
  });
});

describe("what must raise no alert", () => {
  it("a reading that is 2^32 ns off and that no vote supports", async () => {
    const glitch = 4_294_967_296n;
    const world = fleet(10);
    world.store.config = {
      ...CONFIG,
      rules: [...CONFIG.rules, { origin: "person", body: { ...PROVED_OUTSIDE, name: "at_once", confirm: false, hold_s: 0 } }],
    };
    await world.run(60);
    for (let round = 0; round < 20; round++) {
      world.report(hostId(1), { bound: { lo: glitch - 1_000_000n, hi: glitch + 1_000_000n } });
      await world.look();
      world.report(hostId(1), { bound: { lo: -1_000_000n, hi: 1_000_000n } });
      await world.run(10);
    }
    expect(world.store.told).toEqual([]);
  });
  it("one bad reply: a source that is called false in a single report", async () => {
    const world = fleet(10);
    await world.run(60);
    world.report(hostId(1), { sources: [aSource(1, { state: "falseticker" }), aSource(2), aSource(3)] });
    await world.look();
    world.report(hostId(1), { sources: [aSource(1), aSource(2), aSource(3)] });
    await world.run(300);
    expect(world.store.told).toEqual([]);
  });
  it("a restart of an agent: unknown for a minute, in a new epoch", async () => {
    const world = fleet(10);
    await world.run(120);
    await world.run(20, (record) => (record.id === hostId(1) ? null : {}));
    world.report(hostId(1), { epoch: 2, seq: 1, status: "unknown", reason: "never_measured", bound: null });
    await world.run(60, only(hostId(1), { sources: [1, 2, 3].map((one) => aSource(one, { state: "never_answered" })) }));
    await world.run(
      300,
      only(hostId(1), { status: "proven", reason: null, bound: { lo: -1n, hi: 1n }, sources: [1, 2, 3, 4].map((one) => aSource(one)) }),
    );
    expect(world.store.told).toEqual([]);
  });
  it("a database that is away for a minute, and a process that stood still for an hour", async () => {
    const world = fleet(10);
    await world.run(120);
    world.store.failing = "look";
    for (let second = 0; second < 60; second++) await world.look().catch(() => {});
    world.store.failing = null;
    await world.run(60);
    await world.look(3_600_000);
    await world.run(120);
    expect(world.store.told).toEqual([]);
  });
  it("a step of yesterday that a backlog tells of", async () => {
    const world = fleet(10);
    await world.run(60);
    world.change(hostId(1), { asOf: world.utcNow() });
    world.event(hostId(1), "clock_stepped", { by_ns: "250000000" });
    world.change(hostId(1), { asOf: (world.utcNow() - 86_400_000_000_000n) as never });
    await world.look();
    expect(world.store.told).toEqual([]);
  });
});

describe("an event", () => {
  it("is an alert at once, goes on for its time after the last, and is told once", async () => {
    const world = fleet(10);
    await world.run(60);
    world.event(hostId(1), "clock_stepped", { by_ns: "250000000" });
    await world.look();
    expect(world.store.told.map(({ title }) => title)).toEqual(["host-1: the clock was set forward by 250 ms"]);
    await world.run(600);
    world.event(hostId(1), "clock_stepped", { by_ns: "-250000000" });
    await world.run(600);
    expect(world.open()).toEqual([`host:${hostId(1)}`]);
    await world.run(310);
    expect(world.told()).toEqual([`opened host:${hostId(1)}`, `resolved host:${hostId(1)}`]);
  });
});

describe("R31: a hundred hosts that fall silent within ten seconds of each other", () => {
  it("are one incident and one notice", async () => {
    const world = fleet(300);
    await world.run(120);
    const rack = (index: number) => ({ rack: index < 100 ? "dark" : `r${Math.floor(index / 20)}` });
    for (let index = 0; index < 300; index++) world.change(hostId(index), { labels: rack(index) });
    await world.run(60);
    const start = world.nowMs;
    const index = (id: string) => Number.parseInt(id.slice(-12), 16);
    await world.run(300, ({ id }) => (index(id) < 100 && world.nowMs - start > index(id) * 100 ? null : {}));
    expect(world.told()).toEqual(["opened group:rack=dark:liveness"]);
    expect(world.store.alerts.size).toBe(100);
    expect([...world.store.incidents.values()][0]).toMatchObject({ hosts: 100, certainty: "no_evidence" });
    await world.run(120);
    expect(world.told("resolved")).toEqual(["resolved group:rack=dark:liveness"]);
  });
});

describe("blame by majority", () => {
  const bad = (record: { sources: readonly unknown[] }) => ({
    sources: [aSource(1), aSource(2), aSource(3), aSource(4, { state: "falseticker", lo_ns: "299000000", hi_ns: "301000000" })],
    votes: record.sources.length,
  });
  it("400 hosts that call one source false are one incident, which names the source", async () => {
    const world = fleet(400);
    await world.run(60);
    await world.run(240, bad);
    expect(world.told()).toEqual(["opened source:192.0.2.4"]);
    expect(world.store.told[0]?.title).toBe("The source 192.0.2.4 is called false by 400 of 400 hosts that use it");
  });
  it("one of 400 that calls a good source false is that host's incident", async () => {
    const world = fleet(400);
    await world.run(60);
    await world.run(240, (record) => (record.id === hostId(7) ? bad(record) : {}));
    expect(world.told()).toEqual([`opened host:${hostId(7)}`]);
  });
  it("hosts led astray by one source page once, for the source, and it is critical", async () => {
    const world = fleet(400);
    await world.run(60);
    const astray = {
      bound: { lo: 299_000_000n, hi: 301_000_000n },
      sources: [1, 2, 3]
        .map((one) => aSource(one, { lo_ns: "299000000", hi_ns: "301000000" }))
        .concat(aSource(4, { state: "falseticker" })),
    };
    await world.run(300, () => astray);
    const [incident] = [...world.store.incidents.values()];
    expect(world.open()).toEqual(["source:192.0.2.4"]);
    expect(incident).toMatchObject({ severity: "critical", certainty: "proved_outside", hosts: 400, alerts: 800 });
    expect(world.store.incidents.get("source:192.0.2.4")?.title).toContain("led 400 beyond their limits");
  });
});

describe("a source incident", () => {
  const LOST = { sources: [aSource(1, { state: "stale" }), aSource(2), aSource(3), aSource(4)] };
  const WIDE = { bound: { lo: -1_000_000n, hi: 900_000_000n } };
  const index = (id: string) => Number.parseInt(id.slice(-12), 16);
  const apart = () =>
    new AlertWorld(Array.from({ length: 20 }, (_, one) => healthy(one, { labels: { n: `${one}` }, address: `10.1.${one}.1` })));
  it("takes what follows from the source where it is bad", async () => {
    const world = apart();
    await world.run(60);
    await world.run(500, ({ id }) => (index(id) < 15 ? LOST : {}));
    await world.run(400, ({ id }) => (index(id) === 3 ? { ...LOST, ...WIDE } : {}));
    expect(world.open()).toEqual(["source:192.0.2.1"]);
    expect([...world.store.alerts.values()].map(({ rule }) => rule)).toContain("bound_exceeds_limit");
  });
  it("takes nothing of a host on which the source is good: that is told for itself", async () => {
    const world = apart();
    await world.run(60);
    await world.run(500, ({ id }) => (index(id) < 15 ? LOST : {}));
    await world.run(400, ({ id }) => (index(id) === 17 ? WIDE : {}));
    expect(world.told()).toEqual(["opened source:192.0.2.1", `opened host:${hostId(17)}`]);
  });
});

describe("hosts that lose all their sources while their reports go on", () => {
  const CUT = {
    status: "holdover" as const,
    sources: [1, 2, 3, 4].map((one) => aSource(one, { state: "stale" })),
    bound: { lo: -60_000_000n, hi: 95_000_000n },
  };
  const WIDER = { ...CUT, bound: { lo: -150_000_000n, hi: 150_000_000n } };
  const BACK = { status: "proven" as const, bound: { lo: -1_000n, hi: 1_000n } };
  const racks = () => fleetOf(40, (index) => ({ labels: { rack: `r${index % 4}` }, address: `10.1.${index}.1` }));
  const isCut = ({ labels }: { labels: object }) => "rack" in labels && labels.rack === "r0";
  const fleetOf = (count: number, more: (index: number) => object) =>
    new AlertWorld(Array.from({ length: count }, (_, index) => healthy(index, more(index))));

  it("are one incident of the fleet, whatever follows", async () => {
    const world = racks();
    await world.run(300);
    await world.run(400, () => CUT);
    await world.run(400, () => WIDER);
    expect([world.open(), world.told("opened")]).toEqual([["fleet:clock"], ["opened fleet:clock"]]);
    expect([...world.store.incidents.values()][0]?.rules).toEqual(["bound_exceeds_limit", "source_lost"]);
  });
  it("are one incident of their rack", async () => {
    const world = racks();
    await world.run(300);
    await world.run(400, (record) => (isCut(record) ? CUT : {}));
    await world.run(400, (record) => (isCut(record) ? WIDER : {}));
    expect([world.open(), world.told("opened")]).toEqual([["group:rack=r0:clock"], ["opened group:rack=r0:clock"]]);
  });
  it("blame no source as they come back one after the other", async () => {
    const world = racks();
    await world.run(300);
    await world.run(400, () => CUT);
    const back = (many: number) => [1, 2, 3, 4].map((one) => aSource(one, { state: one <= many ? "agrees" : "stale" }));
    for (const many of [1, 2, 3, 4]) await world.run(20, () => ({ ...BACK, sources: back(many) }));
    await world.run(200);
    expect([world.open(), world.told("resolved"), world.told("opened")]).toEqual([[], ["resolved fleet:clock"], ["opened fleet:clock"]]);
  });
});

describe("restarts of the server", () => {
  it("R34: 50 of them begin, end and tell nothing of what has not changed", async () => {
    const world = fleet(20);
    await world.run(120);
    const says = (record: { id: string }) => (record.id === hostId(3) ? OUTSIDE : record.id === hostId(4) ? null : {});
    await world.run(120, says);
    const before = [world.told(), [...world.store.alerts.values()].map(({ id }) => id)];
    for (let round = 0; round < 50; round++) {
      world.restart();
      await world.run(7 + (round % 40), says);
    }
    expect([world.told(), [...world.store.alerts.values()].map(({ id }) => id)]).toEqual(before);
    world.restart();
    await world.run(120, () => ({ bound: { lo: -1_000n, hi: 1_000n } }));
    expect(world.told("resolved").sort()).toEqual([`resolved host:${hostId(3)}`, `resolved host:${hostId(4)}:liveness`]);
  });
});

describe("what people set", () => {
  it("a rule that is removed ends its alerts, and a host that is retired its own", async () => {
    const world = fleet(10);
    await world.run(60);
    await world.run(40, (record) => (record.id === hostId(3) || record.id === hostId(5) ? OUTSIDE : {}));
    expect(world.open()).toHaveLength(2);
    world.change(hostId(5), { state: "retired" });
    await world.look();
    expect(world.open()).toEqual([`host:${hostId(3)}`]);
    world.store.config = { ...CONFIG, rules: CONFIG.rules.filter(({ body }) => body.name !== "proved_outside_limit") };
    await world.look();
    expect(world.open()).toEqual([]);
    expect(world.store.story.filter(({ kind }) => kind === "resolved").map(({ words }) => words)).toEqual([
      "Its alerts ended: the host is no active part of the fleet any more",
      "Its alerts ended: the rule is gone, or does not concern the host now",
    ]);
  });
  it("a silence keeps it untold, and it is told when the silence ends", async () => {
    const world = fleet(10);
    world.store.config = { ...CONFIG, silences: [{ id: "7", matchers: { host: "host-3" }, who: "ada", comment: "its disk is changed" }] };
    await world.run(60);
    await world.run(60, only(hostId(3), OUTSIDE));
    expect([world.open(), world.store.told]).toEqual([[`host:${hostId(3)}`], []]);
    expect([...world.store.incidents.values()][0]?.silencedBy).toBe("7");
    expect(world.store.story.filter(({ kind }) => kind === "silenced").map(({ words }) => words)).toEqual([
      "Nobody is told of it: silence 7 by ada: its disk is changed",
    ]);
    world.store.config = CONFIG;
    await world.look();
    expect(world.told()).toEqual([`opened host:${hostId(3)}`]);
  });
  it("Prometheus tells people: no notice, and the story says why", async () => {
    const world = fleet(10);
    world.store.config = { ...CONFIG, settings: { ...CONFIG.settings, alerting: "prometheus" } };
    await world.run(60);
    await world.run(60, only(hostId(3), OUTSIDE));
    expect(world.store.told).toEqual([]);
    expect(world.store.story.filter(({ kind }) => kind === "not_notified").map(({ words }) => words)).toEqual([
      "Nobody was told that it opened: Prometheus tells people, and this server does not",
    ]);
    world.store.config = CONFIG;
    await world.run(20, only(hostId(3), OUTSIDE));
    expect(world.store.told).toMatchObject([{ kind: "opened", channels: ["ops"] }]);
  });
  it("a channel that is set while an incident is open is told of it, and the others are not told anew", async () => {
    const world = fleet(10);
    await world.run(60);
    await world.run(60, only(hostId(3), OUTSIDE));
    world.store.config = withChannels("ops", "late");
    await world.run(20, only(hostId(3), OUTSIDE));
    expect(world.store.told.map(({ kind, channels }) => [kind, channels])).toEqual([
      ["opened", ["ops"]],
      ["changed", ["late"]],
    ]);
  });
  it("a channel for certain hosts is told as soon as one of its hosts is part of it", async () => {
    const world = fleet(20);
    world.store.config = withChannels("ops", { name: "team-b", hosts: { labels: { team: "b" } } });
    world.change(hostId(19), { labels: { rack: "r0", team: "b" } });
    await world.run(60);
    const silent = new Set(Array.from({ length: 14 }, (_, index) => hostId(index)));
    const says = ({ id }: { id: string }) => (silent.has(id) ? null : {});
    await world.run(120, says);
    expect(world.store.told.map(({ channels }) => channels)).toEqual([["ops"]]);
    silent.add(hostId(19));
    await world.run(60, says);
    expect(world.store.told.map(({ channels }) => channels)).toContainEqual(["team-b"]);
  });
  it("what eases is told, so that the next time is news again", async () => {
    const world = fleet(10);
    await world.run(60);
    const worse = { ...OUTSIDE, sources: [aSource(1, { state: "falseticker" }), aSource(2), aSource(3), aSource(4)] };
    const better = { bound: { lo: -1_000n, hi: 1_000n }, sources: worse.sources };
    await world.run(120, only(hostId(3), worse));
    await world.run(300, only(hostId(3), better));
    const before = world.store.told.length;
    expect(world.store.told.at(-1)?.title).not.toContain("proved beyond");
    await world.run(60, only(hostId(3), worse));
    expect(world.store.told.slice(before).map(({ title }) => title)).toContainEqual(expect.stringContaining("proved beyond its limit"));
  });
  it("a rise to critical is told at once, whatever was told a moment ago", async () => {
    const world = fleet(10);
    world.store.config = withChannels("tickets", { name: "pager", severities: ["critical"] });
    await world.run(60);
    world.event(hostId(3), "clock_stepped", { by_ns: "200000000" });
    await world.run(6, only(hostId(3), {}));
    expect(world.store.told.map(({ channels }) => channels)).toEqual([["tickets"]]);
    await world.run(20, only(hostId(3), OUTSIDE));
    expect(world.store.told[1]).toMatchObject({ kind: "changed", channels: ["pager", "tickets"] });
  });
  it("a group in which one alert ends as another begins goes on, and so does the judging of all others", async () => {
    const world = fleet(6);
    await world.run(60);
    const bad = new Set([0, 1, 2, 3].map(hostId));
    const says = ({ id }: { id: string }) => (bad.has(id) ? OUTSIDE : { bound: { lo: -1_000n, hi: 1_000n } });
    await world.run(60, says);
    bad.delete(hostId(0));
    for (let wait = 45; wait < 70; wait++) {
      await world.run(1, says);
      if (wait === 50) bad.add(hostId(4));
    }
    await world.run(60, says);
    expect([...world.store.alerts.values()].map(({ host }) => host?.name).sort()).toEqual(["host-1", "host-2", "host-3", "host-4"]);
  });
  it("an alert whose rule looks for something else now ends", async () => {
    const world = fleet(10);
    const mine = (finding: AlertRule["finding"]): AlertRule => ({ ...PROVED_OUTSIDE, name: "mine", finding });
    world.store.config = { ...CONFIG, rules: [{ origin: "file", body: mine("proved_outside_limit") }] };
    await world.run(60);
    await world.run(60, only(hostId(3), OUTSIDE));
    expect(world.open()).toEqual([`host:${hostId(3)}`]);
    world.store.config = { ...CONFIG, rules: [{ origin: "file", body: mine("falseticker") }] };
    await world.run(20, only(hostId(3), OUTSIDE));
    expect(world.open()).toEqual([]);
  });
  it("a rule on events that is changed counts as it is now, for alerts that go on too", async () => {
    const world = fleet(10);
    await world.run(60);
    world.event(hostId(1), "clock_stepped", { by_ns: "250000000" });
    await world.look();
    const changed = { severity: "critical" as const, clear_s: 60 };
    const rules = CONFIG.rules.map(({ origin, body }) => ({
      origin,
      body: body.name === "clock_stepped" ? { ...body, ...changed } : body,
    }));
    world.store.config = { ...CONFIG, rules };
    await world.run(20);
    world.event(hostId(1), "clock_stepped", { by_ns: "250000000" });
    await world.run(20);
    expect([...world.store.alerts.values()].map(({ severity }) => severity)).toEqual(["critical"]);
    await world.run(70);
    expect(world.open()).toEqual([]);
  });
  it("what was foretold and came goes on until an alert that says more takes its place", async () => {
    const world = fleet(10);
    await world.run(120);
    const held = (hi: bigint) => only(hostId(3), { status: "holdover", reason: "sources_lost", bound: { lo: -1_000_000n, hi } });
    await world.run(90, held(99_000_000n));
    const rules = () => [...world.store.alerts.values()].map(({ rule }) => rule);
    expect(rules()).toEqual(["will_exceed_in"]);
    expect([...world.store.alerts.values()][0]?.words).toMatch(/past its limit of 100 ms in 5 s if nothing is heard$/);
    await world.run(60, held(105_000_000n));
    expect(rules()).toEqual(["will_exceed_in"]);
    await world.run(120, held(106_000_000n));
    expect(rules()).toEqual(["bound_exceeds_limit"]);
  });
});

describe("the fleet and its server", () => {
  it("a leap second within 28 days is one incident of the fleet", async () => {
    const world = fleet(10);
    const day = 86_400_000_000_000n;
    world.leaps = { ...LEAP_LIST, rows: [...LEAP_LIST.rows, { from: (world.utcNow() + 27n * day) as never, taiMinusUtc: 38 }] };
    await world.run(60);
    expect(world.told()).toEqual(["opened fleet:leap_pending"]);
  });
  it("a rule on the fleet holds for its time like all others", async () => {
    const world = fleet(3);
    const held = CONFIG.rules.map(({ body, origin }) => ({ origin, body: body.name === "leap_pending" ? { ...body, hold_s: 100 } : body }));
    world.store.config = { ...CONFIG, rules: held };
    world.leaps = { ...LEAP_LIST, rows: [...LEAP_LIST.rows, { from: (world.utcNow() + 86_400_000_000_000n) as never, taiMinusUtc: 38 }] };
    await world.run(90);
    expect(world.open()).toEqual([]);
    await world.run(20);
    expect(world.open()).toEqual(["fleet:leap_pending"]);
  });
  it("a rule on the fleet that is removed, or looks for something else now, ends its alert once and begins none", async () => {
    const pending = CONFIG.rules.filter(({ body }) => body.name === "leap_pending");
    const other = CONFIG.rules.filter(({ body }) => body.name !== "leap_pending");
    const expired = pending.map(({ origin, body }) => ({ origin, body: { ...body, finding: "leap_file_expired" as const } }));
    const held = pending.map(({ origin, body }) => ({ origin, body: { ...body, hold_s: 100 } }));
    const ends = ["opened fleet:leap_pending", "resolved fleet:leap_pending"];
    for (const [before, after, told] of [
      [pending, [], ends],
      [pending, expired, ends],
      [held, [], []],
    ] as const) {
      const world = fleet(3);
      const far = (world.utcNow() + 86_400_000_000_000n) as never;
      world.leaps = { ...LEAP_LIST, rows: [...LEAP_LIST.rows, { from: far, taiMinusUtc: 38 }] };
      world.store.config = { ...CONFIG, rules: [...other, ...before] };
      await world.run(60);
      world.store.config = { ...CONFIG, rules: [...other, ...after] };
      await world.run(100);
      expect(world.told()).toEqual(told);
    }
  });
  it("evidence that is not what was received, a log that is not read again and a review that is due are incidents of the fleet, until they are not", async () => {
    const world = fleet(3);
    await world.run(60);
    expect(world.open()).toEqual([]);
    const well = { now: world.utcNow(), blocked: [], blockedCount: 0, differences: 0, scrubAgeSeconds: 60, reviews: [] };
    const due = (world.utcNow() + 59n * 86_400_000_000_000n) as never;
    world.house = { ...well, blocked: ["db-7"], blockedCount: 1, scrubAgeSeconds: 90_000, reviews: [{ of: { site: "fra" }, due }] };
    await world.run(60);
    expect(world.open().sort()).toEqual(["fleet:log_mismatch", "fleet:traceability_review_due"]);
    await world.run(1_800);
    expect(world.open()).toContain("fleet:log_scrub_overdue");
    world.house = well;
    await world.run(90);
    expect(world.open()).toEqual([]);
  });
  it("a leap list that expires within 30 days is told, and says when", async () => {
    const world = fleet(10);
    world.leaps = { ...LEAP_LIST, expires: (world.utcNow() + 86_400_000_000_000n) as never };
    await world.run(60);
    expect(world.store.told[0]?.title).toMatch(/^The leap list expires on 2026-11-19, in \d days$/);
  });
  it("no agent on the server's machine is told after its time", async () => {
    const world = fleet(10);
    world.bootId = "another";
    world.restart();
    await world.run(260);
    expect(world.store.told.map(({ title }) => title)).toEqual(["No agent measures the clock of this server's machine"]);
  });
});

describe("a wider cause", () => {
  it("takes the alerts of narrower incidents, which end as part of it", async () => {
    const world = fleet(60);
    await world.run(120);
    const index = (id: string) => Number.parseInt(id.slice(-12), 16);
    await world.run(90, ({ id }) => (index(id) < 2 ? null : {}));
    expect(world.open()).toEqual([`host:${hostId(0)}:liveness`, `host:${hostId(1)}:liveness`]);
    await world.run(90, ({ id }) => (index(id) < 15 ? null : {}));
    expect(world.open()).toEqual(["group:rack=r0:liveness"]);
    expect(world.told("resolved")).toHaveLength(2);
    expect(world.store.story.filter(({ kind }) => kind === "absorbed")).toHaveLength(2);
    expect(world.store.told.filter(({ kind }) => kind === "opened")).toHaveLength(3);
  });
});

describe("a write that fails", () => {
  it("loses nothing and doubles nothing", async () => {
    const world = fleet(10);
    await world.run(60);
    world.store.failing = "write";
    const look = world.look.bind(world);
    world.look = (ms) => look(ms).catch(() => {});
    await world.run(30, only(hostId(3), OUTSIDE));
    expect(world.store.told).toEqual([]);
    world.store.failing = null;
    await world.run(30, only(hostId(3), OUTSIDE));
    expect(world.told()).toEqual([`opened host:${hostId(3)}`]);
  });
});

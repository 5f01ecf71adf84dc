import type { Channel } from "@truebound/wire";
import { describe, expect, it } from "vitest";
import { AlertWorld, aSource, healthy } from "./alert-world.fixture.ts";
import { CONFIG } from "./memory-store.fixture.ts";

const [OPS] = CONFIG.channels.map(({ body }) => body) as [Channel];
const withChannels = (...channels: Partial<Channel>[]) => ({
  ...CONFIG,
  channels: channels.map((more) => ({ origin: "file" as const, body: { ...OPS, ...more } as Channel })),
});
const index = (id: string) => Number.parseInt(id.slice(-12), 16);

describe("a channel", () => {
  /** Twenty hosts in twenty places; those below `bad` call a source false that they alone use. */
  const accusing = () =>
    new AlertWorld(Array.from({ length: 20 }, (_, one) => healthy(one, { labels: { n: `${one}` }, address: `10.1.${one}.1` })));
  const falseBelow = (bad: number) => (record: { id: string }) =>
    index(record.id) < bad ? { sources: [aSource(1), aSource(2), aSource(3), aSource(9, { state: "falseticker" })] } : {};

  it("hears that the hosts doubled, whatever another one is told meanwhile", async () => {
    const world = accusing();
    await world.run(60);
    await world.run(80, falseBelow(2));
    expect(world.told()).toEqual(["opened source:192.0.2.9"]);
    await world.run(30, falseBelow(10));
    world.store.config = withChannels({}, { name: "late" });
    await world.run(150, falseBelow(10));
    expect(world.store.told.map(({ kind, channels }) => [kind, channels])).toEqual([
      ["opened", ["ops"]],
      ["changed", ["late"]],
      ["changed", ["ops"]],
    ]);
    expect(world.store.told[2]?.title).toMatch(/false by 10 of 10 hosts/);
  });
  it("hears that the hosts doubled after the judge lost its connection", async () => {
    const world = accusing();
    await world.run(60);
    await world.run(80, falseBelow(2));
    await world.run(30, falseBelow(10));
    world.store.failing = "look";
    await world.look().catch(() => {});
    world.store.failing = null;
    await world.run(150, falseBelow(10));
    expect(world.told()).toEqual(["opened source:192.0.2.9", "changed source:192.0.2.9"]);
  });
  it("hears that the hosts halved where it was told of many that had no alert yet", async () => {
    const world = accusing();
    await world.run(60);
    await world.run(400, falseBelow(5));
    expect(world.store.told.map(({ title }) => title.match(/false by .* hosts/)?.[0])).toEqual(["false by 5 of 5 hosts"]);
    expect([...world.store.incidents.values()].flatMap(({ told }) => [...told.values()].map(({ hosts }) => hosts))).toEqual([1]);
    const some = (record: { id: string }) =>
      index(record.id) < 2 ? falseBelow(2)(record) : { sources: [1, 2, 3, 9].map((one) => aSource(one)) };
    await world.run(400, some);
    expect(world.told()).toEqual(["opened source:192.0.2.9", "changed source:192.0.2.9"]);
    expect(world.store.told[1]?.title).toMatch(/false by 2 of 20 hosts/);
  });
  it("hears nothing of hosts that have no alert yet for long", async () => {
    const world = accusing();
    const slow = CONFIG.rules.map(({ origin, body }) => ({ origin, body: body.name === "falseticker" ? { ...body, hold_s: 700 } : body }));
    world.store.config = { ...CONFIG, rules: slow };
    await world.run(60);
    await world.run(400, falseBelow(2));
    await world.run(700, falseBelow(10));
    await world.run(200, falseBelow(10));
    expect(world.told()).toEqual(["opened source:192.0.2.9"]);
  });
});

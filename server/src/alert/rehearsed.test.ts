import { describe, expect, it } from "vitest";
import { AlertWorld, aSource, healthy, hostId } from "./alert-world.fixture.ts";

const OUTSIDE = { bound: { lo: 200_000_000n, hi: 210_000_000n } };
const REHEARSAL = { id: "r1", fault: "step", for_s: 60, who: "A. Auditor" } as const;
const fleet = (count: number) => new AlertWorld(Array.from({ length: count }, (_, index) => healthy(index)));
const only = (id: string, says: object | null) => (record: { id: string }) => (record.id === id ? says : {});

describe("a rehearsal", () => {
  it("is told as one", async () => {
    const world = fleet(10);
    await world.run(60);
    await world.run(60, only(hostId(3), { ...OUTSIDE, rehearsal: REHEARSAL }));
    expect(world.store.told[0]?.title).toMatch(/^Rehearsal: host-3 is /);
  });
  it("is followed by an incident of its own where the fault is real after it", async () => {
    const world = fleet(10);
    await world.run(60);
    await world.run(60, only(hostId(3), { ...OUTSIDE, rehearsal: REHEARSAL }));
    expect(world.open()).toEqual([`host:${hostId(3)}:rehearsal`]);
    await world.run(60, only(hostId(3), { bound: { lo: 3_000_000_000n, hi: 3_100_000_000n }, rehearsal: null }));
    expect(world.open()).toEqual([`host:${hostId(3)}`]);
    expect(world.store.told.filter(({ kind }) => kind === "opened").map(({ title }) => title.replace(/ is .*/, ""))).toEqual([
      "Rehearsal: host-3",
      "host-3",
    ]);
    expect([...world.store.incidents.values()].map(({ isRehearsal }) => isRehearsal)).toEqual([false]);
  });
  it("ends with a step back that is no real step", async () => {
    const world = fleet(10);
    await world.run(60);
    world.change(hostId(3), { rehearsal: REHEARSAL });
    world.event(hostId(3), "clock_stepped", { by_ns: "250000000", rehearsal: "r1" });
    await world.run(60);
    world.change(hostId(3), { rehearsal: null });
    world.event(hostId(3), "clock_stepped", { by_ns: "-250000000", rehearsal: "r1" });
    await world.run(60);
    expect(world.open()).toEqual([`host:${hostId(3)}:rehearsal`]);
    world.event(hostId(3), "clock_stepped", { by_ns: "250000000" });
    await world.run(60);
    expect(world.open()).toEqual([`host:${hostId(3)}`]);
  });
  it("accuses no source and makes no group", async () => {
    const world = fleet(3);
    await world.run(120);
    const lied = { sources: [aSource(1, { state: "falseticker" }), aSource(2), aSource(3), aSource(4)] };
    await world.run(200, (record) => (record.id === hostId(0) ? lied : record.id === hostId(1) ? { ...lied, rehearsal: REHEARSAL } : {}));
    expect(world.open()).toEqual([`host:${hostId(0)}`, `host:${hostId(1)}:rehearsal`]);
  });
  it("makes no rehearsal of an alert that was real before", async () => {
    const world = fleet(10);
    await world.run(60);
    await world.run(60, only(hostId(3), OUTSIDE));
    await world.run(60, only(hostId(3), { ...OUTSIDE, rehearsal: REHEARSAL }));
    await world.run(60, only(hostId(3), { ...OUTSIDE, rehearsal: null }));
    expect(world.told()).toEqual([`opened host:${hostId(3)}`]);
    expect([...world.store.alerts.values()].map(({ isRehearsal }) => isRehearsal)).toEqual([false]);
  });
  it("of anything but silence makes none of a host that falls silent", async () => {
    const world = fleet(10);
    await world.run(60);
    world.report(hostId(3), { rehearsal: { ...REHEARSAL, for_s: 3600 } });
    await world.run(60, only(hostId(3), null));
    expect(world.told()).toEqual([`opened host:${hostId(3)}:liveness`]);
  });
  it("of silence ends with its time: whoever is silent on is silent, whichever server looks", async () => {
    const world = fleet(10);
    await world.run(60);
    world.report(hostId(3), { rehearsal: { ...REHEARSAL, fault: "silent" } });
    await world.run(120, only(hostId(3), null));
    expect(world.open()).toEqual([`host:${hostId(3)}:rehearsal`]);
    world.restart();
    await world.run(300, only(hostId(3), null));
    expect(world.open()).toEqual([`host:${hostId(3)}:rehearsal`]);
    await world.run(120, only(hostId(3), null));
    expect(world.open()).toEqual([`host:${hostId(3)}:liveness`]);
    expect(world.told()).toEqual([
      `opened host:${hostId(3)}:rehearsal`,
      `opened host:${hostId(3)}:liveness`,
      `resolved host:${hostId(3)}:rehearsal`,
    ]);
    await world.run(60);
    expect(world.open()).toEqual([]);
  });
});

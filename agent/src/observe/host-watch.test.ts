import { describe, expect, it } from "vitest";
import { DATE_SET_BY_HAND } from "./audit.fixture.ts";
import { HostWatch } from "./host-watch.ts";
import type { HostWitness } from "./ports.ts";
import { readingAt } from "./reading.fixture.ts";

const SECOND = 1_000_000_000n;

/** A witness whose answers a test sets. */
class Told implements HostWitness {
  source: string | null = "tsc";
  marker: ReturnType<HostWitness["vmMarker"]> = { kind: "absent" };
  times: ReturnType<HostWitness["cpuTimes"]> = null;
  audit: ReturnType<HostWitness["auditTail"]> = { kind: "absent" };
  closed = 0;
  clocksource = () => this.source;
  vmMarker = () => this.marker;
  cpuTimes = () => this.times;
  auditTail() {
    const { audit } = this;
    if (audit.kind === "lines") this.audit = { ...audit, lines: [] };
    return audit;
  }
  close() {
    this.closed += 1;
  }
}

const kinds = (sightings: readonly { kind: string }[]) => sightings.map(({ kind }) => kind);

describe("the watch over a host", () => {
  it("says which signals there are, and that a signal is absent", () => {
    expect(new HostWatch(new Told()).signals).toEqual({ clocksource: "tsc", vm_marker: "absent", audit: "absent" });
    const told = new Told();
    told.marker = { kind: "marker", disruption: 1n, generation: null };
    told.audit = { kind: "lines", from: "netlink", lines: [], skipped: 0 };
    expect(new HostWatch(told).signals).toEqual({ clocksource: "tsc", vm_marker: "marker", audit: "netlink" });
  });
  it("tells a change of clocksource once, also across moments in which it cannot be read", () => {
    const told = new Told();
    const watch = new HostWatch(told);
    expect(watch.look(readingAt(0))).toEqual([]);
    told.source = null;
    expect(watch.look(readingAt(1000))).toEqual([]);
    told.source = "hpet";
    expect(watch.look(readingAt(2000))).toMatchObject([{ detail: { from: "tsc", to: "hpet" }, disrupts: "clocksource_changed" }]);
    expect(watch.look(readingAt(3000))).toEqual([]);
  });
  it("tells a changed marker also when the page was busy in between", () => {
    const told = new Told();
    told.marker = { kind: "marker", disruption: 1n, generation: null };
    const watch = new HostWatch(told);
    told.marker = { kind: "unreadable", why: "busy" };
    expect(watch.look(readingAt(0))).toEqual([]);
    told.marker = { kind: "marker", disruption: 2n, generation: null };
    expect(kinds(watch.look(readingAt(1000)))).toEqual(["vm_disrupted"]);
  });
  it("tells a pause between two ticks, and not between other looks", () => {
    const watch = new HostWatch(new Told());
    watch.look(readingAt(0));
    expect(watch.tick(readingAt(0), SECOND)).toEqual([]);
    expect(watch.look(readingAt(9000))).toEqual([]);
    expect(kinds(watch.tick(readingAt(9000), SECOND))).toEqual(["process_paused"]);
  });
  it("tells a pause before the very first tick", () => {
    const watch = new HostWatch(new Told());
    watch.look(readingAt(0));
    expect(kinds(watch.tick(readingAt(9000), SECOND))).toEqual(["process_paused"]);
  });
  it("tells high steal after a minute of it", () => {
    const told = new Told();
    const watch = new HostWatch(told);
    const seen: string[] = [];
    for (let second = 0; second <= 70; second++) {
      told.times = { total: 200 * second, steal: 60 * second };
      seen.push(...kinds(watch.tick(readingAt(1000 * second), SECOND)));
    }
    expect(seen).toEqual(["steal_high"]);
  });

  /** The host steps by three seconds at the time of the records, which come `lateMs` later; what is found, and when. */
  function attribution(lateMs: number): (number | string)[][] {
    const told = new Told();
    const watch = new HostWatch(told);
    const found: (number | string)[][] = [];
    const start = 100_000;
    for (let ms = start - 2000; ms < start + 40_000; ms += 1000) {
      const reading = readingAt(ms, ms > start + 500 ? 3000 : 0);
      if (ms >= start + 500 + lateMs && told.audit.kind === "absent")
        told.audit = { kind: "lines", from: "log", lines: DATE_SET_BY_HAND, skipped: 0 };
      watch.look(reading);
      for (const { kind, detail } of watch.tick(reading, SECOND)) found.push([kind, String(detail.command), ms - start]);
    }
    return found;
  }
  it("names who moved the clock, one tick after the record, once", () => {
    expect(attribution(0)).toEqual([["clock_moved_by", "my date", 2000]]);
    expect(attribution(9000)).toEqual([["clock_moved_by", "my date", 11_000]]);
  });
  it("does not name anybody by a record that comes too late", () => expect(attribution(20_000)).toEqual([]));

  it("closes its witness", () => {
    const told = new Told();
    new HostWatch(told).close();
    expect(told.closed).toBe(1);
  });
});

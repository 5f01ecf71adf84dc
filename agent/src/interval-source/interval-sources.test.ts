import { ppb, raw } from "@truebound/time";
import { DEFAULT_POLICY, unpackColumn } from "@truebound/wire";
import { describe, expect, it } from "vitest";
import { HostMonitor } from "../bound/host-monitor.ts";
import { readingAt } from "../observe/reading.fixture.ts";
import { type Instruments, pollOnce } from "../probe/poll.ts";
import { aProbe } from "../probe/probe.fixture.ts";
import { parseSource, type Source } from "../probe/source.ts";
import type { SourceProbe } from "../probe/source-probe.ts";
import { buildBatch } from "../report/build-batch.ts";
import { IntervalSources } from "./interval-sources.ts";
import { aReading, ToldIntervals } from "./intervals.fixture.ts";

/** UTC − RAW of the fixture's clocks where REALTIME is right. */
const EPOCH = 1_795_000_000_000_000_000n;
const DOCUMENT = "d".repeat(64);

const named = (text: string): Source => parseSource(text) as Source;
const probeOf = (intervals: ToldIntervals, name: string, declared = false): SourceProbe =>
  aProbe({
    source: named(`${intervals.kind}:${intervals.kind === "opinion" ? "" : "/run/"}${name} name=${name}`),
    intervals,
    declared,
    timescale: "utc",
  });

/** A poll that is over at `ms` of RAW. */
const pollAt = (probe: SourceProbe, ms: number) =>
  pollOnce(probe, { clocks: { ruler: "raw", read: () => readingAt(ms) } } as unknown as Instruments);

const SURROUNDINGS = {
  ruler: "raw" as const,
  steering: () => ({ kind: "unknown" as const }),
  distrustSteering: () => undefined,
  mayCalibrate: false,
};

/** A host whose four sources say these middles of UTC − RAW, less EPOCH, of which the first `declared` may count. */
async function hostOf(middles: readonly bigint[], declared: number, kind?: "opinion") {
  const probes: SourceProbe[] = [];
  for (const [index, middle] of middles.entries()) {
    const told = new ToldIntervals(kind);
    told.tell(aReading(900, EPOCH + middle, 1000n, DOCUMENT));
    const probe = probeOf(told, `s${index}`, index < declared);
    probes.push(probe);
  }
  const monitor = new HostMonitor(probes, DEFAULT_POLICY, SURROUNDINGS, "simulated");
  for (const probe of probes) monitor.learned(await pollAt(probe, 1000));
  monitor.observe(readingAt(1000));
  monitor.record();
  return { monitor, row: monitor.present.row, sources: monitor.present.sources };
}

describe("a source of intervals", () => {
  it("gives both sides of its interval at one instant, and nothing else", async () => {
    const told = new ToldIntervals();
    const probe = probeOf(told, "gps");
    told.tell(aReading(900, EPOCH, 1000n, DOCUMENT));
    expect(await pollAt(probe, 1000)).toHaveLength(1);
    expect(probe.boundAt(raw(900_000_000n))).toEqual({ kind: "bound", interval: { lo: EPOCH - 1000n, hi: EPOCH + 1000n } });
    // 100 ms at 200 ppm.
    expect(probe.boundAt(raw(1_000_000_000n))).toEqual({ kind: "bound", interval: { lo: EPOCH - 21_000n, hi: EPOCH + 21_000n } });
    expect([probe.polls, probe.replies, probe.document, probe.stopped, probe.needsResolving]).toEqual([1, 1, DOCUMENT, false, false]);
  });
  it("is not believed of the future, nor of what is older than what it said", async () => {
    const told = new ToldIntervals();
    const probe = probeOf(told, "gps");
    told.tell(aReading(900, EPOCH), aReading(1100, EPOCH), aReading(800, EPOCH));
    expect(await pollAt(probe, 1000)).toHaveLength(1);
    told.tell(aReading(900, EPOCH + 5n));
    expect(await pollAt(probe, 2000)).toEqual([]);
    expect(Object.fromEntries(probe.troubles)).toEqual({ kind_in_the_future: 1, kind_not_newer: 2 });
  });
  it("is not believed of what it said before the ruler became another one, nor while it did", async () => {
    const told = new ToldIntervals();
    const probe = probeOf(told, "gps");
    told.tell(aReading(900, EPOCH));
    await pollAt(probe, 1000);
    probe.forget();
    told.tell(aReading(1500, EPOCH));
    expect(await pollAt(probe, 2000)).toEqual([]);
    told.meanwhile(() => {
      probe.forget();
      return { kind: "readings", readings: [aReading(3000, EPOCH)] };
    });
    expect(await pollAt(probe, 3000)).toEqual([]);
    expect(Object.fromEntries(probe.troubles)).toEqual({ kind_not_newer: 1, kind_disrupted: 1 });
    expect(probe.boundAt(raw(3_000_000_000n))).toEqual({ kind: "empty" });
  });
  it("is not believed of before the ruler became another one, also where it says so only after it was listened to again", async () => {
    const told = new ToldIntervals();
    const probe = probeOf(told, "gps");
    told.tell(aReading(900, EPOCH));
    await pollAt(probe, 1000);
    probe.forget();
    told.refuse("external_silent");
    await pollAt(probe, 2000);
    told.tell(aReading(1500, EPOCH));
    expect(await pollAt(probe, 3000)).toEqual([]);
    told.tell(aReading(2500, EPOCH));
    expect(await pollAt(probe, 4000)).toHaveLength(1);
  });
  it("is refused as often as its lines were, not as it was asked", async () => {
    const told = new ToldIntervals();
    const probe = probeOf(told, "gps", true);
    told.refusals.set("external_not_json", 40);
    told.refuse("external_not_json");
    await pollAt(probe, 1000);
    const monitor = new HostMonitor([probe], DEFAULT_POLICY, SURROUNDINGS, "simulated");
    monitor.observe(readingAt(1000));
    expect(monitor.present.sources[0]?.refusals).toEqual({ external_not_json: 40 });
  });
  it("is stale, like others, where it says nothing for three polls, and says why", async () => {
    const told = new ToldIntervals();
    const probe = probeOf(told, "gps", true);
    told.tell(aReading(900, EPOCH));
    await pollAt(probe, 1000);
    told.refuse("external_silent");
    await pollAt(probe, 17_000);
    const { lastExchange, poll } = probe.facts(raw(60_000_000_000n));
    expect([lastExchange, poll, probe.lastRefusal?.reason]).toEqual([900_000_000n, 16_000_000_000n, "external_silent"]);
  });
});

describe("what is declared", () => {
  it("counts where it is declared to: three of them prove a bound, and the record says so", async () => {
    const { monitor, row, sources } = await hostOf([0n, 500n, -500n], 3);
    expect(row.status).toBe("proven");
    expect(monitor.assumptions.declared).toEqual(["external:s0", "external:s1", "external:s2"]);
    expect(sources[0]).toMatchObject({
      kind: "external",
      counts: true,
      state: "agrees",
      assumes: ["external_declared"],
      document: DOCUMENT,
    });
  });
  it("counts nothing elsewhere: it is compared with what the others prove", async () => {
    const { monitor, row, sources } = await hostOf([0n, 500n, -500n, 300n, 900_000n], 3);
    expect([row.status, row.bound.votes, monitor.faults]).toEqual(["proven", 3, 1]);
    expect(sources.map(({ state, counts }) => `${state} ${counts}`)).toEqual([
      "agrees true",
      "agrees true",
      "agrees true",
      "agrees false",
      "falseticker false",
    ]);
    const changes = monitor.drain().flatMap(({ findings }) => findings);
    expect(changes.filter(({ source }) => source === "external:s4").map(({ detail }) => detail.to)).toEqual(["falseticker"]);
  });
  it("is not named where only authenticated sources count, since nobody sealed what it says, and is named again where others may", async () => {
    const told = new ToldIntervals();
    told.tell(aReading(900, EPOCH));
    const probe = probeOf(told, "gps", true);
    const monitor = new HostMonitor([probe], DEFAULT_POLICY, SURROUNDINGS, "simulated");
    monitor.learned(await pollAt(probe, 1000));
    const seenAt = (ms: number, authenticatedOnly: boolean) => {
      probe.retune(16, false, ppb(BigInt(DEFAULT_POLICY.sigma_ppb)), authenticatedOnly, true);
      return [monitor.observe(readingAt(ms)).status, monitor.assumptions.declared];
    };
    expect([seenAt(1000, false), seenAt(2000, true), seenAt(3000, false)]).toEqual([
      ["unverified", ["external:gps"]],
      ["holdover", undefined],
      ["unverified", ["external:gps"]],
    ]);
  });
  it("never counts where it is a mere opinion, also where somebody declares that it does", async () => {
    const { row, monitor, sources } = await hostOf([0n, 0n, 0n], 3, "opinion");
    expect([row.status, monitor.assumptions.declared]).toEqual(["unknown", undefined]);
    expect(sources.map(({ state }) => state)).toEqual(["no_region", "no_region", "no_region"]);
  });
  it("ends a disruption where it counts, and nowhere else: nothing is known by it of what came since", async () => {
    const statusAfter = async (declared: boolean) => {
      const [counted, told] = [new ToldIntervals(), new ToldIntervals()];
      const [heard, other] = [probeOf(counted, "heard", true), probeOf(told, "other", declared)];
      const monitor = new HostMonitor([heard, other], DEFAULT_POLICY, SURROUNDINGS, "simulated");
      counted.tell(aReading(400, EPOCH));
      monitor.learned(await pollAt(heard, 500));
      monitor.observe(readingAt(500));
      monitor.disrupt("suspended_or_moved", readingAt(600));
      // What it had said by then is dropped by the first poll.
      await pollAt(other, 1000);
      told.tell(aReading(2500, EPOCH));
      monitor.learned(await pollAt(other, 3000));
      return monitor.observe(readingAt(3000)).status;
    };
    expect([await statusAfter(true), await statusAfter(false)]).toEqual(["unverified", "disrupted"]);
  });
  it("goes into a batch as intervals, and into none of its exchanges", async () => {
    const { monitor } = await hostOf([0n, 500n, -500n], 3);
    const [seen] = monitor.drain();
    const batch = seen && buildBatch(seen, { version: 0 }, { agent: "a", bootId: "b", software: "s" });
    expect(batch?.exchanges.source).toEqual([]);
    expect(batch?.intervals?.source).toEqual([0, 1, 2]);
    expect(batch?.intervals && unpackColumn(batch.intervals.hi_ns)).toEqual([EPOCH + 1000n, EPOCH + 1500n, EPOCH + 500n]);
    expect(batch?.intervals?.document).toEqual([DOCUMENT, DOCUMENT, DOCUMENT]);
    expect(batch?.assumptions.stamp_mode).toBe("simulated");
  });
});

describe("the open sources of intervals", () => {
  it("are each opened once, again where they are written differently, and closed when nobody names them", () => {
    const opened: ToldIntervals[] = [];
    const sources = new IntervalSources((source) => {
      if (source.kind === "ptp") return null;
      opened.push(new ToldIntervals());
      return opened.at(-1) ?? null;
    });
    const gps = named("external:/run/gps.sock name=gps");
    expect(sources.of(gps)).toBe(sources.of(gps));
    expect(sources.of(named("ntp.example.net"))).toBeUndefined();
    expect(sources.of(named("external:/run/other.sock name=gps"))).toBe(opened[1]);
    sources.keep([gps]);
    expect(opened.map(({ isClosed }) => isClosed)).toEqual([true, false]);
    sources.close();
    expect(opened.map(({ isClosed }) => isClosed)).toEqual([true, true]);
  });
  it("refuse by name where nobody can ask them", async () => {
    const ptp = new IntervalSources().of(named("ptp:/run/ptp4lro"));
    expect(await ptp?.take()).toEqual({ kind: "refused", reason: "kind_unsupported" });
  });
});

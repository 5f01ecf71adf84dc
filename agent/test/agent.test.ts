import { readFileSync } from "node:fs";
import { type Agent, buildBatch, HostWatch, type Observation, type Transport } from "@truebound/agent";
import { agentOn, type ReferenceServer, runningTime, SENDER, SimClock, simRung, sourcesAt, startReferenceServer } from "@truebound/testkit";
import { contains } from "@truebound/time";
import { Batch, DEFAULT_POLICY, type Policy, unpackColumn, validator } from "@truebound/wire";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

const isBatch = validator(Batch);
const QUICK: Policy = { ...DEFAULT_POLICY, version: 1, probe_interval_s: 0.1, reading_interval_s: 0.05, report_interval_s: 0.2 };

describe("an agent over real UDP, on a simulated clock", () => {
  const truth = runningTime();
  let servers: ReferenceServer[] = [];
  let agent: Agent | null = null;

  beforeEach(async () => {
    servers = await Promise.all([1, 2, 3].map((last) => startReferenceServer({ address: `127.0.5.${last}`, truth })));
  });
  afterEach(() => {
    agent?.stop();
    for (const server of servers) server.close();
  });

  function start(
    batches: Batch[],
    logged: string[] = [],
    kept: Policy[] = [],
    watch?: HostWatch,
    through = (direct: Transport) => direct,
  ): Agent {
    const rung = simRung(new SimClock(truth, { aheadNs: -3_000_000, driftPpb: 20_000 }));
    const started = agentOn({ ...rung, transport: through(rung.transport) }, sourcesAt(servers), {
      policy: QUICK,
      report: (batch) => batches.push(batch),
      keepPolicy: (policy) => kept.push(policy),
      ...(watch && { watch }),
      log: (_, message) => logged.push(message),
    });
    started.start();
    agent = started;
    return started;
  }

  it("reports batches that the schema accepts, and bounds that hold the truth", async () => {
    const batches: Batch[] = [];
    start(batches);
    await expect
      .poll(() => batches.filter(({ bounds }) => bounds.status.includes("proven")).length, { timeout: 15_000 })
      .toBeGreaterThan(3);
    for (const batch of batches) {
      expect(isBatch.errors(batch)).toEqual([]);
      const [lo, hi, injected] = [batch.bounds.lo_ns, batch.bounds.hi_ns, batch.bounds.injected_ns].map((column) =>
        column ? unpackColumn(column) : [],
      );
      for (const [row, low] of (lo ?? []).entries()) {
        const high = hi?.[row] ?? null;
        if (low === null || high === null) continue;
        expect(contains({ lo: low, hi: high }, injected?.[row] as bigint)).toBe(true);
      }
    }
    expect(batches.some(({ exchanges }) => exchanges.source.length > 0)).toBe(true);
    expect(batches.flatMap(({ events }) => events.map(({ kind }) => kind))).toContain("agent_started");
  });

  it("proves nothing by sources that are not authenticated where only those count, and says so", async () => {
    const batches: Batch[] = [];
    const running = start(batches);
    await expect.poll(() => running.monitor.current?.status, { timeout: 15_000 }).toBe("proven");
    running.offerPolicy({ ...QUICK, version: 2, authenticated: "required" });
    await expect
      .poll(() => batches.find(({ policy_version, sources }) => policy_version === 2 && sources[0]?.state === "not_authenticated"), {
        timeout: 15_000,
      })
      .toMatchObject({ sources: Array(3).fill({ state: "not_authenticated", lo_ns: expect.any(String) }) });
    // What they proved before is forgotten with them.
    expect(running.monitor.current).toMatchObject({ status: "unknown", reason: "not_authenticated", offset: null });
    for (const batch of batches) expect(isBatch.errors(batch)).toEqual([]);
    running.offerPolicy({ ...QUICK, version: 3, authenticated: null });
    await expect.poll(() => running.monitor.current?.status, { timeout: 15_000 }).toBe("proven");
  });

  it("applies a policy that it understands and keeps it", async () => {
    const [batches, kept]: [Batch[], Policy[]] = [[], []];
    const running = start(batches, [], kept);
    await expect.poll(() => running.monitor.current?.status, { timeout: 15_000 }).toBe("proven");
    running.offerPolicy({ ...QUICK, version: 2, faults: 2, report_interval_s: 0.1 });
    expect(running.monitor.current?.bound.faults).toBe(2);
    expect(running.monitor.current?.status).toBe("unverified");
    expect(kept).toMatchObject([{ version: 2, faults: 2 }]);
    running.reportNow();
    expect(batches.at(-1)).toMatchObject({ policy_version: 2, assumptions: { faults: 2 } });
  });

  it("refuses one that it does not understand, says why once, and goes on with the last good one", async () => {
    const [batches, logged, kept]: [Batch[], string[], Policy[]] = [[], [], []];
    const running = start(batches, logged, kept);
    for (const bad of [{ ...QUICK, version: 9, rho_ppb: 0 }, { ...QUICK, version: 9, rho_ppb: 0 }, null]) running.offerPolicy(bad);
    running.reportNow();
    expect(kept).toEqual([]);
    expect(logged.filter((line) => line.startsWith("cannot apply the server's policy"))).toHaveLength(2);
    expect(batches.at(-1)?.policy_version).toBe(1);
    expect(batches.flatMap(({ events }) => events.map(({ kind }) => kind)).filter((kind) => kind === "policy_refused")).toHaveLength(2);
  });

  it("claims nothing after a change of clocksource, until it has measured anew", async () => {
    let clocksource = "tsc";
    const watch = new HostWatch({
      clocksource: () => clocksource,
      vmMarker: () => ({ kind: "absent" }),
      cpuTimes: () => null,
      auditTail: () => ({ kind: "absent" }),
      close: () => undefined,
    });
    const batches: Batch[] = [];
    const running = start(batches, [], [], watch);
    await expect.poll(() => running.monitor.current?.status, { timeout: 15_000 }).toBe("proven");
    clocksource = "hpet";
    running.reportNow();
    const [batch] = batches.slice(-1);
    expect(isBatch.errors(batch)).toEqual([]);
    expect(batch?.bounds.status.at(-1)).toBe("disrupted");
    expect(batch?.bounds.reason.at(-1)).toBe("clocksource_changed");
    expect(batch?.bounds.lo_ns.d.at(-1)).toBeNull();
    expect(batch?.events.find(({ kind }) => kind === "clocksource_changed")?.detail).toEqual({ from: "tsc", to: "hpet" });
    await expect.poll(() => running.monitor.current?.status, { timeout: 15_000 }).toBe("proven");
    const started = batches.flatMap(({ events }) => events).find(({ kind }) => kind === "agent_started");
    expect(started?.detail).toMatchObject({ clocksource: "tsc", vm_marker: "absent", audit: "absent" });
  });

  it("takes the leap list of a policy, keeps it over a damaged one, and says once that it did", async () => {
    const [batches, logged, kept]: [Batch[], string[], Policy[]] = [[], [], []];
    const running = start(batches, logged, kept);
    const good = readFileSync(new URL("../../server/data/leap-seconds.list", import.meta.url), "ascii");
    await expect.poll(() => running.monitor.current?.status, { timeout: 15_000 }).toBe("proven");
    running.offerPolicy({ ...QUICK, version: 2, leap_list: good, timescales: { "127.0.5.1": "utc" } });
    expect(running.monitor.probes.map((probe) => probe.timescale)).toEqual(["utc", "unknown", "unknown"]);
    const damaged = { ...QUICK, version: 3, leap_list: good.replace("\t37", "\t38") };
    for (let time = 0; time < 3; time++) running.offerPolicy(damaged);
    expect(kept.map((policy) => [policy.version, policy.leap_list])).toEqual([
      [2, good],
      [3, good],
    ]);
    expect(logged.filter((line) => line.includes("leap list"))).toEqual([
      "cannot use the leap list of policy 3: its #h line is not the SHA-1 of its data: it is damaged or was edited; the last good one stays in force",
    ]);
    running.reportNow();
    expect(batches.flatMap(({ events }) => events.map(({ kind }) => kind)).filter((kind) => kind === "leap_list_refused")).toHaveLength(1);
    expect(isBatch.errors(batches.at(-1))).toEqual([]);
    expect(batches.at(-1)?.sources.map(({ timescale }) => timescale)).toEqual(["unknown", "unknown", "unknown"]);
    await expect.poll(() => running.monitor.current?.status, { timeout: 15_000 }).toBe("proven");
  });

  it("records what its windows hold, also of exchanges that a new policy found under way", async () => {
    const batches: Batch[] = [];
    const held: (() => void)[] = [];
    const running = start(batches, [], [], undefined, (transport) => ({
      ...transport,
      exchange: async (...asked) => {
        const delivery = await transport.exchange(...asked);
        await new Promise<void>((go) => held.push(go));
        return delivery;
      },
      close: () => transport.close(),
    }));
    await expect.poll(() => held.length, { timeout: 15_000 }).toBe(3);
    running.offerPolicy({ ...QUICK, version: 2 });
    for (const go of held.splice(0)) go();
    await expect.poll(() => running.monitor.probes.every(({ replies }) => replies === 1), { timeout: 15_000 }).toBe(true);
    running.stop();
    expect(batches.flatMap(({ exchanges }) => exchanges.reply)).toEqual(["basic", "basic", "basic"]);
  });

  it("says unknown with the reason when nobody answers", async () => {
    for (const server of servers) server.close();
    servers = servers.map((server) => ({ ...server, close: () => undefined }));
    const batches: Batch[] = [];
    const running = start(batches);
    await expect.poll(() => running.monitor.probes.every((probe) => probe.troubles.size > 0), { timeout: 15_000 }).toBe(true);
    const batch = buildBatch(running.monitor.drain().at(-1) as Observation, QUICK, SENDER);
    expect(isBatch.errors(batch)).toEqual([]);
    expect(running.monitor.current).toMatchObject({ status: "unknown", reason: "never_measured", offset: null });
    expect(batch.sources.map(({ state, refusals }) => [state, Object.keys(refusals)])).toEqual(
      [1, 2, 3].map(() => ["never_answered", ["connection_refused"]]),
    );
    expect(batch.terms).toBeNull();
  });
});

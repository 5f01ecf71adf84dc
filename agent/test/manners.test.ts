import { createSocket } from "node:dgram";
import { type DaemonFaults, runningTime, SimClock, SimDaemon, sourcesAt } from "@truebound/testkit";
import { DEFAULT_POLICY, type Policy } from "@truebound/wire";
import { describe, expect, it } from "vitest";
import { daemonAt } from "./fake-daemon.ts";
import { agentForTests, type Circumstances } from "./simulated-agent.ts";

const QUICK: Policy = { ...DEFAULT_POLICY, version: 1, probe_interval_s: 0.1, reading_interval_s: 0.05, report_interval_s: 0.1 };

describe("an agent's manners", () => {
  const { start: startAgent, batches, servers } = agentForTests(["127.0.6.1"]);
  const start = (more: Circumstances) => startAgent({ policy: QUICK, ...more });

  const events = (kind: string) => batches.flatMap((batch) => batch.events).filter((event) => event.kind === kind);

  it("hold a source's floor, however often policies come", async () => {
    const running = start({});
    await expect.poll(() => running.monitor.probes[0]?.polls ?? 0, { timeout: 10_000 }).toBeGreaterThanOrEqual(1);
    const begun = performance.now();
    const polls = () => running.monitor.probes.reduce((sum, probe) => sum + probe.polls, 0);
    let version = 2;
    await expect
      .poll(
        () => {
          running.offerPolicy({ ...QUICK, version, rho_ppb: 100_000 + version });
          version += 1;
          return performance.now() - begun;
        },
        { timeout: 10_000, interval: 50 },
      )
      .toBeGreaterThan(3000);
    expect(version).toBeGreaterThan(20);
    expect(polls()).toBeLessThanOrEqual(5);
  });

  it("slow down for the host's own daemon, say so, and recover", async () => {
    let register = 0xff;
    const running = start({ witness: daemonAt("127.0.6.1", () => register) });
    const pace = () => running.monitor.probes[0]?.pollSeconds ?? 0;
    await expect.poll(() => running.monitor.probes[0]?.replies ?? 0, { timeout: 10_000 }).toBeGreaterThanOrEqual(1);
    expect(pace()).toBe(1);
    register = 0b11110101;
    await expect.poll(pace, { timeout: 10_000 }).toBeGreaterThanOrEqual(1);
    register = 0b11010101;
    await expect.poll(() => events("probe_harms_daemon").length, { timeout: 10_000 }).toBeGreaterThanOrEqual(1);
    register = 0xff;
    expect(events("probe_harms_daemon")[0]).toMatchObject({
      source: `127.0.6.1:${servers()[0]?.port}`,
      detail: { address: "127.0.6.1", why: "daemon_lost_polls", slowed_by: 2, daemon_reach_before: "377", daemon_reach_now: "325" },
    });
    await expect.poll(pace, { timeout: 10_000 }).toBe(1);
  });

  it("stop for good at a server that denies them, and say so once", async () => {
    const denying = createSocket("udp4");
    let asked = 0;
    denying.on("message", (bytes, from) => {
      asked += 1;
      const reply = Buffer.alloc(48);
      reply.set([0xe4, 0, 6, 0xec]);
      reply.write("DENY", 12, "ascii");
      bytes.copy(reply, 24, 40, 48);
      bytes.copy(reply, 32, 40, 48);
      bytes.copy(reply, 40, 40, 48);
      denying.send(reply, from.port, from.address);
    });
    await new Promise<void>((resolve) => denying.bind(0, "127.0.6.9", resolve));
    const running = start({ sources: sourcesAt([{ address: "127.0.6.9", port: denying.address().port }]) });
    await expect.poll(() => events("source_denied").length, { timeout: 10_000 }).toBe(1);
    expect(events("source_denied")[0]?.detail).toEqual({ address: "127.0.6.9", kiss: "DENY" });
    running.offerPolicy({ ...QUICK, version: 2, rho_ppb: 100_000 });
    const begun = performance.now();
    await expect.poll(() => performance.now() - begun, { timeout: 10_000, interval: 200 }).toBeGreaterThan(2500);
    expect(asked).toBe(1);
    expect(events("source_denied")).toHaveLength(1);
    denying.close();
  });
});

describe("an agent beside a daemon", () => {
  const { start: startAgent, batches } = agentForTests(["127.0.6.11", "127.0.6.12", "127.0.6.13"]);

  /** A daemon of the host's own that knows the true offset, but for its faults. */
  function start(faults: DaemonFaults) {
    const clock = { aheadNs: -300_000_000 };
    const truth = runningTime();
    return startAgent({ policy: QUICK, clock, witness: new SimDaemon(new SimClock(truth, clock), faults, () => truth.elapsed(), 0.1) });
  }
  const told = () => batches.flatMap(({ events }) => events).filter(({ kind }) => /daemon|unsynchronised/.test(kind));
  const latest = () => batches.flatMap(({ daemon }) => daemon ?? []).at(-1);

  it("finds nothing of one that is right", async () => {
    const running = start({ claimsNs: 250_000, follows: "127.0.6.11" });
    await expect.poll(() => batches.filter(({ daemon }) => daemon !== undefined).length, { timeout: 10_000 }).toBeGreaterThan(12);
    expect([told(), running.daemonFindings, latest()?.findings]).toEqual([[], [], []]);
  });

  it("tells of one whose claim the bound excludes, once, with both intervals", async () => {
    const running = start({ claimsNs: 250_000, errorNs: -300_000_000, follows: "127.0.6.11" });
    await expect.poll(() => latest()?.findings ?? [], { timeout: 10_000 }).toEqual(["daemon_bound_violated"]);
    await expect.poll(() => batches.filter(({ daemon }) => daemon !== undefined).length, { timeout: 10_000 }).toBeGreaterThan(12);
    expect(running.daemonFindings).toEqual(["daemon_bound_violated"]);
    expect(told().map(({ kind }) => kind)).toEqual(["daemon_bound_violated"]);
    const { claimant, claim_lo_ns, claim_hi_ns, measured_lo_ns } = told()[0]?.detail ?? {};
    expect([claimant, claim_lo_ns, claim_hi_ns]).toEqual(["chronyd", "-250000", "250000"]);
    expect(Number(measured_lo_ns)).toBeGreaterThan(250_000);
  });

  it("tells of one that is gone, and of one that follows itself", async () => {
    start({ claimsNs: 250_000, follows: "127.0.6.11", diesAfterS: 1 });
    await expect
      .poll(() => told().map(({ kind, detail }) => [kind, detail.why]), { timeout: 10_000 })
      .toEqual([["daemon_dead", "no_process"]]);
    batches.length = 0;
    const other = start({ claimsNs: 250_000 });
    await expect.poll(() => other.daemonFindings, { timeout: 10_000 }).toEqual(["unsynchronised_source_in_use"]);
  });
});

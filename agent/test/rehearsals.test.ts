import type { Agent } from "@truebound/agent";
import type { AgentMore } from "@truebound/testkit";
import { contains } from "@truebound/time";
import { Batch, DEFAULT_POLICY, type Policy, type Rehearsal, unpackColumn, validator } from "@truebound/wire";
import { describe, expect, it } from "vitest";
import { daemonAt } from "./fake-daemon.ts";
import { agentForTests } from "./simulated-agent.ts";

const QUICK: Policy = { ...DEFAULT_POLICY, version: 1, probe_interval_s: 0.1, reading_interval_s: 0.05, report_interval_s: 0.2 };
const STANDING = { answers: null, trouble: null, requests: { answered: 0, stranger: 0, not_a_request: 0, over_limit: 0, unsent: 0 } };
const isBatch = validator(Batch);
const MS = 1_000_000n;

describe("a rehearsed fault", () => {
  const { start, batches, servers } = agentForTests([51, 52, 53].map((last) => `127.0.5.${last}`));

  async function proven({ settings, ...more }: AgentMore = {}): Promise<Agent> {
    const started = start({
      clock: { aheadNs: -3_000_000, driftPpb: 20_000 },
      distrustSteering: () => {
        throw new Error("A rehearsal must not change what the agent thinks of the daemon");
      },
      settings: { rehearsals: true, ...settings },
      policy: QUICK,
      ...more,
    });
    await until(() => started.monitor.current?.status === "proven" && started.monitor.current.bound.agree.length === 3);
    return started;
  }

  const until = (condition: () => boolean) => expect.poll(condition, { timeout: 25_000, interval: 10 }).toBe(true);
  const rehearse = (running: Agent, more: Partial<Rehearsal>) =>
    running.heed({ burst: null, flight: null, rehearsal: { id: "r1", fault: "step", for_s: 600, who: "A. Tester", ...more } });
  const marked = () => batches.filter(({ rehearsal }) => rehearsal !== undefined);
  const kinds = (some: readonly Batch[]) => some.flatMap(({ events }) => events.map(({ kind }) => kind));
  const lastRow = ({ bounds }: Batch) => {
    const [lo, hi, injected, since] = [bounds.lo_ns, bounds.hi_ns, bounds.injected_ns, bounds.since_lo_ns].map((column) =>
      column ? (unpackColumn(column).at(-1) ?? null) : null,
    );
    return { bound: lo == null || hi == null ? null : { lo, hi }, injected: injected as bigint, since };
  };
  /** The host as it is: whatever is rehearsed, this holds. */
  const isUntouched = (running: Agent) => {
    const { current } = running.monitor;
    expect(current?.status).toBe("proven");
    expect(contains(current?.offset ?? { lo: 0n, hi: 0n }, current?.reading.injected as bigint)).toBe(true);
    expect(current?.bound.agree).toHaveLength(3);
  };

  it("is refused where the host's configuration does not allow it, once and by name", async () => {
    const running = await proven({ settings: { rehearsals: false } });
    for (let time = 0; time < 3; time++) rehearse(running, { by_ns: "250000000" });
    running.reportNow();
    const refusals = batches.flatMap(({ events }) => events).filter(({ kind }) => kind === "rehearsal_refused");
    expect(refusals.map(({ detail }) => [detail.id, detail.why])).toEqual([
      ["r1", "this host's configuration does not allow rehearsals: TRUEBOUND_REHEARSALS=1 does"],
    ]);
    expect(marked()).toEqual([]);
  });

  it.each([
    ["what it cannot read", { fault: "quake" } as never, /^it cannot be read: \/fault/],
    ["a step by nothing", { fault: "step" } as const, /by how much/],
    ["a drift at no rate", { fault: "drift" } as const, /how fast/],
    [
      "a source that it has not",
      { fault: "lost-source", source: "ntp.example:123" } as const,
      /has no source ntp\.example:123: it has 127/,
    ],
  ])("is refused: %s", async (_, more, why) => {
    const running = await proven();
    rehearse(running, more);
    const [refused] = batches.flatMap(({ events }) => events).filter(({ kind }) => kind === "rehearsal_refused");
    expect(refused?.detail.why).toMatch(why);
    expect(marked()).toEqual([]);
  });

  it("is shown in marked reports alone, ends by itself, and leaves the host as it was", async () => {
    const running = await proven();
    rehearse(running, { fault: "step", by_ns: "250000000", for_s: 10 });
    expect(kinds(marked().slice(0, 1)).slice(0, 2)).toEqual(["rehearsal_began", "clock_stepped"]);
    await until(() => marked().length > 20);
    for (const batch of marked()) {
      expect(isBatch.errors(batch)).toEqual([]);
      expect(batch.spans.status).toEqual([]);
      const { bound, injected } = lastRow(batch);
      expect(bound !== null && contains(bound, injected) && bound.hi < -200n * MS).toBe(true);
    }
    isUntouched(running);
    rehearse(running, { id: "r2", by_ns: "1" });
    expect(batches.at(-1)?.events.at(-1)?.detail.why).toBe("the rehearsal r1 is not over yet");
    await until(() => batches.at(-1)?.rehearsal === undefined);
    const real = batches.slice(batches.findLastIndex(({ rehearsal }) => rehearsal !== undefined) + 1);
    expect(kinds(marked().slice(-1))).toEqual(["clock_stepped", "rehearsal_ended"]);
    isUntouched(running);
    // Right after it nobody may look back over it.
    expect(lastRow(real[0] as Batch)).toMatchObject({ since: null });
    running.reportNow();
    await until(() => batches.length > batches.indexOf(real[0] as Batch) + 3);
    const unmarked = batches.filter(({ rehearsal }) => rehearsal === undefined);
    expect(kinds(unmarked).filter((kind) => kind === "clock_stepped" || kind.startsWith("rehearsal_ended"))).toEqual([]);
    for (const { bound, injected } of unmarked.map(lastRow)) expect(bound === null || contains(bound, injected)).toBe(true);
    expect(lastRow(batches.at(-1) as Batch).since).not.toBeNull();
  });

  it("may break assumptions of the rehearsed host, and breaks none of the real one", async () => {
    const running = await proven();
    const before = running.monitor.assumptions;
    rehearse(running, { fault: "drift", ppb: 20_000_000 });
    await until(() => kinds(marked()).includes("slew_assumption_broken"));
    await until(() => (lastRow(marked().at(-1) as Batch).bound?.hi ?? 0n) < -100n * MS);
    isUntouched(running);
    running.stop();
    expect(running.monitor.assumptions).toEqual(before);
    const last = batches.at(-1);
    expect(last?.rehearsal).toBeUndefined();
    expect(kinds(batches.slice(-1))).toEqual(["agent_stopping"]);
    expect(kinds(marked().slice(-1))).toContain("rehearsal_ended");
  });

  it("hides nothing that happens beside it, of peers or of the host's own daemon", async () => {
    const [first] = servers();
    let reach = 0xff;
    const running = await proven({
      policy: { ...QUICK, mesh: { domain: "test", port: 12_345 } },
      mesh: { rulerId: () => 1, asks: true, answering: { answer: () => undefined, standing: STANDING } },
      witness: daemonAt(first?.address ?? "", () => reach),
    });
    rehearse(running, { by_ns: "250000000" });
    running.offerAssignment("nonsense");
    reach = 0b11010101;
    await until(() => kinds(marked()).includes("probe_harms_daemon"));
    expect(kinds(marked())).toContain("policy_refused");
    isUntouched(running);
  });

  it("of a lying source makes a falseticker of it", async () => {
    const running = await proven();
    const [first] = running.monitor.probes.map(({ source }) => source.id);
    rehearse(running, { fault: "lying-source", by_ns: "1000000000" });
    await until(() => marked().some(({ sources }) => sources[0]?.state === "falseticker"));
    expect(marked()[0]?.rehearsal).toMatchObject({ source: first });
    expect(
      marked()
        .at(-1)
        ?.sources.map(({ state }) => state),
    ).toEqual(["falseticker", "agrees", "agrees"]);
    isUntouched(running);
  });

  it("of a lost source loses it, by its name", async () => {
    const running = await proven();
    const second = running.monitor.probes[1]?.source.id as string;
    const replies = running.monitor.probes[1]?.replies as number;
    rehearse(running, { fault: "lost-source", source: second });
    await until(() => marked().some(({ sources }) => sources[1]?.state === "stale"));
    const told = marked().at(-1)?.sources[1];
    expect(told?.refusals.timeout).toBeGreaterThan(0);
    expect(told?.replies).toBe(replies);
    expect(running.monitor.probes[1]?.replies).toBeGreaterThan(replies);
    isUntouched(running);
  });

  it("of silence keeps everything that it does not say", async () => {
    const running = await proven();
    expect(running.isSilent).toBe(false);
    rehearse(running, { fault: "silent", for_s: 10 });
    expect(running.isSilent).toBe(true);
    await until(() => marked().length > 5);
    await until(() => !running.isSilent);
    const ended = marked()
      .at(-1)
      ?.events.find(({ kind }) => kind === "rehearsal_ended");
    expect(ended?.detail).toMatchObject({ id: "r1", fault: "silent", reports: marked().length - 1 });
    expect(kinds(marked())).not.toContain("clock_stepped");
    isUntouched(running);
  });
});

import type { ReportManifest } from "@truebound/audit";
import { utc } from "@truebound/time";
import { describe, expect, it } from "vitest";
import { MemoryBundle } from "./memory-bundle.fixture.ts";
import { worldOf } from "./memory-world.fixture.ts";
import { FROM, minute, S } from "./minutes.fixture.ts";
import { type JobPorts, ReportJobs } from "./report-jobs.ts";

const REQUEST = { from: FROM, to: utc(FROM + 600n * S), profiles: ["test-100us"], hosts: [] };

function jobsOf() {
  const world = worldOf(1);
  for (const host of world.hosts)
    for (let at = 0; at < 10; at += 2) host.report([minute(host.facts.id, at), minute(host.facts.id, at + 1)]);
  const said: string[] = [];
  const log = { info: () => {}, warn: (text: string) => void said.push(text), error: () => {} };
  let ids = 0;
  const sink: JobPorts["sink"] = () => Object.assign(new MemoryBundle(), { discard: async () => {} });
  return { world, said, jobs: new ReportJobs({ newId: () => `job-${++ids}`, sink, ports: (one) => world.ports(one), log }) };
}

const previousOf = (manifest: string) => (JSON.parse(manifest) as ReportManifest).previous?.id ?? null;

describe("reports that are asked for at once", () => {
  it("go on from each other, in their order", async () => {
    const { world, jobs } = jobsOf();
    expect([jobs.start(REQUEST)?.state, jobs.start(REQUEST)?.state]).toEqual(["making", "making"]);
    expect(jobs.start(REQUEST)).toBeNull();
    while (jobs.all.some(({ state }) => state === "making")) await new Promise((resolve) => setImmediate(resolve));
    expect(jobs.all.map(({ id, state, trouble }) => [id, state, trouble])).toEqual([
      ["job-2", "made", null],
      ["job-1", "made", null],
    ]);
    expect(world.made.map(({ id, manifest }) => [id, previousOf(manifest)])).toEqual([
      ["job-1", null],
      ["job-2", "job-1"],
    ]);
  });

  it("are cancelled while they wait", async () => {
    const { world, jobs } = jobsOf();
    jobs.start(REQUEST);
    const waiting = jobs.start(REQUEST);
    expect(jobs.cancel(waiting?.id ?? "")).toBe(true);
    while (jobs.all.some(({ state }) => state === "making")) await new Promise((resolve) => setImmediate(resolve));
    expect(jobs.all.map(({ state }) => state)).toEqual(["cancelled", "made"]);
    expect(world.made).toHaveLength(1);
  });

  it("are known to have been begun where a server before this one was killed over them", () => {
    const { jobs } = jobsOf();
    jobs.wasKilled("job-0", REQUEST);
    expect(jobs.find("job-0")).toMatchObject({
      state: "failed",
      trouble: expect.stringContaining("was killed over it"),
      done: 0,
      of: null,
    });
    expect([jobs.cancel("job-0"), jobs.all.length]).toEqual([false, 1]);
  });

  it("are named when the server stops over them, and nothing of them is left", async () => {
    const { world, said, jobs } = jobsOf();
    jobs.start(REQUEST);
    jobs.start(REQUEST);
    await jobs.close();
    expect(jobs.all.map(({ state }) => state)).toEqual(["cancelled", "cancelled"]);
    expect([world.made, said.length]).toEqual([[], 2]);
    expect(said[0]).toMatch(/^Report job-1 of 20.*Z to 20.*Z is not made: this server stops/);
  });
});

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { utc } from "@truebound/time";
import { DAEMON_FINDINGS, type DaemonSays, type HostEvent } from "@truebound/wire";
import { describe, expect, it } from "vitest";
import { agentPage } from "../agent/src/metrics/agent-page.ts";
import { present } from "../agent/src/metrics/present.fixture.ts";
import { runbookOf, SHIPPED_RULES } from "../server/src/alert/shipped-rules.ts";
import { viewDaemon } from "../server/src/fleet/daemon-view.ts";
import { eventInWords } from "../server/src/fleet/event-words.ts";
import { summarize } from "../server/src/fleet/host-view.ts";
import { record } from "../server/src/fleet/record.fixture.ts";
import { fleetSamples } from "../server/src/metrics/fleet-samples.ts";
import { marksOf } from "../web/src/charts/band-annotations.ts";

const ROOT = join(import.meta.dirname, "..");
const read = (path: string): string => readFileSync(join(ROOT, path), "utf8");

/** Whoever adds a finding is told here of what is still missing. */
describe.each(DAEMON_FINDINGS)("%s", (finding) => {
  const says: DaemonSays = { asked_raw_ns: "0", raw_ns: "1", findings: [finding] };

  it("has a rule that comes with Truebound, in Prometheus's words too", () => {
    expect(SHIPPED_RULES.filter((rule) => rule.finding === finding)).toMatchObject([{ name: finding, enabled: true }]);
    for (const rules of ["deploy/prometheus/truebound.rules.yml", "deploy/helm/truebound/files/truebound.rules.yml"])
      expect(read(rules)).toContain(`truebound_daemon_finding_info{host!="", finding="${finding}"}`);
  });
  it("has a page in the docs, where its alert leads", () => {
    const page = `docs/alerts/${finding}.md`;
    expect(existsSync(join(ROOT, page))).toBe(true);
    for (const part of ["## What is proved, and what is not", "## How to mend it"]) expect(read(page)).toContain(part);
    expect(runbookOf(finding, "https://tb.example")).toBe(`https://tb.example/runbook/${finding}`);
  });
  it("has a mark in the picture of a host, words beside it, and a line of the host's daemon", () => {
    const event = { at: "2026-11-27T06:00:00Z", kind: finding } as HostEvent;
    expect(marksOf([event])).toMatchObject([{ word: expect.stringMatching(/^[a-z]+$/) }]);
    const view = viewDaemon({ says, at_ns: "0", marked: false, measured: null });
    expect(view?.findings).toEqual([{ finding, words: expect.stringMatching(/^[A-Z].{30,}[.]$/) }]);
    expect(eventInWords({ kind: finding, source: null, detail: {} })).toMatch(/host.{20,}/);
  });
  it("is a metric, of the agent and of the server", () => {
    const own = agentPage({ present: present({}), ageNs: 0n, limitNs: null, steps: 0, daemon: [finding], version: "0" }, "text");
    expect(own).toContain(`truebound_daemon_finding_info{finding="${finding}"} 1`);
    const host = record({ daemon: { at: utc(1n), findings: [finding] } });
    const [sample] = fleetSamples([{ record: host, liveness: "reporting", ageMs: 1, summary: summarize(host, "reporting") }]).filter(
      ({ family }) => family === "daemonFinding",
    );
    expect(sample).toMatchObject({ labels: { finding }, value: 1 });
    expect(read("docs/metrics.md").match(new RegExp(`truebound_daemon_finding_info.*${finding}`, "g"))).toHaveLength(2);
  });
});

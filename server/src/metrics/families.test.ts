import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { metricsPage } from "../adapters/prometheus/registry.ts";
import { COUNTER_FAMILIES, FAMILIES, FLEET_FAMILIES, type FleetFamilyName } from "./families.ts";

const [, documented = ""] = readFileSync(new URL("../../../docs/metrics.md", import.meta.url), "utf8").split(/^## Server$/m);

describe("docs/metrics.md", () => {
  it("has one line for each metric, with its kind, its labels and its help, and no other", () => {
    const lines = documented
      .split(/^## /m)[0]
      ?.split("\n")
      .filter((line) => line.startsWith("| `truebound_"));
    expect(lines).toEqual(
      FAMILIES.map(({ name, kind, labels, help }) => `| \`${name}\` | ${kind} | ${labels.join(", ")} | ${help.replaceAll("|", "\\|")} |`),
    );
  });
  it("names what a scrape shows", async () => {
    const page = metricsPage(() =>
      (Object.keys(FLEET_FAMILIES) as FleetFamilyName[]).map((family) => ({
        family,
        labels: Object.fromEntries(FLEET_FAMILIES[family].labels.map((label) => [label, "x"])),
        value: 1,
      })),
    );
    for (const name of Object.keys(COUNTER_FAMILIES) as (keyof typeof COUNTER_FAMILIES)[])
      page.add(name, Object.fromEntries(COUNTER_FAMILIES[name].labels.map((label) => [label, "x"])));
    const shown = [...(await page.text()).matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name, kind]) => `${name} ${kind}`);
    expect(shown.sort()).toEqual(FAMILIES.map(({ name, kind }) => `${name} ${kind}`).sort());
  });
  it("keeps to base units, and to _total for what only grows", () => {
    for (const { name, kind } of FAMILIES)
      expect(name).toMatch(
        kind === "counter"
          ? /_total$/
          : /(_seconds|_ratio|_info|_status|_liveness|_suspected|_rows|_failures|_members|_edges|_inconsistent|_suspects|_flagged|_votes|_wanted|_sources|_broken|_rehearsal|_reachable|_authenticated|_declared|_stratum|_clock_class|_left_out|_waiting|_alerts|_open|_hosts|_differences|_bytes|_fds|_connections|_jobs)$/,
      );
  });
  it("says in the help of every offset which way it is positive", () => {
    const offsets = FAMILIES.filter(({ name }) => /_offset_/.test(name));
    expect(offsets.length).toBeGreaterThan(3);
    for (const { help } of offsets) expect(help).toContain("reference minus local, positive =");
  });
  it("has no sample of what nothing is known of", async () => {
    const gauges = Object.values(FLEET_FAMILIES).map(({ name }) => name);
    const text = await metricsPage(() => []).text();
    expect(gauges.filter((name) => new RegExp(`^${name}[ {]`, "m").test(text))).toEqual([]);
  });
  it("forgets a host that left the fleet", async () => {
    let hosts = ["a", "b"];
    const page = metricsPage(() => hosts.map((host) => ({ family: "reportAge" as const, labels: { host }, value: 1 })));
    expect(await page.text()).toContain('host="b"');
    hosts = ["a"];
    expect(await page.text()).not.toContain('host="b"');
  });
});

import { parseUtc } from "@truebound/time";
import { type Cause, DEFAULT_ALERT_SETTINGS, type Maintenance, type Matchers } from "@truebound/wire";
import { describe, expect, it } from "vitest";
import type { AlertConfig } from "./alert-config.ts";
import { type SilenceableAlert, type SilenceableIncident, silencedBy, wouldSilence } from "./silencing.ts";

const NOW = parseUtc("2026-03-01T12:00:00Z");
if (NOW === null) throw new Error("Cannot read the time of the tests");

const config = (silences: Matchers[], maintenance: Maintenance[] = []): AlertConfig => ({
  rules: [],
  groups: [{ body: { name: "rack-1", labels: { rack: "r1" } }, origin: "person" }],
  calendars: [],
  maintenance: maintenance.map((body) => ({ body, origin: "person" })),
  channels: [],
  silences: silences.map((matchers, index) => ({ id: String(index + 1), matchers, who: "ada", comment: "" })),
  settings: DEFAULT_ALERT_SETTINGS,
  now: NOW,
});

const alert = (host: string | null, more: Partial<SilenceableAlert> = {}): SilenceableAlert => ({
  rule: "host_silent",
  finding: "host_silent",
  severity: "warning",
  host: host === null ? null : { id: `id of ${host}`, name: host, labels: { rack: "r1" } },
  source: null,
  labels: { team: "clocks" },
  ...more,
});
const rack = (alerts: SilenceableAlert[]): SilenceableIncident => ({
  cause: { kind: "group", key: "group:rack=r1:host_silent", name: "rack=r1" },
  rules: ["host_silent"],
  alerts,
});
const caused = (kind: Cause["kind"], name: string): SilenceableIncident => ({
  ...rack([alert("web-1"), alert(null)]),
  cause: { kind, key: `${kind}:${name}`, name },
});
const TWO = rack([alert("web-1"), alert("web-2")]);

describe("a silence", () => {
  const asked: [string, Matchers, SilenceableIncident, boolean][] = [
    ["of one of two hosts", { host: "web-1" }, TWO, false],
    ["of both by the rule", { alertname: "host_silent" }, TWO, true],
    ["of the finding and the severity", { finding: "host_silent", severity: "warning" }, TWO, true],
    ["of another severity", { severity: "critical" }, TWO, false],
    ["of the rule's own label", { team: "clocks" }, TWO, true],
    ["of the hosts' label", { rack: "r1" }, TWO, true],
    ["of the incident's group", { group: "rack=r1", alertname: "host_silent" }, TWO, true],
    ["of another group", { group: "rack=r2" }, TWO, false],
    ["of a label that nobody has", { constructor: "x" }, TWO, false],
    ["of a source", { source: "10.0.0.9" }, { ...TWO, cause: { kind: "source", key: "source:10.0.0.9", name: "10.0.0.9" } }, true],
    ["of a host's incident", { host: "web-1" }, { ...rack([alert("web-1")]), cause: { kind: "host", key: "host:1", name: "web-1" } }, true],
    ["of the fleet", { alertname: "host_silent", group: "the fleet" }, caused("fleet", "the fleet"), true],
    ["of the server", { group: "the server" }, caused("server", "the server"), true],
    ["of a domain of the mesh", { group: "fra" }, caused("mesh", "fra"), true],
    ["of another domain", { group: "muc" }, caused("mesh", "fra"), false],
    ["of an upstream", { source: "GPS" }, caused("upstream", "GPS"), true],
    ["of an incident of which nothing goes on, by its rule", { alertname: "host_silent" }, rack([]), true],
    ["of an incident without alerts and rules", { alertname: "host_silent" }, { ...rack([]), rules: [] }, false],
  ];
  it.each(asked)("%s", (_, matchers, incident, holds) => {
    expect(silencedBy(incident, config([matchers]))).toBe(holds ? "1" : null);
    expect(wouldSilence(incident, matchers)).toBe(holds);
  });
  it("and others together cover what none of them does alone; the one that covers most is named", () => {
    const three = rack([alert("web-1"), alert("web-2", { labels: { team: "net" } }), alert("web-3", { labels: { team: "net" } })]);
    expect(silencedBy(three, config([{ host: "web-1" }, { team: "net" }]))).toBe("2");
    expect(silencedBy(three, config([{ team: "net" }]))).toBe(null);
  });
});

describe("a maintenance window", () => {
  const window = (hosts: Maintenance["hosts"], from = "2026-03-01T11:00:00Z"): Maintenance => ({
    name: "move",
    hosts,
    comment: "",
    once: { from, to: "2026-03-01T13:00:00Z" },
  });
  it.each([
    ["of all hosts", window({}), TWO, "move"],
    ["of their label", window({ labels: { rack: "r1" } }), TWO, "move"],
    ["of their group", window({ group: "rack-1" }), TWO, "move"],
    ["of a group that is not there", window({ group: "rack-9" }), TWO, null],
    ["of others", window({ labels: { rack: "r2" } }), TWO, null],
    ["that has not begun", window({}, "2026-03-01T12:30:00Z"), TWO, null],
    ["beside an alert of no host", window({}), rack([alert("web-1"), alert(null)]), null],
  ])("%s", (_, maintenance, incident, by) => expect(silencedBy(incident, config([], [maintenance]))).toBe(by));
});

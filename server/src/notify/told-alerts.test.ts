import type { Cause } from "@truebound/wire";
import { describe, expect, it } from "vitest";
import { fingerprint } from "./fingerprint.ts";
import { ALERT, INCIDENT, NOTICE } from "./notice.fixture.ts";
import { labelsOf, toldAlerts } from "./told-alerts.ts";

const names = (told: readonly { labels: Readonly<Record<string, string>> }[]) => told.map(({ labels }) => labels.alertname);
const on = (host: string) => ({ ...ALERT, host: { id: ALERT.host?.id ?? "", name: host, labels: {} } });
const group: Cause = { kind: "group", key: "group:rack=r1:host_silent", name: "rack=r1" };

describe("the labels of an alert", () => {
  it.each([
    [INCIDENT.cause, { host: "db-1" }],
    [{ kind: "source", key: "source:10.0.0.9", name: "10.0.0.9" }, { source: "10.0.0.9" }],
    [group, { group: "rack=r1" }],
    [{ kind: "fleet", key: "fleet", name: "fleet" }, { group: "fleet" }],
  ] as const)("of an incident by %j say whom it is about", (cause, about) =>
    expect(labelsOf(ALERT, cause)).toEqual({
      team: "db",
      alertname: "proved_outside_limit",
      severity: "critical",
      finding: "proved_outside_limit",
      ...about,
    }),
  );
  it("name the source beside the host", () => {
    expect(labelsOf({ ...ALERT, source: "ntp1" }, INCIDENT.cause)).toMatchObject({ host: "db-1", source: "ntp1" });
  });
  it("are not replaced by labels of a rule that have the same names", () => {
    const labels = { alertname: "mine", severity: "info", host: "other" };
    expect(labelsOf({ ...ALERT, labels }, INCIDENT.cause)).toMatchObject({ alertname: ALERT.rule, severity: "critical", host: "db-1" });
  });
});

describe("what is told of an incident", () => {
  it("of one host is what each alert says itself; of many the incident's title", () => {
    const summaryOf = (notice: Parameters<typeof toldAlerts>[0]) => toldAlerts(notice).firing[0]?.annotations.summary;
    const stepped = { ...ALERT, rule: "clock_stepped", words: "db-1: the clock was set back by 1 s" };
    expect(summaryOf({ ...NOTICE, alerts: [stepped] })).toBe("db-1: the clock was set back by 1 s");
    expect(summaryOf({ ...NOTICE, incident: { ...INCIDENT, rehearsal: true }, alerts: [stepped] })).toMatch(/^Rehearsal: db-1: /);
    expect(summaryOf({ ...NOTICE, incident: { ...INCIDENT, cause: group, title: "3 of 4 hosts" }, alerts: [stepped] })).toBe(
      "3 of 4 hosts",
    );
  });
  it("of many hosts is one alert for each rule", () => {
    const incident = { ...INCIDENT, cause: group };
    expect(toldAlerts({ ...NOTICE, incident, alerts: [on("a"), on("b"), on("c")] }).firing).toHaveLength(1);
  });
  it("ends by rule only when no host has it any more", () => {
    const incident = { ...INCIDENT, cause: group };
    const ended = [{ ...on("a"), ended_at: NOTICE.at }];
    expect(toldAlerts({ ...NOTICE, incident, alerts: [on("b")], ended }).over).toEqual([]);
    const other = { ...on("b"), rule: "host_silent" };
    expect(names(toldAlerts({ ...NOTICE, incident, alerts: [other], ended }).over)).toEqual(["proved_outside_limit"]);
    // Whether one of those that are not listed has it is known from the incident's rules.
    expect(toldAlerts({ ...NOTICE, incident, alerts: [other], ended, more: 7 }).over).toEqual([]);
  });
  it("is all over at the end, each once", () => {
    const ended = [{ ...ALERT, ended_at: NOTICE.at }];
    const told = toldAlerts({ ...NOTICE, kind: "resolved", alerts: ended, ended });
    expect([told.firing, told.over.map(({ endedAt }) => endedAt)]).toEqual([[], [NOTICE.at]]);
  });
  it("that lists no alerts is one for each of its rules", () => {
    const told = toldAlerts({ ...NOTICE, alerts: [], incident: { ...INCIDENT, rules: ["a", "b"] } });
    expect(names(told.firing)).toEqual(["a", "b"]);
  });
});

describe("a fingerprint", () => {
  it("is what an Alertmanager computes: read from version 0.25", () => {
    expect(fingerprint({})).toBe("cbf29ce484222325");
    expect(fingerprint({ b: "2", a: "1" })).toBe(fingerprint({ a: "1", b: "2" }));
    expect(fingerprint({ a: "1", b: "2" })).not.toBe(fingerprint({ a: "1b", "": "2" }));
  });
});

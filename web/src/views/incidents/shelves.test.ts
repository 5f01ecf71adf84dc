import type { Incident } from "@truebound/wire";
import { describe, expect, it } from "vitest";
import { incidentOf } from "./incident.fixture.ts";
import { hostSought, joined, matchingIncidents, shelved } from "./shelves.ts";

const MIRA = { who: "Mira Okafor", at: "2026-11-26T03:01:00Z" };
const ids = (incidents: readonly Incident[]) => incidents.map(({ id }) => id).join(" ");

describe("open incidents", () => {
  it("are apart by whether somebody has taken them, and whether anybody is told", () => {
    const { waiting, acknowledged, silenced } = shelved([
      incidentOf("1"),
      incidentOf("2", { acknowledged: MIRA }),
      incidentOf("3", { silenced_by: "12" }),
      incidentOf("4", { silenced_by: "sunday", acknowledged: MIRA }),
    ]);
    expect([ids(waiting), ids(acknowledged), ids(silenced)]).toEqual(["1", "2", "3 4"]);
  });

  it("come worst first: severity, real before rehearsed, certainty, hosts, the newest", () => {
    const { waiting } = shelved([
      incidentOf("1", { severity: "info", hosts: 900 }),
      incidentOf("2", { severity: "warning", hosts: 900 }),
      incidentOf("3", { severity: "critical", rehearsal: true, certainty: "proved_outside", hosts: 900 }),
      incidentOf("4", { severity: "critical", certainty: "cannot_prove", hosts: 900 }),
      incidentOf("5", { severity: "critical", certainty: "proved_outside", hosts: 1, opened_at: "2026-11-26T02:00:00Z" }),
      incidentOf("6", { severity: "critical", certainty: "proved_outside", hosts: 1 }),
      incidentOf("7", { severity: "critical", certainty: "proved_outside", hosts: 40 }),
    ]);
    expect(ids(waiting)).toBe("7 6 5 4 3 2 1");
  });

  it("of a severity that this page does not know stand above all", () => {
    const { waiting } = shelved([incidentOf("1", { severity: "critical" }), incidentOf("2", { severity: "dire" as Incident["severity"] })]);
    expect(ids(waiting)).toBe("2 1");
  });
});

it("finds incidents by the name of a host that they are about and do not name", () => {
  const rack = incidentOf("1", { title: "12 of 14 hosts with rack=r1: silent", cause: { kind: "group", key: "g", name: "rack=r1" } });
  const all = [rack, incidentOf("2")];
  expect([hostSought(" web-7 "), hostSought("web-7 silent"), hostSought("")]).toEqual(["web-7", null, null]);
  expect(ids(matchingIncidents(all, "web-7", null, [rack]))).toBe("1");
  expect(ids(matchingIncidents(all, "web-7", "critical", [rack]))).toBe("");
  expect(ids(joined([incidentOf("2")], [rack, incidentOf("2")]))).toBe("2 1");
});

it("finds incidents by words of what a row says, by rule, and by severity", () => {
  const all = [
    incidentOf("1", { cause: { kind: "source", key: "source:10.0.0.9", name: "10.0.0.9" }, certainty: "proved_outside" }),
    incidentOf("2", { rules: ["host_silent"], severity: "critical", acknowledged: MIRA }),
  ];
  expect(ids(matchingIncidents(all, "source proved", null))).toBe("1");
  expect(ids(matchingIncidents(all, "HOST_silent mira", null))).toBe("2");
  expect(ids(matchingIncidents(all, "", "critical"))).toBe("2");
  expect(ids(matchingIncidents(all, "nothing like it", null))).toBe("");
});

import type { IncidentDetail } from "@truebound/wire";
import { describe, expect, it } from "vitest";
import { alertOf, incidentOf } from "../incident.fixture.ts";
import { matchersText, silenceChoices } from "./silence-choices.ts";

const detail = (more: Partial<IncidentDetail>): IncidentDetail => ({
  ...incidentOf("1"),
  members: [],
  more: 0,
  timeline: [],
  deliveries: [],
  flights: [],
  ...more,
});
const told = (incident: IncidentDetail) =>
  silenceChoices(incident).map(({ words, matchers, matched }) => [words, matchers, matched.length]);

describe("what a silence may match", () => {
  it("is all of a host, or one of its rules there", () =>
    expect(
      told(
        detail({
          rules: ["no_majority", "host_late"],
          members: [alertOf("1", { rule: "no_majority" }), alertOf("1", { rule: "host_late" })],
        }),
      ),
    ).toEqual([
      ["everything of host db-1", { host: "db-1" }, 2],
      ["no_majority of host db-1", { alertname: "no_majority", host: "db-1" }, 1],
      ["host_late of host db-1", { alertname: "host_late", host: "db-1" }, 1],
    ]));

  it("is all of a source, however its alerts name it", () =>
    expect(
      told(
        detail({
          cause: { kind: "source", key: "source:10.0.0.9", name: "10.0.0.9" },
          rules: ["falseticker"],
          members: [alertOf("1", { rule: "falseticker", source: "ntp3 (10.0.0.9)" }), alertOf("2", { rule: "falseticker" })],
        }),
      ),
    ).toEqual([
      ["everything of source 10.0.0.9", { source: "10.0.0.9" }, 2],
      ["falseticker of source 10.0.0.9", { alertname: "falseticker", source: "10.0.0.9" }, 2],
    ]));

  it.each([
    [{ kind: "server", key: "server", name: "the server" }, "the server", { group: "the server" }],
    [{ kind: "fleet", key: "fleet:clock", name: "the fleet" }, "the fleet", { group: "the fleet" }],
    [{ kind: "mesh", key: "mesh:fra", name: "fra" }, "mesh fra", { group: "fra" }],
    [{ kind: "upstream", key: "upstream:GPS", name: "GPS" }, "upstream GPS", { source: "GPS" }],
  ] as const)("is all of %o, by the label of its alerts", (cause, words, label) =>
    expect(told(detail({ cause, rules: ["no_majority"], members: [alertOf("1", { rule: "no_majority" })] }))).toEqual([
      [`everything of ${words}`, label, 1],
      [`no_majority of ${words}`, { alertname: "no_majority", ...label }, 1],
    ]),
  );

  it("is no critical alert of a host that a source led astray", () =>
    expect(
      told(
        detail({
          cause: { kind: "source", key: "source:10.0.0.9", name: "10.0.0.9" },
          rules: ["falseticker"],
          members: [alertOf("1", { rule: "falseticker", severity: "warning" }), alertOf("2", { severity: "critical" })],
        }),
      )[0],
    ).toEqual(["everything of source 10.0.0.9", { source: "10.0.0.9" }, 1]));

  it("is a rule wherever it holds, where the cause has no name", () =>
    expect(told(detail({ cause: { kind: "server", key: "server", name: "" }, rules: ["server_clock_unproven"] }))).toEqual([
      ["server_clock_unproven, wherever it holds", { alertname: "server_clock_unproven" }, 0],
    ]));
});

it("writes matchers so that no value can pass for two", () =>
  expect(matchersText({ host: 'a" b="c', alertname: "x" })).toBe('host="a\\" b=\\"c" alertname="x"'));

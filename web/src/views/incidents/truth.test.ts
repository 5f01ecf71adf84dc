import { describe, expect, it } from "vitest";
import { incidentOf } from "./incident.fixture.ts";
import { type OpenList, truthOf } from "./truth.ts";

const AT = "2026-11-26T12:03:05.5Z";
const listOf = (items: OpenList["items"], more: Partial<OpenList> = {}): OpenList => ({
  items,
  alerting: "server",
  evaluated_at: AT,
  judging: { evaluated_at: AT, since_ms: 0, answered_ms: 0, isLate: false },
  ...more,
});
const late = (evaluated_at: string | null) => ({ evaluated_at, judging: { evaluated_at, since_ms: 0, answered_ms: 0, isLate: true } });
const MIRA = { who: "Mira Okafor", at: AT };

describe("the line of truth", () => {
  it("counts by severity", () =>
    expect(
      truthOf(
        listOf([
          incidentOf("1"),
          incidentOf("2", { severity: "critical" }),
          incidentOf("3", { acknowledged: MIRA }),
          incidentOf("4", { severity: "info" }),
        ]),
      ),
    ).toEqual({ tone: "critical", headline: "1 critical, 2 warnings, 1 info", facts: ["1 acknowledged"] }));

  it("does not count what nobody is told of, nor what is no real fault", () => {
    const quiet = [incidentOf("2", { silenced_by: "12" }), incidentOf("3", { severity: "critical", rehearsal: true })];
    const facts = ["1 silenced, nobody is told", "1 rehearsal, no real fault"];
    expect(truthOf(listOf([incidentOf("1"), ...quiet]))).toEqual({ tone: "warning", headline: "1 warning", facts });
    expect(truthOf(listOf(quiet))).toEqual({ tone: "info", headline: "Nothing is open but what is rehearsed or silenced", facts });
  });

  it("says that nothing is open only while somebody judges", () => {
    expect(truthOf(listOf([]))).toEqual({ tone: "calm", headline: "Nothing is open", facts: [] });
    expect(truthOf(listOf([], late(AT)))).toEqual({
      tone: "unknown",
      headline: "Nobody has judged since 2026-11-26 12:03:05 UTC",
      facts: ["What is wrong now is not known"],
    });
    expect(truthOf(listOf([], late(null)))).toMatchObject({ tone: "unknown", headline: "Nobody has judged yet" });
  });

  it("tells as past what was open when somebody last judged", () =>
    expect(truthOf(listOf([incidentOf("1", { severity: "critical" })], late(AT))).facts).toEqual([
      "What is wrong now is not known; open then: 1 critical",
    ]));

  it("does not say that nobody is told of what another tells", () =>
    expect(truthOf(listOf([incidentOf("1", { silenced_by: "12" })], { alerting: "prometheus" })).facts).toEqual([
      "1 silenced, no effect on Prometheus and Alertmanager, which tell people",
      "a Prometheus tells people, not this server",
    ]));

  it("says where another tells people", () =>
    expect(truthOf(listOf([], { alerting: "prometheus" })).facts).toEqual(["a Prometheus tells people, not this server"]));

  it("takes a severity that this page does not know for the worst", () =>
    expect(truthOf(listOf([incidentOf("1", { severity: "dire" as "critical" })]))).toMatchObject({ tone: "critical", headline: "1 dire" }));
});

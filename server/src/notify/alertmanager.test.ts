import type { Notice } from "@truebound/wire";
import { describe, expect, it } from "vitest";
import { postable } from "./alertmanager.ts";
import { ALERT, INCIDENT, NOTICE } from "./notice.fixture.ts";

const THEIR_CLOCK = "2026-11-26T10:00:09Z";
const stepped = { ...ALERT, id: "2", rule: "clock_stepped", finding: "clock_stepped" } as const;
const over: Notice = { ...NOTICE, kind: "resolved", incident: { ...INCIDENT, resolved_at: NOTICE.at }, alerts: [ALERT, stepped] };
const rules = (told: ReturnType<typeof postable>) => told.map(({ labels, endsAt }) => [labels.alertname, endsAt]);

describe("the end of an incident", () => {
  it("ends its alerts by the clock of who is told", () => {
    expect(rules(postable(over, THEIR_CLOCK))).toEqual([
      ["proved_outside_limit", THEIR_CLOCK],
      ["clock_stepped", THEIR_CLOCK],
    ]);
  });
  it("ends nothing that another incident goes on with", () => {
    const other = { ...NOTICE, incident: { ...INCIDENT, id: "13" }, alerts: [{ ...ALERT, id: "3", incident: "13" }] };
    expect(rules(postable(over, THEIR_CLOCK, [other]))).toEqual([["clock_stepped", THEIR_CLOCK]]);
  });
});

import { REASONS as REPORTED, STATUSES as REPORTED_STATUSES } from "@truebound/wire";
import { expect, it } from "vitest";
import { REASONS, STATUSES } from "./segment-record.ts";

it("has a number for each status and reason that a report can have", () => {
  expect([...STATUSES].sort()).toEqual([...REPORTED_STATUSES].sort());
  expect(REASONS.filter((reason) => reason !== null && reason !== "agent_stopped").sort()).toEqual([...REPORTED].sort());
});

import { expect, it } from "vitest";
import { DISTRIBUTED, type Placement, planDistribution, REFERENCE } from "./distribution.ts";

const TRIGGERS = 3;

it("spreads by host, beside the state, after what is referred to", () => {
  const plan = planDistribution(new Map());
  expect(plan.slice(0, TRIGGERS).every((statement) => statement.startsWith("drop trigger if exists "))).toBe(true);
  expect(plan.slice(TRIGGERS, TRIGGERS + REFERENCE.length)).toEqual(REFERENCE.map((table) => `select create_reference_table('${table}')`));
  expect(plan[TRIGGERS + REFERENCE.length]).toBe("select create_distributed_table('host_state', 'host_id')");
  expect(plan).toContain("select create_distributed_table('evidence', 'host_id', colocate_with => 'host_state')");
  expect(plan).toHaveLength(TRIGGERS + REFERENCE.length + DISTRIBUTED.length);
});

it("says nothing of what is done", () => {
  const all = new Map<string, Placement>([
    ...REFERENCE.map((table) => [table, "reference"] as const),
    ...DISTRIBUTED.map((table) => [table, "distributed"] as const),
  ]);
  expect(planDistribution(all)).toEqual([]);
  all.delete("host_minute");
  expect(planDistribution(all).slice(TRIGGERS)).toEqual([
    "select create_distributed_table('host_minute', 'host_id', colocate_with => 'host_state')",
  ]);
});

import { expect, it } from "vitest";
import type { PolicyRule } from "../policy/choose-policy.ts";
import { record } from "./record.fixture.ts";
import { FleetWatcher } from "./watcher.ts";

const rule = (limit_ns: number): PolicyRule => ({ version: 1, selector: { site: "fra" }, block: { limit_ns } });

it("says the limit that a host's policy sets, and tells of it when another is set", async () => {
  const [fra, lon] = [record({ id: "a", labels: { site: "fra" } }), record({ id: "b", labels: { site: "lon" } })];
  let rules = [rule(1_000_000)];
  const watcher = new FleetWatcher({ look: async (mark) => ({ records: mark === null ? [fra, lon] : [], rules, mark: "1" }) });
  await watcher.look(() => 0);
  expect(watcher.entries().map(({ summary }) => summary.limit_ns)).toEqual(["1000000", "100000000"]);
  const told: unknown[] = [];
  watcher.subscribe(({ id, limit_ns }) => told.push([id, limit_ns]));
  await watcher.look(() => 1_000);
  expect(told).toEqual([]);
  rules = [rule(50_000)];
  await watcher.look(() => 2_000);
  expect(told).toEqual([["a", "50000"]]);
});

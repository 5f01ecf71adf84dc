import { type SoakResult, soak } from "@truebound/testkit";
import { beforeAll, describe, expect, it } from "vitest";
import { times } from "../../../agent/test/acceptance/scale.ts";

const AGENTS = times(150, 1_000);
const SECONDS = times(20, 1_200);

describe("R50 a server under simulated agents that are killed, cut off, sent twice, stepped and slow, and a database that cuts connections", () => {
  let result: SoakResult;
  beforeAll(
    async () => {
      const everyMs = times(1_000, 10_000);
      result = await soak({ agents: AGENTS, everyMs, warmUpS: times(5, 300), seconds: SECONDS, seed: 50, snapshots: null }, () => {});
    },
    240_000 + SECONDS * 3_000,
  );

  it("went through every kind of fault, and was under load", () => {
    for (const kind of ["killed", "cut_off", "receipt_lost", "sent_twice", "clock_stepped"])
      expect([kind, result.tally.faults[kind] ?? 0]).toEqual([kind, expect.toSatisfy((count: number) => count > AGENTS / 30)]);
    expect(result.cut).toBeGreaterThan(0);
    expect(result.batches).toBeGreaterThan(AGENTS * 5);
    expect(result.tally.answers["200"]).toBeGreaterThan(AGENTS * 5);
  });
  it("has no gap that no fault explains: each batch with a receipt is stored once, in its chain, with its minutes", () => {
    expect(result.gaps).toEqual([]);
  });
  it("holds no more descriptors and connections afterwards than before", () => {
    expect(result.files[1]).toBeLessThanOrEqual(result.files[0]);
    expect(result.connections[1]).toBeLessThanOrEqual(result.connections[0]);
  });
});

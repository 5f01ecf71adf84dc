import { expect, it } from "vitest";
import { retentionTime } from "./fleet-time.ts";

const HOUR = 3_600_000_000_000n;
const T = 1_795_000_000_000_000_000n;

it.each([
  ["no host proves anything", null, T, false],
  ["the fleet is ahead", T + 60n * 24n * HOUR, T, false],
  ["the database is ahead by no more than an hour", T - HOUR, T, false],
  ["the database is ahead by more", T - HOUR - 1n, T - 1n, true],
  ["the database is 60 days ahead", T - 1440n * HOUR, T - 1439n * HOUR, true],
])("where %s, ages are judged at what both know", (_, fleet, now, isHeldBack) => {
  expect(retentionTime({ database: T, fleet })).toEqual({ now, isHeldBack, ahead: fleet === null ? null : T - fleet });
});

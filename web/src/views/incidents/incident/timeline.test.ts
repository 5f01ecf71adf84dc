import type { IncidentEntry } from "@truebound/wire";
import { expect, it } from "vitest";
import { newestFirst } from "./timeline.ts";

const entry = (at: string, words: string): IncidentEntry => ({ at, kind: "opened", who: null, words });

it("puts the newest entry first, and of one instant the one that was written later", () => {
  const story = [entry("2026-11-26T03:00:00Z", "a"), entry("2026-11-26T03:00:00.500Z", "b"), entry("2026-11-26T03:00:00.5Z", "c")];
  expect(newestFirst(story).map(({ words }) => words)).toEqual(["c", "b", "a"]);
});

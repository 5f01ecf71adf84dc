import { describe, expect, it } from "vitest";
import { firstSays, reported, secondSays, troubledWorld } from "./verified-scene.ts";

describe("a report of troubled clocks", () => {
  it.each([1, 2, 3])("holds for both verifiers (%i)", async (seed) => {
    const bundle = await reported(troubledWorld(seed, 4));

    expect(await firstSays(bundle)).toBeNull();
    expect(secondSays(bundle)).toBeNull();
  });
});

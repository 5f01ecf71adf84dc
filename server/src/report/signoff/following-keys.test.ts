import type { KeyChange } from "@truebound/wire";
import { describe, expect, it } from "vitest";
import { followingKeys } from "./following-keys.ts";

const change = (before: string, public_key: string, signature: string | null = "signed"): KeyChange => ({
  installation: "here",
  before,
  public_key,
  since_ns: "1",
  signature,
  proof: "proof",
});
const [ab, bc, cd] = [change("a", "b"), change("b", "c"), change("c", "d")];

describe("the way from a report's key to the one in use", () => {
  it.each([
    ["none is needed where it is in use still", "c", "c", [ab, bc], []],
    ["all of it, from wherever it begins", "b", "d", [ab, bc, cd], [bc, cd]],
    ["not beyond the key in use", "a", "b", [ab, bc], [ab]],
    ["none over a key that was lost", "a", "c", [ab, change("b", "c", null)], null],
    ["none from a key that nobody knows", "x", "c", [ab, bc], null],
    ["none where keys run in a circle", "a", "c", [ab, change("b", "a")], null],
  ])("is %s", (_, issuer, inUse, changes, way) => {
    expect(followingKeys(issuer, inUse, changes)).toEqual(way);
  });
});

import { utc } from "@truebound/time";
import { describe, expect, it } from "vitest";
import { falseSpells, type SourceChange } from "./false-spells.ts";

const HERE = "192.0.2.66";
const state = (at: bigint, from: string | null, to: string, host = "a", marked = false): SourceChange => ({
  host,
  source: "liar:123",
  at: utc(at),
  marked,
  change: { kind: "state", from, to },
});
const resolved = (at: bigint, address: string): SourceChange => ({ ...state(at, null, ""), change: { kind: "resolved", address } });
const ends = (changes: readonly SourceChange[]) => falseSpells(changes, HERE).map(({ host, began, ended }) => [host, began, ended]);

describe("who called a source false", () => {
  it("is from the state that says so to the next one that does not, whatever it was called meanwhile", () => {
    const changes = [state(1n, "agrees", "falseticker"), state(2n, "falseticker", "vote_void", "a", true), state(5n, "vote_void", "stale")];
    expect(falseSpells(changes, HERE)).toEqual([
      { host: "a", source: "liar:123", state: "falseticker", began: 1n, ended: 5n, marked: false },
    ]);
  });
  it("goes on where nothing ended it, also over a restart of the agent, and comes first then", () => {
    const changes = [
      state(1n, "agrees", "falseticker", "b"),
      state(2n, null, "falseticker", "b"),
      state(7n, "agrees", "falseticker"),
      state(9n, "falseticker", "agrees"),
    ];
    expect(ends(changes)).toEqual([
      ["b", 1n, null],
      ["a", 7n, 9n],
    ]);
  });
  it("has no beginning where it began before all that is looked at", () => {
    expect(ends([state(5n, "inconsistent_with_itself", "agrees"), state(6n, "agrees", "stale"), state(7n, "stale", "no_region")])).toEqual([
      ["a", null, 5n],
    ]);
  });
  it("is nothing of another machine that had the same name then", () => {
    const changes = [
      state(1n, "agrees", "falseticker"),
      resolved(2n, "192.0.2.7"),
      state(3n, "resolving", "falseticker"),
      resolved(4n, HERE),
      state(5n, "resolving", "falseticker"),
    ];
    expect(ends(changes)).toEqual([
      ["a", 5n, null],
      ["a", 1n, 2n],
    ]);
  });
});

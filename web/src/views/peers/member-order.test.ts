import { describe, expect, it } from "vitest";
import { matchingMembers, type Sort, sorted, sortOf } from "./member-order.ts";
import { member } from "./mesh.fixture.ts";

const bound = (lo: number, hi: number) => ({ lo_ns: String(lo), hi_ns: String(hi) });
const members = [
  member("db-10", { guaranteed: bound(-10, 5) }),
  member("db-9", { guaranteed: bound(-1, 90), measures: 0, measured_by: 1 }),
  member("web-1", { standing: "suspect" }),
  member("a-1", { trouble: "UDP port 8126 is taken" }),
  member("web-2", { standing: "flagged", guaranteed: bound(-1, 1) }),
];
const names = (sort: Sort) => sorted(members, sort).map(({ name }) => name);

describe("members", () => {
  it("come in the order that is asked for, numbers by their size", () => {
    expect(names("standing")).toEqual(["web-2", "web-1", "a-1", "db-9", "db-10"]);
    expect(names("name")).toEqual(["a-1", "db-9", "db-10", "web-1", "web-2"]);
    expect(names("bound")).toEqual(["a-1", "web-1", "db-9", "db-10", "web-2"]);
    expect(names("measured")[0]).toBe("db-9");
    expect(sortOf("nonsense")).toBe("standing");
  });
  it("are found by every word", () => {
    expect(matchingMembers(members, "web flagged").map(({ name }) => name)).toEqual(["web-2"]);
    expect(matchingMembers(members, "port 8126")).toHaveLength(1);
    expect(matchingMembers(members, " ")).toHaveLength(5);
    expect(matchingMembers(members, "nobody")).toEqual([]);
  });
});

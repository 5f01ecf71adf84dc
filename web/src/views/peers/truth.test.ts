import { describe, expect, it } from "vitest";
import { conflict, member, peersView } from "./mesh.fixture.ts";
import { truthOf } from "./truth.ts";

const members = [member("db-1"), member("db-2"), member("db-10")];
const silent = { measures: 0, measured_by: 0 };

describe("the line of truth", () => {
  it("says that nothing contradicts only of those that were compared", () => {
    expect(truthOf(peersView({ members }))).toMatchObject({
      tone: "consistent",
      headline: "All are consistent: nothing contradicts",
      counts: [],
    });
    expect(truthOf(peersView({ members: [...members, member("db-3", silent)] }))).toMatchObject({
      headline: "All 3 that were compared are consistent",
      counts: ["1 not compared"],
    });
    expect(truthOf(peersView({ members: [member("db-3", silent)] })).tone).toBe("nothing");
    expect(truthOf(peersView({ as_of: null, members })).tone).toBe("nothing");
  });
  it("names who is accused, counts, and says since when", () => {
    const view = peersView({
      members: [member("db-1", { standing: "flagged" }), member("db-2", { standing: "suspect" }), member("db-3", { standing: "suspect" })],
      conflicts: [
        conflict({ suspects: ["id-db-2", "id-db-3"], first_seen: "2026-11-26T03:09:00.000000000Z" }),
        conflict({ suspects: ["id-db-1"], flagged: ["id-db-1"] }),
        conflict({
          suspects: ["id-db-9"],
          flagged: ["id-db-9"],
          first_seen: "2026-11-25T00:00:00.000000000Z",
          ended_at: "2026-11-25T01:00:00.000000000Z",
        }),
      ],
    });
    expect(truthOf(view)).toMatchObject({
      tone: "accused",
      headline: "db-1 cannot be right. db-2 and db-3 cannot both be right",
      counts: ["1 flagged", "2 suspects"],
      since: "2026-11-26T03:00:00.000000000Z",
    });
  });
  it("does not accuse where it only suspects, and names who left by the beginning of its id", () => {
    const view = peersView({ conflicts: [conflict({ suspects: ["0123456789", "id-db-1", "id-db-2"] })], members });
    expect(truthOf(view)).toMatchObject({ tone: "suspected", headline: "At least 1 of 01234567…, db-1 and db-2 cannot be right" });
  });
});

import { describe, expect, it } from "vitest";
import { authenticatedFor, authenticatedWords } from "./authenticated-words.ts";
import { codeWords } from "./code-words.ts";

const NTS = { mode: "preferred", authenticated: true, name: "nts1.example", key: "k".repeat(43), dates: "confirmed" } as const;

describe("how a source is authenticated", () => {
  it("is said in words, and nothing of one that is asked without NTS", () => {
    expect(authenticatedWords({})).toBeNull();
    expect(authenticatedWords({ nts: NTS })).toBe("authenticated as nts1.example");
    expect(authenticatedWords({ nts: { ...NTS, dates: "provisional" } })).toContain("dates are not confirmed yet");
    expect(authenticatedWords({ nts: { ...NTS, authenticated: false, name: null, key: null, dates: null } })).toContain(
      "not authenticated",
    );
  });
  it.each([
    [3, 0, 0, null],
    [3, 3, 3, "authenticated"],
    [3, 2, 2, "authenticated for 2 of 3 hosts"],
    [3, 3, 0, "not authenticated"],
  ])("for %d users of whom %d ask so and %d are answered so: %s", (users, nts_users, authenticated_by, words) =>
    expect(authenticatedFor({ users, nts_users, authenticated_by })).toBe(words),
  );
  it("names what goes wrong by what it belongs to", () => {
    expect(["nts_ke_untrusted", "nts_forged", "no_majority"].map(codeWords)).toEqual(["NTS keys: untrusted", "NTS: forged", "no majority"]);
  });
});

import { describe, expect, it } from "vitest";
import { declarationNote, declarationTitle, declarationWords, declaredFor } from "./declaration-words.ts";

const DECLARATION = {
  ns: "1000",
  document: "d".repeat(64),
  signer: "NPL",
  valid_from: "2026-01-01T00:00:00.000000000Z",
  valid_to: "2027-01-01T00:00:00.000000000Z",
  void: null,
};

describe("what is declared of a source", () => {
  it("is said in words, and nothing of one of which nothing is", () => {
    expect(declarationWords({})).toBeNull();
    expect(declarationWords({ declaration: DECLARATION })).toMatch(/^root: declared, .*1 µs by NPL$/);
    expect(declarationWords({ declaration: { ...DECLARATION, void: "refid" } })).toBe(
      "root: advertised, since the declaration is void: it follows another clock",
    );
    expect(declarationNote(DECLARATION)).toBe("document dddddddddddd…, 2026-01-01 to 2027-01-01");
    expect(declarationNote({ ...DECLARATION, valid_to: "2027-01-01T12:00:00.000000000Z" })).toContain("to 2027-01-01T12:00:00.000000000Z");
    expect(declarationTitle(DECLARATION)).toContain(`document sha256 ${"d".repeat(64)}`);
  });
  it.each([
    [0, 0, null],
    [3, 0, "root: declared"],
    [2, 1, "root: declared for 2 of 3, void for 1"],
  ])("for %d it counts and for %d it does not: %s", (declared_for, declaration_void_for, words) =>
    expect(declaredFor({ declared_for, declaration_void_for })).toBe(words),
  );
});

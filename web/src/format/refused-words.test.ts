import { expect, it } from "vitest";
import { refusedWords } from "./refused-words.ts";

const url = "http://localhost:8123/api/v1/silences/3/end";

it("says the server's own words", () => {
  const refused = { kind: "refused", url, status: 409, title: "Read only", detail: "silence 3 is from rules.yaml; end it there" } as const;
  expect(refusedWords(refused)).toBe("Read only: silence 3 is from rules.yaml; end it there");
  expect(refusedWords({ ...refused, detail: null })).toBe("Read only");
});

it("does not call undone what may have been done", () =>
  expect(refusedWords({ kind: "unreachable", url, isTimeout: true })).toBe(
    "The server at http://localhost:8123 does not answer in time. Whether it was done is not known: look before you try again.",
  ));

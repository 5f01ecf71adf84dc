import { describe, expect, it } from "vitest";
import { CommentRequest } from "./people-alerts.ts";
import { validator } from "./validate.ts";

describe("what is wrong with a text", () => {
  const { errors } = validator(CommentRequest);
  it.each(["fixed \u{1f389}", "two\nlines", "a\u0000b", "\ud800"])("%j is told in words, and no pattern", (words) =>
    expect(errors({ who: "ada", words })).toEqual([
      { pointer: "/words", detail: "must be one line of text, without control and invisible characters and emoji" },
    ]),
  );
  it("is nothing where it is one line", () => expect(errors({ who: "ada", words: "läuft – 10 µs" })).toEqual([]));
});

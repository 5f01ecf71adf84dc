import { SOURCE_VERDICTS } from "@truebound/wire";
import { expect, it } from "vitest";
import { sourceVerdictLook, VERDICTS_WORST_FIRST } from "./source-verdict-look.ts";

it("tells every verdict from every other by its look alone", () => {
  expect(new Set(SOURCE_VERDICTS.map((verdict) => sourceVerdictLook(verdict).look)).size).toBe(SOURCE_VERDICTS.length);
});

it("has the server's order of them", () => expect(VERDICTS_WORST_FIRST).toEqual(SOURCE_VERDICTS));

it("never shows a verdict that it does not know as fine", () => {
  expect(sourceVerdictLook("hesitant")).toMatchObject({ look: "unknown", word: "hesitant" });
});

import { expect, it } from "vitest";
import { labelsOf, labelsText } from "./labels-text.ts";

it("reads labels as they are written, and says which one cannot be read", () => {
  expect(labelsOf("")).toEqual({});
  expect(labelsOf(" env=test , desk = x")).toContain('"desk = x"');
  expect(labelsOf("env=test, desk=a=b")).toEqual({ env: "test", desk: "a=b" });
  expect(labelsText({ env: "test", desk: "a b" })).toBe("env=test desk=a b");
});

import { expect, it } from "vitest";
import { dominant, termsOf } from "./terms.ts";

it("splits the width and names the largest part", () => {
  const terms = termsOf({ path_ns: "600", root_ns: "300", precision_ns: "0", stamp_ns: "50", drift_ns: "50", slew_ns: "0" });
  expect(terms.map(({ name, share }) => [name, share])).toEqual([
    ["path", 0.6],
    ["root", 0.3],
    ["precision", 0],
    ["stamp", 0.05],
    ["drift", 0.05],
  ]);
  expect(dominant(terms)?.name).toBe("path");
});

it("divides nothing by nothing", () => {
  expect(
    termsOf({ path_ns: "0", root_ns: "0", precision_ns: "0", stamp_ns: "0", drift_ns: "0", slew_ns: "0" }).every(
      ({ share }) => share === 0,
    ),
  ).toBe(true);
});

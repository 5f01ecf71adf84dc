import { expect, it } from "vitest";
import { gridBackground } from "./symlog-grid.ts";

it("draws every decade once, zero first and heaviest", () => {
  const lines = gridBackground({ linear_ns: 1e3, max_ns: 1e6 }).split(",linear-gradient");
  expect(lines).toHaveLength(9);
  expect(lines[0]).toContain("var(--zero)");
  expect(lines[0]).toContain("50.000% 0/2px");
});

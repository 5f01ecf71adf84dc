import { expect, it } from "vitest";
import { terminalLine } from "./terminal-line.ts";

const AT = new Date(Date.UTC(2026, 10, 26, 13, 0, 0, 7));

it("begins with the time, and is one line whatever a host put into it", () => {
  expect(terminalLine(AT, "", "Stopping")).toBe("2026-11-26T13:00:00.007Z Stopping\n");
  expect(terminalLine(AT, "warning: ", "a\u001b[31m\nb", { host: "x\u0007y", count: 2 })).toBe(
    "2026-11-26T13:00:00.007Z warning: a [31m b host=x y count=2\n",
  );
});

import { expect, it } from "vitest";
import { childLine } from "./child-line.ts";

it.each([
  ["2026-11-26T14:47:39.123Z host-clock warn  cannot report: ECONNREFUSED", { level: "warn", text: "cannot report: ECONNREFUSED" }],
  ["2026-11-26T14:47:39.123Z host-clock error Cannot use the folder", { level: "error", text: "Cannot use the folder" }],
  ["2026-11-26T14:47:39.123Z host-clock info  measuring", { level: "info", text: "measuring" }],
  ["warning: a simulated host lies", { level: "warn", text: "a simulated host lies" }],
  ["anything else: warn", { level: "info", text: "anything else: warn" }],
])("%s", (line, told) => expect(childLine(line)).toEqual(told));

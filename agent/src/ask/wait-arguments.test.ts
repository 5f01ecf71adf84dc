import { expect, it } from "vitest";
import { waitOptions } from "./wait-arguments.ts";

it.each([
  [{}, { bound: null, timeoutMs: 60_000, unverified: false, json: false }],
  [
    { bound: "500us", timeout: "2m", unverified: true as const },
    { bound: 500_000n, timeoutMs: 120_000, unverified: true },
  ],
  [{ bound: "1" }, "Cannot take --bound 1: write a span"],
  [{ bound: "0s" }, "Cannot take --bound 0s"],
  [{ timeout: "0s" }, "Cannot take --timeout 0s: write a span from 1s to 24h"],
  [{ timeout: "25h" }, "from 1s to 24h"],
  [{ timeout: "soon" }, "Cannot take --timeout soon"],
])("wait is told %j", (values, told) =>
  expect(waitOptions(values)).toEqual(typeof told === "string" ? expect.stringContaining(told) : expect.objectContaining(told)),
);

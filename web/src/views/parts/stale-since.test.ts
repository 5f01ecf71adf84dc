import { expect, it } from "vitest";
import type { Failure } from "../../api/answer.ts";
import { staleSince } from "./stale-since.ts";

const failure: Failure = { kind: "unreachable", url: "http://127.0.0.1:8123/api/v1/hosts", isTimeout: false };
const ready = { kind: "ready", value: [], failure: null, at_ms: 500 } as const;

it("is live while the stream and the renewal are", () => {
  expect(staleSince(ready, { kind: "live" })).toBeNull();
  expect(staleSince(ready, { kind: "connecting" })).toBeNull();
  expect(staleSince({ kind: "loading" }, { kind: "down", heard_ms: 9 })).toBeNull();
});
it("is as old as the last that was heard, by whichever way", () => {
  expect(staleSince(ready, { kind: "down", heard_ms: 700 })).toBe(700);
  expect(staleSince(ready, { kind: "down", heard_ms: 300 })).toBe(500);
  expect(staleSince({ ...ready, failure }, { kind: "live" })).toBe(500);
});

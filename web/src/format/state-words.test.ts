import { expect, it } from "vitest";
import { stateWords } from "./state-words.ts";

const host = { status: "proven", liveness: "silent", guaranteed: null, last_received_at: "2026-11-23T14:50:03.5Z" } as const;

it.each([
  [
    { ...host, words: "silent; its last report said: within 441 µs of UTC" },
    "silent",
    "since 2026-11-23 14:50:03 UTC; its last report said: within 441 µs of UTC",
  ],
  [
    { ...host, liveness: "carried", words: "carried, up to 2026-11-20T08:00:00Z; its last report said: within 441 µs of UTC" },
    "carried",
    "up to 2026-11-20T08:00:00Z; its last report said: within 441 µs of UTC",
  ],
  [{ ...host, last_received_at: null, words: "silent: it has never reported" }, "silent", "it has never reported"],
  [
    { ...host, liveness: "retired", words: "within 441 µs of UTC" },
    "retired",
    "last heard 2026-11-23 14:50:03 UTC; its last report said: within 441 µs of UTC",
  ],
  [
    { ...host, liveness: "revoked", last_received_at: null, words: "unknown: it has not reported yet" },
    "revoked",
    "its last report said: unknown: it has not reported yet",
  ],
  [{ ...host, status: "no_majority", liveness: "late", words: "no majority" }, "no majority", ""],
  [{ ...host, status: "conflict", liveness: "reporting", words: "conflict: the sources disagree" }, "conflict", "the sources disagree"],
  [
    {
      ...host,
      liveness: "reporting",
      peer_standing: "flagged",
      words: "60.3 ms ahead of UTC, at most 60.9 ms; its neighbours prove it wrong",
    },
    "proven",
    "60.3 ms ahead of UTC, at most 60.9 ms",
  ],
  [
    {
      ...host,
      status: "holdover",
      liveness: "reporting",
      words: "within 6 ms of UTC (holdover: no source gives a usable answer any more)",
    },
    "holdover",
    "within 6 ms of UTC (no source gives a usable answer any more)",
  ],
] as const)("%# says each thing once", (summary, state, words) => expect(stateWords(summary)).toEqual({ state, words }));

import type { ChannelView } from "@truebound/wire";
import { expect, it } from "vitest";
import { toldWords } from "./told-words.ts";

const channel = (more: Partial<ChannelView> = {}): ChannelView => ({
  name: "pager",
  kind: "pagerduty",
  severities: ["critical"],
  enabled: true,
  origin: "file",
  to: "PagerDuty",
  waiting: 0,
  last: null,
  ...more,
});
const LATE = { at: "2026-11-26T03:00:00.000000000Z", delivered: false, error: "it answers 503" };
const off = channel({ enabled: false });

it.each([
  ["no channel", [], "unverified", "Nobody is told: no channel is set"],
  ["one that is off", [off], "unverified", "Nobody is told: the only channel is switched off"],
  ["two that are off", [off, off], "unverified", "Nobody is told: every channel is switched off"],
  [
    "one for tickets alone",
    [channel({ severities: ["warning"] }), off],
    "unverified",
    "Nobody is told of what is critical: no channel takes it",
  ],
  ["one that fails", [channel({ last: LATE }), channel()], "conflict", "1 of 2 channels could not deliver lately"],
  ["one for all", [channel()], "proven", "People are told through 1 channel"],
] as const)("with %s", (_, value, look, words) =>
  expect(toldWords({ kind: "ready", value, failure: null, at_ms: 0 })).toEqual({ look, words }),
);

import type { HostEvent } from "@truebound/wire";
import { describe, expect, it } from "vitest";
import { eventText, foldEvents, foldText } from "./fold-events.ts";

const START = Date.parse("2026-11-26T12:00:00Z");
const event = (minutesAgo: number, more: Partial<HostEvent> = {}): HostEvent => ({
  at: new Date(START - minutesAgo * 60_000).toISOString(),
  at_marked: false,
  kind: "source_state_changed",
  source: "ntp2",
  detail: { to: "agrees", from: "falseticker" },
  words: "a source changed: ntp2, to agrees, from falseticker",
  ...more,
});
const stepped = (minutesAgo: number): HostEvent =>
  event(minutesAgo, { kind: "clock_stepped", source: null, detail: { by_ns: "250000000" }, words: "the clock was set forward by 250 ms" });

describe("events of a host", () => {
  it("fold where one source flaps, and leave every other where it was", () => {
    const step = stepped(33);
    const other = event(44, { source: "ntp3", words: "a source changed: ntp3, to agrees" });
    const flaps = Array.from({ length: 14 }, (_, index) => event(index * 9));
    const lines = foldEvents([...flaps.slice(0, 4), step, flaps[4] as HostEvent, other, ...flaps.slice(5)]);
    expect(lines.map(({ events }) => events)).toEqual([flaps, [step], [other]]);
    expect(lines.map(foldText)[0]).toEqual({
      lead: "ntp2 flapped 14 times in 1 h 57 min",
      details: "the last: ntp2, to agrees, from falseticker",
    });
  });
  it("do not fold where they are few, or hours apart", () => {
    const apart = [0, 61, 122, 183, 244].map((minutes) => event(minutes));
    expect(foldEvents(apart)).toEqual(apart.map((one) => ({ events: [one] })));
    const few = [event(0), event(1), event(2)];
    expect(foldEvents(few)).toEqual(few.map((one) => ({ events: [one] })));
  });
  it("of no source fold by their kind", () =>
    expect(foldText(foldEvents([0, 1, 2, 3].map(stepped))[0] ?? { events: [] })).toEqual({
      lead: "the clock was set forward by 250 ms, 4 times in 3 min",
      details: "",
    }));
  it("say of the last alone what is its own", () => {
    const back = { ...stepped(1), detail: { by_ns: "-3000000000" }, words: "the clock was set back by 3 s" };
    expect(foldText({ events: [stepped(0), back, stepped(2), stepped(3)] })).toEqual({
      lead: "clock stepped, 4 times in 3 min",
      details: "the last: the clock was set forward by 250 ms",
    });
  });
  it.each([
    [event(0), "a source changed", "ntp2, to agrees, from falseticker"],
    [stepped(0), "the clock was set forward by 250 ms", ""],
    [event(0, { source: null, detail: { version: 2 }, words: "a policy was applied: version 2" }), "a policy was applied", "version 2"],
    [
      event(0, { source: null, detail: {}, words: "the sources moved at once: the host's own ruler jumped, most likely" }),
      "the sources moved at once: the host's own ruler jumped, most likely",
      "",
    ],
  ])("%# say what happened, and then its details", (one, lead, details) => expect(eventText(one)).toEqual({ lead, details }));
});

import { describe, expect, it } from "vitest";
import { readHttpDate } from "./alertmanager.ts";
import { httpOutcome } from "./http-outcome.ts";

const answer = (status: number, text = "", retryAfter: number | null = null) => httpOutcome({ status, text, retryAfter, date: null });

describe("an answer", () => {
  it.each([
    [200, "delivered"],
    [202, "delivered"],
    [204, "delivered"],
    [301, "again"],
    [302, "again"],
    [400, "refused"],
    [401, "again"],
    [404, "again"],
    [413, "refused"],
    [422, "refused"],
    [429, "again"],
    [500, "again"],
    [503, "again"],
  ] as const)("of status %i is %s", (status, kind) => expect(answer(status).kind).toBe(kind));
  it("says when to come again", () => expect(answer(429, "", 7)).toMatchObject({ afterSeconds: 7 }));
  it("is told in one short line without control characters", () => {
    expect(answer(500, `no\r\nX: y\u0007${"z".repeat(5000)}`)).toMatchObject({
      why: expect.stringMatching(/^it answers 500 \(no X: y z{100,160}…\); see/),
    });
  });
});

describe("the clock of a receiver", () => {
  it.each([
    ["Thu, 26 Nov 2026 18:00:01 GMT", "2026-11-26T18:00:01Z"],
    ["Sun, 06 Nov 1994 08:49:37 GMT", "1994-11-06T08:49:37Z"],
    ["Sunday, 06-Nov-94 08:49:37 GMT", null],
    ["Thu, 26 Foo 2026 18:00:01 GMT", null],
    ["", null],
    [null, null],
  ])("%s is read as %s", (date, read) => expect(readHttpDate(date)).toBe(read));
});

import { readFileSync } from "node:fs";
import { NO_CALENDAR } from "@truebound/time";
import { describe, expect, it } from "vitest";
import { sha1 } from "../adapters/identity-file.ts";
import { LeapBook } from "./leap-book.ts";

const LIST = readFileSync(new URL("../../../server/data/leap-seconds.list", import.meta.url), "ascii");

describe("the leap list in force", () => {
  it("is none at first, then the last one whose hash is right", () => {
    const book = new LeapBook(sha1);
    expect([book.calendar, book.text]).toEqual([NO_CALENDAR, null]);
    expect(book.offer(LIST)).toMatchObject({ kind: "kept", leaps: 27 });
    expect(book.offer(LIST)).toEqual({ kind: "same" });
    const torn = LIST.slice(0, 200);
    expect(book.offer(torn)).toEqual({
      kind: "refused",
      why: "line 15: the line is neither a comment nor a row of NTP seconds and TAI−UTC",
    });
    expect(book.offer(torn)).toEqual({ kind: "same" });
    expect([book.calendar.leaps.length, book.text]).toEqual([27, LIST]);
  });
});

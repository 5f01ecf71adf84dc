import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatJoinToken, parseJoinToken } from "./join-token.ts";

const base64url = fc.string({ unit: fc.constantFrom(..."ABCxyz019-_"), minLength: 43, maxLength: 43 });

describe("a join token", () => {
  it("is read as it was written", () => {
    fc.assert(
      fc.property(base64url, fc.array(base64url, { maxLength: 3 }), fc.webUrl(), (secret, pins, server) => {
        expect(parseJoinToken(`${formatJoinToken({ secret, pins, server })}\n`)).toEqual({ secret, pins, server });
      }),
    );
  });
  it("may be the bare secret", () => {
    const secret = "s".repeat(43);
    expect(parseJoinToken(` ${secret}\n`)).toEqual({ secret, pins: [], server: null });
  });
  it.each([
    "",
    "tbj1",
    "s".repeat(42),
    `tbj1.${"s".repeat(43)}`,
    `tbj1.${"s".repeat(43)}..%E0%A4%A`,
    `tbj1.${"s".repeat(43)}..a\udfffb`,
    `tbj2.${"s".repeat(43)}..x`,
  ])("%j is none", (text) => expect(parseJoinToken(text)).toBeNull());
  it("crashes on no text", () => {
    fc.assert(fc.property(fc.string(), (text) => parseJoinToken(text) === null || text.trim().length >= 43));
  });
});

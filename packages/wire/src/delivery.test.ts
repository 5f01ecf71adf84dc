import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeDelivery, encodeDelivery, MAX_DELIVERY_BATCHES } from "./delivery.ts";

const bytes = fc.uint8Array({ maxLength: 40 });
const delivery = fc.record({ batches: fc.array(bytes, { minLength: 1, maxLength: 6 }), live: fc.option(bytes) });

describe("a delivery", () => {
  it("comes back as it was sent", () => {
    fc.assert(
      fc.property(delivery, (sent) => {
        expect(decodeDelivery(encodeDelivery(sent))).toEqual(sent);
      }),
    );
  });
  it("of any bytes is one that encodes to the same bytes, or says what is wrong", () => {
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 60 }), delivery.map(encodeDelivery)), fc.nat(), fc.nat(255), (whole, where, flip) => {
        const changed = Uint8Array.from(whole);
        if (changed.length > 0) changed[where % changed.length] = (changed[where % changed.length] as number) ^ flip;
        const read = decodeDelivery(changed);
        if (typeof read !== "string") expect(encodeDelivery(read)).toEqual(changed);
      }),
    );
  });
  it.each([
    ["nothing", new Uint8Array(), "holds no batch"],
    ["only a live status", encodeDelivery({ batches: [], live: new Uint8Array([1]) }), "holds no batch"],
    ["a cut head", new Uint8Array([1, 0, 0]), "ends at byte 3, in the middle of a part's head"],
    ["a length beyond its end", new Uint8Array([1, 0, 0, 0, 9, 7]), "ends at byte 6, but the part at 0 goes to 14"],
    ["an unknown kind", new Uint8Array([3, 0, 0, 0, 0]), "has a part of kind 3 at byte 0"],
    [
      "something behind the live status",
      new Uint8Array([2, 0, 0, 0, 0, 1, 0, 0, 0, 0]),
      "goes on at byte 5, behind the live status that ends it",
    ],
  ])("with %s says so", (_, whole, problem) => expect(decodeDelivery(whole)).toBe(problem));
  it("holds no more batches than may be", () => {
    const batches = Array.from({ length: MAX_DELIVERY_BATCHES + 1 }, () => new Uint8Array());
    expect(decodeDelivery(encodeDelivery({ batches, live: null }))).toMatch(/more than 500/);
  });
});

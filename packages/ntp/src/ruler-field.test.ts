import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decode, encode } from "./packet.ts";
import { askForRuler, asksForRuler, readRuler, tellRuler } from "./ruler-field.ts";

const header = encode({
  leap: 0,
  version: 4,
  mode: 3,
  stratum: 0,
  poll: 4,
  precision: 0,
  rootDelay: 0,
  rootDispersion: 0,
  refid: 0,
  reference: 0n,
  origin: 0n,
  receive: 0n,
  transmit: 77n,
});
const u32 = fc.integer({ min: 0, max: 0xffff_ffff });

describe("a reading of the ruler", () => {
  it("is read as it was told", () =>
    fc.assert(
      fc.property(u32, fc.bigInt({ min: 1n, max: 2n ** 61n - 1n }), u32, u32, (ruler, receive, error, hold) => {
        const reading = { ruler, receive, error: BigInt(error), hold: BigInt(hold) };
        expect(readRuler(tellRuler(header, reading))).toEqual(reading);
      }),
    ));
  it("leaves the packet what it was, and the reply no longer than its request", () => {
    const request = askForRuler(header);
    expect(asksForRuler(request)).toBe(true);
    expect(decode(request)).toMatchObject({ mode: 3, transmit: 77n });
    expect(tellRuler(header, { ruler: 1, receive: 5n, error: 2n, hold: 3n })).toHaveLength(request.length);
  });
  it("is not told where it does not fit, and a hold only grows less", () => {
    expect(tellRuler(header, { ruler: 1, receive: 5n, error: 2n ** 32n, hold: 3n })).toHaveLength(48);
    expect(readRuler(tellRuler(header, { ruler: 1, receive: 5n, error: 1n, hold: 2n ** 40n }))?.hold).toBe(0xffff_ffffn);
  });
  it("that no ruler shows is none: else one peer makes reports about it that no server takes", () => {
    for (const receive of [2n ** 61n, 2n ** 63n, 2n ** 64n - 1n])
      expect(readRuler(tellRuler(header, { ruler: 1, receive, error: 1n, hold: 1n }))).toBeNull();
  });
  it("is not read out of a request, of other fields, or of any bytes at all by accident", () => {
    expect(readRuler(askForRuler(header))).toBeNull();
    expect(readRuler(header)).toBeNull();
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(readRuler(bytes) === null || asksForRuler(bytes)).toBe(true);
      }),
    );
  });
});

import { utc } from "@truebound/time";
import { describe, expect, it } from "vitest";
import { placed } from "./batch.fixture.ts";
import { eventPlacer, parseSent, placeReadings } from "./placement.ts";

const received = utc(5_000_000n);
const journey = { receivedAt: received, bootId: "boot", sent: { bootId: "boot", boottime: 1_000n } };
const bare = (boottime: bigint) => placed(0n, null, { boottime });

describe("a place on the UTC axis", () => {
  it("is REALTIME plus the middle of the bound", () => {
    expect(placeReadings([placed(100n, [10n, 21n])], journey)).toMatchObject([{ at: 115n, marked: false }]);
  });
  it("without a bound is beside the nearest reading that has one, else by age, else by receipt; always marked", () => {
    const anchors = [placed(100n, [0n, 0n], { boottime: 10n }), placed(900n, [0n, 0n], { boottime: 50n })];
    expect(placeReadings([...anchors, bare(12n), bare(40n), bare(60n), bare(5n)], journey).slice(2)).toMatchObject(
      [102n, 890n, 910n, 95n].map((at) => ({ at, marked: true })),
    );
    expect(placeReadings([bare(400n)], journey)).toMatchObject([{ at: 4_999_400n, marked: true }]);
    expect(placeReadings([bare(1_001n)], journey)).toMatchObject([{ at: received, marked: true }]);
    expect(placeReadings([bare(400n)], { ...journey, bootId: "later boot" })).toMatchObject([{ at: received, marked: true }]);
    expect(placeReadings([bare(400n)], { ...journey, sent: null })).toMatchObject([{ at: received, marked: true }]);
  });
  it("of an event is as good as that of the reading beside it", () => {
    expect(eventPlacer(placeReadings([placed(100n, [0n, 0n], { boottime: 10n })], journey), journey)(7n)).toEqual({
      at: 97n,
      marked: false,
    });
    expect(eventPlacer([], journey)(900n)).toEqual({ at: 4_999_900n, marked: true });
  });
});

describe("the header of sending", () => {
  it.each([
    ["boot 12", { bootId: "boot", boottime: 12n }],
    ["boot 0", { bootId: "boot", boottime: 0n }],
    ["boot -1", null],
    ["boot 1.5", null],
    ["boot", null],
    ["a b 1", null],
    [`boot ${"9".repeat(30)}`, null],
    ["", null],
  ])("%j", (text, sent) => expect(parseSent(text)).toEqual(sent));
});

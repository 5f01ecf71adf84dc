import { describe, expect, it } from "vitest";
import { type NicSays, nicStamps } from "./nic.ts";

const CLOCK = { stamping: 0x5d, phcIndex: 2, txTypes: 3, rxFilters: 3 };
const says = (config: NicSays["config"], clock: NicSays["clock"] = CLOCK): NicSays => ({ index: 4, config, clock });
const stamping = (txType: number, rxFilter: number, flags = 0) => nicStamps(says({ flags, txType, rxFilter }));

describe("what a card stamps by itself", () => {
  it("is both ways where its filter lets all packets in, or those of NTP, and transmission is on", () => {
    expect([stamping(1, 1), stamping(1, 15)]).toEqual(Array(2).fill({ index: 4, phcIndex: 2, receive: true, transmit: true }));
  });
  it("is one way where a daemon of PTP has set the filter for itself, and nothing where all is off", () => {
    expect(stamping(1, 12)).toMatchObject({ receive: false, transmit: true });
    // One-step Syncs say nothing of packets of NTP; some packets are not these.
    expect(stamping(2, 1)).toMatchObject({ receive: true, transmit: false });
    expect([stamping(0, 0), stamping(2, 2), stamping(3, 14)]).toEqual(["stamps_off", "stamps_off", "stamps_off"]);
  });
  it("leaves what is sent to ptp4l, wherever that may run", () => {
    const beside = (txType: number, rxFilter: number) => nicStamps(says({ flags: 0, txType, rxFilter }), true);
    expect(beside(1, 1)).toMatchObject({ receive: true, transmit: false });
    expect([beside(1, 12), beside(0, 0)]).toEqual(["left_to_ptp4l", "stamps_off"]);
  });
  it("is nothing of what does not answer, of a bond, and of a card without a clock", () => {
    expect(nicStamps(says(null))).toBe("no_answer");
    expect(nicStamps(says({ flags: 0, txType: 1, rxFilter: 1 }, null))).toBe("no_answer");
    expect(nicStamps({ ...says({ flags: 0, txType: 1, rxFilter: 1 }), index: null })).toBe("no_answer");
    expect(stamping(1, 1, 1)).toBe("bonded");
    expect(nicStamps(says({ flags: 0, txType: 1, rxFilter: 1 }, { ...CLOCK, phcIndex: -1 }))).toBe("no_clock");
  });
});

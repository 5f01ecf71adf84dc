import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { followsNobodyOfUtc, parsePmc } from "./ptp4l.ts";

/** As pmc of linuxptp 3.1.1 printed it beside a ptp4l with software stamps. */
const recorded = (masterOffset: string, gmPresent: string, state: string, clockClass: string) => `sending: GET TIME_STATUS_NP
sending: GET PORT_DATA_SET
sending: GET PARENT_DATA_SET
sending: GET TIME_PROPERTIES_DATA_SET
	9e5c3b.fffe.ea6dd1-0 seq 0 RESPONSE MANAGEMENT TIME_STATUS_NP 
		master_offset              ${masterOffset}
		ingress_time               1795785490506433225
		cumulativeScaledRateOffset +0.000000000
		scaledLastGmPhaseChange    0
		gmTimeBaseIndicator        0
		lastGmPhaseChange          0x0000'0000000000000000.0000
		gmPresent                  ${gmPresent}
		gmIdentity                 42bb53.fffe.a9d203
	9e5c3b.fffe.ea6dd1-1 seq 1 RESPONSE MANAGEMENT PORT_DATA_SET 
		portIdentity            9e5c3b.fffe.ea6dd1-1
		portState               ${state}
		logMinDelayReqInterval  0
		peerMeanPathDelay       0
	9e5c3b.fffe.ea6dd1-0 seq 2 RESPONSE MANAGEMENT PARENT_DATA_SET 
		parentPortIdentity                    42bb53.fffe.a9d203-1
		parentStats                           0
		grandmasterPriority1                  10
		gm.ClockClass                         ${clockClass}
		gm.ClockAccuracy                      0xfe
	9e5c3b.fffe.ea6dd1-0 seq 3 RESPONSE MANAGEMENT TIME_PROPERTIES_DATA_SET 
		currentUtcOffset      37
		currentUtcOffsetValid 0
		timeTraceable         0
		timeSource            0xa0
`;
const FOLLOWING = recorded("367", "true", "SLAVE", "248");
const LISTENING = recorded("0", "false", "LISTENING", "255");

describe("what pmc tells of ptp4l", () => {
  it("is read with our sign: linuxptp's offset is the clock less its grandmaster", () => {
    expect(parsePmc(FOLLOWING)).toEqual({
      portState: "SLAVE",
      isGrandmasterPresent: true,
      offsetNs: -367n,
      clockClass: 248,
      isTimeTraceable: false,
    });
    expect(parsePmc(LISTENING)).toMatchObject({ portState: "LISTENING", offsetNs: null, clockClass: 255 });
    // A clock that never serves keeps the data sets of a grandmaster that is gone.
    const kept = recorded("367", "true", "LISTENING", "6");
    expect(parsePmc(kept)).toMatchObject({ portState: "LISTENING", isGrandmasterPresent: false, offsetNs: null });
  });
  it("is of the port that follows, where there are several", () => {
    const other = "	x-2 seq 1 RESPONSE MANAGEMENT PORT_DATA_SET \n		portState               MASTER\n";
    expect(parsePmc(other + FOLLOWING)).toMatchObject({ portState: "SLAVE" });
    expect(parsePmc(other + LISTENING)).toMatchObject({ portState: "MASTER" });
  });
  it("shows a grandmaster that follows nothing itself, once it is followed", () => {
    const follows = (text: string) => {
      const read = parsePmc(text);
      return "field" in read ? read.field : followsNobodyOfUtc(read);
    };
    expect([FOLLOWING, recorded("1", "true", "SLAVE", "6"), recorded("1", "true", "UNCALIBRATED", "248"), LISTENING].map(follows)).toEqual([
      true,
      false,
      false,
      false,
    ]);
  });
  it("is refused by the name of what is wrong with it", () => {
    for (const field of ["portState", "master_offset", "gmPresent", "gm.ClockClass", "timeTraceable"]) {
      expect(parsePmc(FOLLOWING.replace(`		${field} `, "		another "))).toMatchObject({ field });
      expect(parsePmc(FOLLOWING.replace(new RegExp(`(\t\t${field} +).*`), "$1strange"))).toMatchObject({ field });
    }
    expect(parsePmc("sending: GET TIME_STATUS_NP\n")).toMatchObject({ field: "portState" });
  });
  it("never throws, whatever is said", () => {
    const text = fc.oneof(
      fc.string({ unit: "binary", maxLength: 500 }),
      fc.string().map((noise) => recorded(noise, "true", "SLAVE", noise)),
    );
    fc.assert(
      fc.property(text, (said) => {
        const read = parsePmc(said);
        expect("field" in read || typeof read.clockClass === "number").toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { pmcSays, type Told } from "./ptp.fixture.ts";
import { changedBetween, LOOK_QUESTIONS, type PtpLook, readPtpLook } from "./ptp-look.ts";

const read = (changes: Partial<Told> = {}): PtpLook => {
  const look = readPtpLook(pmcSays(changes));
  if ("field" in look) throw new Error(look.field);
  return look;
};
const FIELDS = [
  "parentPortIdentity",
  "gm.ClockClass",
  "gm.ClockAccuracy",
  "grandmasterIdentity",
  "currentUtcOffset",
  "leap61",
  "leap59",
  "currentUtcOffsetValid",
  "ptpTimescale",
  "timeTraceable",
  "portState",
  "logSyncInterval",
  "delayMechanism",
  "stepsRemoved",
  "meanPathDelay",
  "master_offset",
  "ingress_time",
  "gmPresent",
];

describe("one look at the data sets of a ptp4l", () => {
  it("asks, and sets nothing", () => expect(LOOK_QUESTIONS.every((question) => question.startsWith("GET "))).toBe(true));
  it("is what a bound is made of, in the standard's sign and unit", () => {
    expect(read()).toEqual({
      portState: "SLAVE",
      parentPort: "42bb53.fffe.a9d203-1",
      ingress: 1_795_785_490_506_433_225n,
      newestIngress: 1_795_785_490_506_433_225n,
      appliedUtcOffset: 37,
      logSyncInterval: -3,
      delayMechanism: 1,
      received: { syncs: 4711n, followUps: 4711n },
      facts: {
        isGrandmasterPresent: true,
        grandmaster: "42bb53.fffe.a9d203",
        clockClass: 6,
        clockAccuracy: 0x21,
        isTimeTraceable: true,
        isPtpTimescale: true,
        isUtcOffsetValid: true,
        currentUtcOffset: 37,
        leap: 0,
        stepsRemoved: 1,
        offsetScaled: 367n << 16n,
        meanPathDelayScaled: 1000n << 16n,
        isPeerDelay: false,
        printedScaled: 3_278n,
      },
    });
  });
  it("takes the delay to the neighbour where delays are measured from peer to peer", () => {
    expect(read({ delayMechanism: 2 }).facts).toMatchObject({
      isPeerDelay: true,
      meanPathDelayScaled: 800n << 16n,
      printedScaled: 65_536n,
    });
  });
  it("adds up what all its ports received, and knows nothing of it where ptp4l does not count", () => {
    const twice = pmcSays().replace(/(\t\S+ seq 7 RESPONSE MANAGEMENT PORT_STATS_NP[\s\S]*)$/, (block) => block + block);
    expect(readPtpLook(twice)).toMatchObject({ received: { syncs: 9422n, followUps: 9422n } });
    expect([read({ received: null }).received, read({ received: [1n, -1n] }).received]).toEqual([null, null]);
  });
  it("reads fractions, signs and leaps", () => {
    const changed = pmcSays({ offset: -12n })
      .replace(" 1000.0", " 1000.5")
      .replace("leap59                0\n", "leap59                1\n");
    expect(readPtpLook(changed)).toMatchObject({
      facts: { offsetScaled: -12n << 16n, meanPathDelayScaled: (1000n << 16n) + 32_768n, leap: -1 },
    });
  });
  it("sees that no Sync has come", () => {
    expect(read({ ingress: 0n })).toMatchObject({ ingress: null, newestIngress: null });
  });
  it("tells the offset of a Sync from before the data sets were read, and which one was the last when they had been", () => {
    const look = read({ ingress: 5n, offset: 7n, late: { ingress: 6n, offset: 8n } });
    expect(look).toMatchObject({ ingress: 5n, newestIngress: 6n, facts: { offsetScaled: 7n << 16n } });
    expect(read({ late: { gmPresent: false } }).facts.isGrandmasterPresent).toBe(false);
  });
  it("is refused where one of the two answers of the time status is lost", () => {
    const [head = "", ...rest] = pmcSays().split(/(?=\t\S+ seq \d)/);
    const without = (lost: number) => readPtpLook(head + rest.filter((_, index) => index !== lost).join(""));
    expect([without(0), without(rest.length - 2)]).toMatchObject([{ field: "TIME_STATUS_NP" }, { field: "TIME_STATUS_NP" }]);
  });
  it("is of the port that follows, where there are several", () => {
    const other =
      "	x-2 seq 9 RESPONSE MANAGEMENT PORT_DATA_SET \n		portState               MASTER\n		logSyncInterval 1\n		delayMechanism 1\n";
    const two = (changes: Partial<Told> = {}) => pmcSays(changes).replace(/(?=\t\S+ seq 4)/, other);
    expect(readPtpLook(two())).toMatchObject({ portState: "SLAVE", logSyncInterval: -3 });
    expect(readPtpLook(two({ portState: "LISTENING" }))).toMatchObject({ portState: "MASTER" });
  });
  it.each(FIELDS)("is refused by the name of what is wrong with it: %s", (field) => {
    const escaped = field.replace(".", "\\.");
    // Of what stands there twice either is needed; what is asked first of all is what this port would say as a grandmaster.
    expect(readPtpLook(pmcSays().replace(new RegExp(`\t\t${escaped} +.*`, "g"), ""))).toMatchObject({ field });
    expect(readPtpLook(pmcSays().replace(new RegExp(`(\t\t${escaped} +).*`, "g"), "$1#strange"))).toMatchObject({ field });
  });
  it("has changed when anything but offset and delay has", () => {
    expect(changedBetween(read(), read({ offset: 5n, ingress: 6n }))).toBe(false);
    const changes: Partial<Told>[] = [
      { clockClass: 7 },
      { grandmaster: "000000.0000.000001" },
      { stepsRemoved: 2 },
      { currentUtcOffset: 36 },
    ];
    expect(changes.map((change) => changedBetween(read(), read(change)))).toEqual([true, true, true, true]);
    expect(changedBetween(read(), read({ portState: "UNCALIBRATED" }))).toBe(true);
  });
  it("never throws, whatever is said", () => {
    const text = fc.oneof(
      fc.string({ unit: "binary", maxLength: 400 }),
      fc.tuple(fc.nat(2_000), fc.string({ maxLength: 30 })).map(([at, noise]) => pmcSays().slice(0, at) + noise + pmcSays().slice(at)),
    );
    fc.assert(
      fc.property(text, (said) => {
        const look = readPtpLook(said);
        expect("field" in look || typeof look.facts.offsetScaled === "bigint").toBe(true);
      }),
      { numRuns: 150 },
    );
  });
});

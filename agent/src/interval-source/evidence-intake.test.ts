import { type HostReading, type LeapList, ppb, raw, utc } from "@truebound/time";
import { describe, expect, it } from "vitest";
import { sayHead, sayLine } from "../evidence/say-line.ts";
import { readingAt } from "../observe/reading.fixture.ts";
import { EvidenceIntake, MOST_LINE, MOST_LINES } from "./evidence-intake.ts";

/** UTC at RAW 0 of the fixture, where REALTIME is right. */
const EPOCH = 1_795_000_000_000_000_000n;
const DOCUMENT = "a".repeat(64);
const MS = 1_000_000n;
const KERNEL = { freq: 0n, tick: 10_000n, offset: 0n, status: 0, constant: 2n, maxError: 0n, tai: 37 };

/** An intake on a clock that is moved by hand; S is 100 ppm. */
function intakeAt(over: { readonly document?: string; readonly hasRaw?: boolean; readonly leapList?: LeapList } = {}) {
  const clock = { ms: 0, stepped: 0 };
  const look = (): HostReading => ({ ...readingAt(clock.ms, clock.stepped), kernel: KERNEL });
  const steering = () => ({ kind: "chrony" as const, maxSlew: ppb(100_000n) });
  const { hasRaw = true, document = null, leapList = null } = over;
  const intake = new EvidenceIntake({ look, steering, hasRaw, document, leapList: () => leapList });
  intake.begin();
  return { intake, clock, say: (text: string) => intake.take(Buffer.from(text)) };
}

const heard = (clock: "realtime" | "raw" = "realtime") => {
  const all = intakeAt();
  all.say(`${sayHead({ clock, document: DOCUMENT, model: null })}\n`);
  return all;
};
const at = (ms: number, lo: bigint, hi: bigint) => `${sayLine({ t: EPOCH + BigInt(ms) * MS, lo, hi })}\n`;
const refused = ({ refusals }: EvidenceIntake) => Object.fromEntries(refusals);

describe("lines on REALTIME", () => {
  it("are carried to RAW, and own what the clock can have been slewed since", () => {
    const { intake, clock, say } = heard();
    clock.ms = 1000;
    expect(say(at(990, -50n, 70n))).toBe(true);
    const taken = intake.taken();
    if (taken?.kind !== "readings") throw new Error("Cannot go on without a reading");
    const [{ raw: instant, lo, hi, cap, document }] = taken.readings;
    // 10 ms at 100 ppm are 1 µs; the bracket of 100 ns is on top.
    expect(cap).toBeGreaterThanOrEqual(1050n);
    expect(cap).toBeLessThan(1200n);
    expect([instant - 990n * MS <= cap && 990n * MS - instant <= cap, document]).toEqual([true, DOCUMENT]);
    expect([lo <= EPOCH - 50n && EPOCH - 50n - lo <= 2n * cap, hi >= EPOCH + 70n && hi - EPOCH - 70n <= 2n * cap]).toEqual([true, true]);
  });
  it("are void across a step, whichever way it went", () => {
    const { intake, clock, say } = heard();
    [clock.ms, clock.stepped] = [1000, 500];
    say(at(990, 0n, 0n));
    say(at(1490, 0n, 0n));
    [clock.ms, clock.stepped] = [2000, -500];
    say(at(1990, 0n, 0n));
    expect([refused(intake), intake.taken()?.kind]).toEqual([{ external_clock_stepped: 3 }, "refused"]);
  });
  it("are void where the clock was set back so lately that a stamp may be of the time before that, also behind a later look", () => {
    const { intake, clock, say } = heard();
    clock.ms = 8000;
    say(at(7990, 0n, 0n));
    // Set back by 2 s. Stamped at 10,000 before that: the next look shows less, and the one after it more.
    [clock.ms, clock.stepped] = [11_500, -2000];
    say("\n");
    intake.taken();
    clock.ms = 13_000;
    say(at(10_000, 0n, 0n));
    expect([refused(intake).external_clock_stepped, intake.taken()?.kind]).toEqual([1, "refused"]);
    // By then no line that is taken can be of before.
    for (const ms of [15_000, 19_000, 22_000]) {
      clock.ms = ms;
      say("\n");
    }
    intake.taken();
    say(at(19_990, 0n, 0n));
    expect(intake.taken()?.kind).toBe("readings");
  });
  it("are held against looks of long enough ago, however often something is said", () => {
    const { intake, clock, say } = heard();
    clock.ms = 1000;
    say("\n");
    for (let ms = 1100; ms <= 4000; ms += 100) {
      [clock.ms, clock.stepped] = [ms, -500];
      say("\n");
    }
    intake.taken();
    say(at(3450, 0n, 0n));
    expect([refused(intake).external_clock_stepped, intake.taken()?.kind]).toEqual([1, "refused"]);
  });
  it.each(["raw", "realtime"] as const)("are refused on %s where UTC would not lie between 1970 and 2096", (clock) => {
    const { intake, clock: hand, say } = heard(clock);
    hand.ms = 1000;
    const t = clock === "raw" ? 990n * MS : EPOCH + 990n * MS;
    for (const lo of [-(2n ** 62n) + 1n, -t - 1n, 4_000_000_000_000_000_000n - t, 2n ** 62n - 1n]) say(`${sayLine({ t, lo, hi: lo })}\n`);
    expect([refused(intake), intake.taken()?.kind]).toEqual([{ external_no_interval: 4 }, "refused"]);
  });
  it("are refused where UTC would be 1024 weeks off, by the leap list: a GPS week number began again; and taken where it may be of now", () => {
    const updated = utc(EPOCH - 86_400_000n * MS);
    const { intake, clock, say } = intakeAt({ leapList: { updated, expires: utc(EPOCH + 1n), rows: [] } });
    say(`${sayHead({ clock: "realtime", document: DOCUMENT, model: null })}\n`);
    clock.ms = 1000;
    const rollover = 1024n * 7n * 86_400_000n * MS;
    say(at(990, -rollover - 5n, -rollover + 5n));
    expect([refused(intake), intake.taken()]).toEqual([
      { external_before_leap_list: 1 },
      { kind: "refused", reason: "external_before_leap_list" },
    ]);
    say(at(992, rollover - 5n, rollover + 5n));
    expect(refused(intake)).toEqual({ external_before_leap_list: 1, external_beyond_leap_list: 1 });
    intake.taken();
    say(at(993, -rollover, 0n));
    expect(intake.taken()?.kind).toBe("readings");
  });
  it("are refused of the future, and of long ago", () => {
    const { intake, clock, say } = heard();
    clock.ms = 20_000;
    say(at(20_001, 0n, 0n));
    say(at(9_000, 0n, 0n));
    expect(refused(intake)).toEqual({ external_in_the_future: 1, external_too_old: 1 });
  });
});

describe("lines on RAW", () => {
  it("are taken as they are", () => {
    const { intake, clock, say } = heard("raw");
    clock.ms = 1000;
    say(`${sayLine({ t: 990n * MS, lo: EPOCH - 5n, hi: EPOCH + 5n })}\n`);
    const reading = { raw: raw(990n * MS), lo: EPOCH - 5n, hi: EPOCH + 5n, cap: 0n, document: DOCUMENT };
    expect(intake.taken()).toEqual({ kind: "readings", readings: [reading] });
    expect(intake.taken()).toBeNull();
  });
  it("are refused where this host's RAW cannot be read", () => {
    const { intake, say } = intakeAt({ hasRaw: false });
    say(`${sayHead({ clock: "raw", document: DOCUMENT, model: null })}\n${sayLine({ t: 0n, lo: 0n, hi: 0n })}\n`);
    expect(refused(intake)).toEqual({ external_no_raw: 1 });
  });
});

describe("whoever says too much", () => {
  it("is read a line at a time, however the bytes come, and only the narrowest and the newest are kept", () => {
    const { intake, clock, say } = heard("raw");
    clock.ms = 1000;
    const lines = [10n, 3n, 20n].map((half, index) => `${sayLine({ t: BigInt(index + 1) * MS, lo: -half, hi: half })}\n`).join("");
    for (const character of lines) expect(say(character)).toBe(true);
    const taken = intake.taken();
    expect(taken?.kind === "readings" && taken.readings.map(({ raw: instant, hi }) => [instant / MS, hi])).toEqual([
      [2n, 3n],
      [3n, 20n],
    ]);
  });
  it("is not read faster than it may be said, by RAW", () => {
    const { intake, clock, say } = heard("raw");
    const flood = (from: number) =>
      Array.from({ length: 3 * MOST_LINES }, (_, index) => `${sayLine({ t: BigInt(from + index), lo: 0n, hi: 0n })}\n`).join("");
    clock.ms = 10;
    expect(say(flood(0))).toBe(true);
    // One of them was the head.
    expect(refused(intake).external_too_fast).toBe(2 * MOST_LINES + 1);
    clock.ms = 510;
    say(flood(1000));
    expect(refused(intake).external_too_fast).toBe(2 * MOST_LINES + 1 + 2.5 * MOST_LINES);
  });
  it("is cut off with a line that never ends, or that is none without a head", () => {
    expect(heard().say("x".repeat(MOST_LINE + 1))).toBe(false);
    expect(heard().say(`${"x".repeat(MOST_LINE + 1)}\n`)).toBe(false);
    const { intake, say } = intakeAt();
    expect(say(at(0, 0n, 0n))).toBe(false);
    expect(refused(intake)).toEqual({ external_no_head: 1 });
  });
  it("is not believed by another document than the one that was agreed on", () => {
    const { intake, clock, say } = intakeAt({ document: DOCUMENT });
    expect(say(`${sayHead({ clock: "raw", document: "b".repeat(64), model: null })}\n`)).toBe(false);
    intake.begin();
    clock.ms = 1000;
    const other = JSON.stringify({ t: "1", lo: 0, hi: 0, document: "b".repeat(64) });
    expect(say(`${sayHead({ clock: "raw", document: DOCUMENT, model: null })}\n${other}\n`)).toBe(true);
    expect(refused(intake)).toEqual({ external_other_document: 2 });
  });
});

it("a look from before a stamp is remembered also where lines come in a burst", () => {
  const { intake, clock, say } = heard();
  clock.ms = 1000;
  say(at(900, 0n, 0n));
  clock.ms = 1001;
  say(at(950, 0n, 0n));
  const taken = intake.taken();
  expect([refused(intake), taken?.kind === "readings" && taken.readings.at(-1)?.raw]).toEqual([{}, 950_000_050n]);
});

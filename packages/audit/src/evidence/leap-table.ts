import { BILLION, formatUtc, parseUtc, readUtc, utc } from "@truebound/time";
import type { Cut, Smear } from "../audit-case.ts";

/** TAI − UTC in seconds that holds from an instant of UTC on; ascending, at least one row. */
export type LeapTable = readonly LeapStep[];
export interface LeapStep {
  readonly from: bigint;
  readonly taiMinusUtc: number;
}

/** Where UTC can have a leap, and written in the one way in which a manifest says instants. */
const BEGINS_MONTH = /^\d{4}-\d\d-01T00:00:00\.000000000Z$/;

/** As a manifest prints it; null = it is none: another table than UTC can have would hide time, or count it twice. */
export function readLeapTable(rows: readonly (readonly [string, number])[]): LeapTable | null {
  const table = rows.map(([from, taiMinusUtc]) => ({ from: BEGINS_MONTH.test(from) ? parseUtc(from) : null, taiMinusUtc }));
  const isGood = table.every(({ from, taiMinusUtc }, index) => {
    const before = table[index - 1];
    const follows = before === undefined || (before.from !== null && from !== null && before.from < from);
    return from !== null && follows && (before === undefined ? Number.isSafeInteger(taiMinusUtc) : isLeap(before.taiMinusUtc, taiMinusUtc));
  });
  return isGood && table.length > 0 ? (table as LeapStep[]) : null;
}

/** By one second, whichever way. */
const isLeap = (before: number, after: number): boolean => Math.abs(after - before) === 1;

export const sayLeapTable = (table: LeapTable): (readonly [string, number])[] =>
  table.map(({ from, taiMinusUtc }) => [formatUtc(utc(from)), taiMinusUtc]);

const seconds = (count: number): bigint => BigInt(count) * BILLION;

/** From the count that POSIX keeps to the axis that has no leaps. */
export function toAxis(at: bigint, table: LeapTable): bigint {
  const row = table.findLast(({ from }) => from <= at) ?? (table[0] as LeapStep);
  return at + seconds(row.taiMinusUtc);
}

interface PlacedStep {
  /** On the axis: where an inserted second begins, or where 23:59:59 is left out. */
  readonly begins: bigint;
  readonly inserts: boolean;
}

const stepsOf = (table: LeapTable): PlacedStep[] =>
  table.slice(1).map(({ from, taiMinusUtc }, index) => {
    const before = (table[index] as LeapStep).taiMinusUtc;
    return { begins: from + seconds(before), inserts: taiMinusUtc > before };
  });

/** The second itself, and one on either side: that is how well a clock that repeats or skips one says when it was. */
export const leapCuts = (table: LeapTable): Cut[] =>
  stepsOf(table).map(({ begins, inserts }) => ({
    from: begins - (inserts ? 1n : 2n) * BILLION,
    to: begins + (inserts ? 2n : 1n) * BILLION,
    reason: "leap",
  }));

/** Instant of the axis as RFC 3339; only an inserted second is shown as :60. */
export function sayInstant(at: bigint, table: LeapTable): string {
  const row = table.findLast(({ from, taiMinusUtc }) => from + seconds(taiMinusUtc) <= at) ?? (table[0] as LeapStep);
  const inserted = stepsOf(table).some(({ begins, inserts }) => inserts && begins <= at && at < begins + BILLION);
  return formatUtc(utc(at - seconds(row.taiMinusUtc)), inserted);
}

const SAID = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z$/;

/** The first instant that has no year of four digits: the last inserted second that can be written is counted as it. */
const YEAR_10000 = 253_402_300_800n * BILLION;

function readSaid(text: string) {
  const read = SAID.test(text) ? readUtc(text) : null;
  return read !== null && read.at < YEAR_10000 ? read : null;
}

/** Whether `sayInstant` may have said it. */
export const isInstant = (text: string): boolean => readSaid(text) !== null;

/** The count of UTC of one that is in no inserted second; null = it is none, or written in another way: as texts they sort as they follow. */
export function utcOf(text: string): bigint | null {
  const read = readSaid(text);
  return read === null || read.leapSecond ? null : read.at;
}

/** Back from what `sayInstant` says; null = it is no instant, or written in another way. */
export function readInstant(text: string, table: LeapTable): bigint | null {
  const read = readSaid(text);
  if (read === null) return null;
  return read.leapSecond ? toAxis(read.at, table) - BILLION : toAxis(read.at, table);
}

const NOON_NS = 43_200n * BILLION;
/** From the noon before a leap to the noon after. */
export const SMEAR_NS = 86_401n * BILLION;

/** Each leap as it is taken by whoever smears it. */
export const smearsOf = (table: LeapTable): Smear[] =>
  stepsOf(table).map(({ begins, inserts }) => ({ begins: begins - NOON_NS, step: inserts ? 1 : -1 }));

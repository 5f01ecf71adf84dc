import { divFloor, formatUtc, parseUtc, type UtcInstant, utc } from "@truebound/time";

/** A day of UTC, counted from 1970-01-01, as the clock of the database tells it. */
export type Day = number;

export const DAY_NS = 86_400_000_000_000n;
const NAME = /^evidence_(\d{4})(\d\d)(\d\d)$/;

export const dayOf = (at: bigint): Day => Number(divFloor(at, DAY_NS));
export const startOf = (day: Day): UtcInstant => utc(BigInt(day) * DAY_NS);

/** 2026-11-26 */
export const sayDay = (day: Day): string => formatUtc(startOf(day)).slice(0, 10);

export const partitionOf = (day: Day): string => `evidence_${sayDay(day).replaceAll("-", "")}`;

/** Null for what is no partition of a day, such as the DEFAULT one. */
export function dayOfPartition(name: string): Day | null {
  const [, year, month, date] = NAME.exec(name) ?? [];
  const at = year === undefined ? null : parseUtc(`${year}-${month}-${date}T00:00:00Z`);
  return at === null ? null : dayOf(at);
}

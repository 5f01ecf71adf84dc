/** Spans as text, to the nanosecond: nothing is rounded, in either direction. `words.ts` has the rounded ones. */
const UNITS = [
  ["s", 9],
  ["ms", 6],
  ["µs", 3],
] as const;
const MINUTE_NS = 60_000_000_000n;
const LONG = [
  ["d", 1440n],
  ["h", 60n],
  ["min", 1n],
] as const;

/** Every nanosecond in the units that people use: "8 h 13 min 2.25 s", "−100 µs". */
export function exactSpan(ns: bigint | string): string {
  const value = BigInt(ns);
  if (value < 0n) return `−${exactSpan(-value)}`;
  return value >= MINUTE_NS ? long(value) : short(value);
}

function long(value: bigint): string {
  let minutes = value / MINUTE_NS;
  const parts = LONG.flatMap(([unit, size]) => {
    const count = minutes / size;
    minutes -= count * size;
    return count > 0n ? [`${thousands(count)}\u00a0${unit}`] : [];
  });
  const rest = value % MINUTE_NS;
  return [...parts, ...(rest > 0n ? [short(rest)] : [])].join(" ");
}

function short(value: bigint): string {
  if (value === 0n) return "0\u00a0s";
  const [unit, digits] = UNITS.find(([, places]) => value >= 10n ** BigInt(places)) ?? ["ns", 0];
  const text = String(value).padStart(digits + 1, "0");
  const whole = digits === 0 ? text : text.slice(0, -digits);
  const fraction = digits === 0 ? "" : text.slice(-digits).replace(/0+$/, "");
  return `${whole}${fraction === "" ? "" : `.${fraction}`}\u00a0${unit}`;
}

/** 12,345: thousands apart. */
export const thousands = (count: number | bigint): string => String(count).replace(/\B(?=(\d{3})+$)/g, ",");

/** A micro sign, and the Greek letter that some keyboards give for it. */
const SPAN = /^(\d{1,13})(?:\.(\d{1,9}))?\s*(ns|us|[\u00b5\u03bc]s|ms|s)$/;
const PLACES: Readonly<Record<string, number>> = { ns: 0, us: 3, "\u00b5s": 3, "\u03bcs": 3, ms: 6, s: 9 };

/** "100us", "100 µs" and "0.1ms" as ns. Null = there is no unit, no number, or a part of a nanosecond. */
export function readSpan(text: string): bigint | null {
  const [, whole, fraction = "", unit = ""] = SPAN.exec(text.trim()) ?? [];
  const places = PLACES[unit];
  if (whole === undefined || places === undefined) return null;
  const exact = fraction.replace(/0+$/, "");
  return exact.length > places ? null : BigInt(`${whole}${exact.padEnd(places, "0")}`);
}

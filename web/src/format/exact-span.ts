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

/** Every nanosecond in the units that people use, nothing rounded: "8 h 13 min 2.25 s", "−100 µs". As reports print spans. */
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
    return count > 0n ? [`${count}\u00a0${unit}`] : [];
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

/** A decimal as exactly so many ns: `digits` = how many digits behind the point are one ns (9 for seconds, 6 for milliseconds). Rounded outward; null = it is none. */
export function decimalNs(text: string, digits: number): bigint | null {
  const [, sign, whole, fraction = ""] = /^([+-]?)(\d{1,12})(?:\.(\d{1,18}))?$/.exec(text) ?? [];
  if (whole === undefined) return null;
  const rest = fraction.slice(digits);
  const ns = BigInt(`${whole}${fraction.slice(0, digits).padEnd(digits, "0")}`) + (/[1-9]/.test(rest) ? 1n : 0n);
  return sign === "-" ? -ns : ns;
}

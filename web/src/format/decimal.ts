/**
 * A decimal string as something that compares exactly, with numbers and with its like: a number as long as that is exact, which
 * is much cheaper than a bigint where there are ten thousand of them.
 */
export function comparable(decimal: string): number | bigint {
  const value = Number(decimal);
  return Number.isSafeInteger(value) ? value : BigInt(decimal);
}

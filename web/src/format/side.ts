/** What the sign of an offset says: reference minus local, so positive means that the host's clock is behind. */
export function side(offset: bigint): string {
  if (offset === 0n) return "on UTC";
  return offset > 0n ? "behind UTC" : "ahead of UTC";
}

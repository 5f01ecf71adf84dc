/** Stretches that one press picks. The key is what the address carries. */
export const QUICK_RANGES = [
  { from: "now-15m", text: "15 min" },
  { from: "now-1h", text: "1 h" },
  { from: "now-6h", text: "6 h" },
  { from: "now-24h", text: "24 h" },
  { from: "now-7d", text: "7 d" },
] as const;

import { createHash, sign } from "node:crypto";
import { stated } from "@truebound/agent";
import { type Batch, packColumn, type StatedSpan } from "@truebound/wire";
import { batchOf, type FakeAgent } from "./fake-agent.ts";

const S = 1_000_000_000n;
export const MINUTE = 60n * S;
export const T0 = 1_740_830_400n * S;
const BOOTED = 1_700_000_000n * S;
export const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

/** Scattered as real ones are, and always the same. */
const scatter = (n: number, below: number) => BigInt((n * 2_654_435_761) % below);

export const spanAt = (minute: number): StatedSpan => {
  const fromRealtime = T0 + BigInt(minute) * MINUTE + scatter(minute, 1_000_003);
  const lasted = MINUTE - scatter(minute + 7, 999_983);
  const raw = fromRealtime - BOOTED;
  const lo = -60_000n - scatter(minute, 900_001);
  const hi = 60_000n + scatter(minute + 3, 900_001);
  return {
    fromRealtime,
    toRealtime: fromRealtime + lasted,
    fromRaw: raw,
    toRaw: raw + lasted + scatter(minute, 9_001),
    lo,
    hi,
    readings: 60,
    status: "proven",
  };
};

/** What a host says of one minute, its spans not signed apart. */
export function minuteBatch(agent: FakeAgent, minute: number): Batch {
  const one = spanAt(minute);
  return batchOf(agent.id, [{ realtime: one.toRealtime, lo: one.lo, hi: one.hi }], {
    spans: {
      from_raw_ns: packColumn([one.fromRaw]),
      from_realtime_ns: packColumn([one.fromRealtime]),
      to_raw_ns: packColumn([one.toRaw]),
      to_realtime_ns: packColumn([one.toRealtime]),
      lo_ns: packColumn([one.lo]),
      hi_ns: packColumn([one.hi]),
      readings: [one.readings],
      status: [one.status],
    },
  });
}

/** The same, signed apart. */
export const apart = (agent: FakeAgent, minute: number): Batch =>
  stated(minuteBatch(agent, minute), { sign: (text) => sign(null, Buffer.from(text), agent.key) }, sha256);

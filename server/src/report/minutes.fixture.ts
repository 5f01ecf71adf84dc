import { utc } from "@truebound/time";
import { type Batch, packColumn } from "@truebound/wire";
import { batchOf } from "../../test/fake-agent.ts";

export const S = 1_000_000_000n;
export const FROM = utc(1_772_409_600n * S);

/** A minute's batch: a reading each ten seconds, known throughout, and one span. */
export function minute(agent: string, index: number, offset = 0n): Batch {
  const begin = FROM + BigInt(index) * 60n * S;
  const rows = Array.from({ length: 6 }, (_, row) => ({
    realtime: begin + BigInt(row + 1) * 10n * S - offset,
    lo: offset - 20_000n,
    hi: offset + 30_000n,
    throughout: [offset - 25_000n, offset + 35_000n] as const,
  }));
  const [from, to] = [begin - offset, begin + 60n * S - offset];
  const booted = 1_700_000_000n * S;
  return batchOf(agent, rows, {
    spans: {
      from_raw_ns: packColumn([from - booted]),
      from_realtime_ns: packColumn([from]),
      to_raw_ns: packColumn([to - booted]),
      to_realtime_ns: packColumn([to]),
      lo_ns: packColumn([offset - 22_000n]),
      hi_ns: packColumn([offset + 32_000n]),
      readings: [60],
      status: ["proven"],
    },
  });
}

import { readFileSync, readSync } from "node:fs";
import { SegmentWriter } from "@truebound/agent";
import { openClocks } from "@truebound/client";

/**
 * `write-segment PATH AXIS K VALID_NS PAUSE_MS`: writes a segment as an agent would, of a clock that is stepped by up to a second with
 * every record. UTC is AXIS (raw or monotonic) plus K, so a reader knows the truth by its own clock; and a record's epoch is its sequence,
 * so a reader knows a record of two writes. AXIS host: this host's own clocks, and a millisecond on either side. PAUSE_MS 0 = as fast as it goes. Begins when it is
 * sent a line, and ends when it is killed.
 */
const [path = "", axis = "raw", k = "0", validNs = "0", pauseMs = "0"] = process.argv.slice(2);
const BOOT_ID = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
const clocks = openClocks();
const writer = new SegmentWriter(path, (_, message) => process.stderr.write(`${message}\n`));
const byRaw = axis !== "monotonic";
if (byRaw && !clocks.hasRaw) throw new Error("Cannot write by RAW: koffi is not installed");
let seq = Number(process.hrtime.bigint() % 1_000_000_000_000n);

/** UTC at MONOTONIC and RAW of the record lies within the bound: both were read between `before` and `after`. */
function write(): void {
  const before = clocks.sample();
  const { monotonic, raw, realtime, boottime } = clocks.sample();
  const [from, to] = byRaw ? [before.raw as bigint, raw as bigint] : [before.monotonic, monotonic];
  const isHost = axis === "host";
  const stepped = BigInt(Math.trunc((Math.random() * 2 - 1) * 1e9));
  seq += 1;
  writer.write({
    status: "proven",
    reason: null,
    bootId: BOOT_ID,
    host: null,
    evidence: { epoch: seq % 0x1_0000_0000, seq },
    clocks: {
      realtime: isHost && realtime !== null ? realtime : to + BigInt(k) - stepped,
      monotonic,
      boottime: boottime ?? 0n,
      raw: byRaw ? raw : null,
      spanNs: to - from,
    },
    offset: isHost ? { lo: -1_000_000n, hi: 1_000_000n } : { lo: stepped - 1_000n - (to - from), hi: stepped + 1_000n },
    rawGrowthPpb: 200_000n,
    endsAtLeap: false,
    monotonicGrowthPpb: 1_000_000n,
    expires: monotonic + BigInt(validNs),
    vmMarker: null,
  });
}

process.stdout.write("ready\n");
// Until it is told to begin, and so that it ends with whoever was to tell it.
if (readSync(0, new Uint8Array(8)) === 0) process.exit(0);
write();
process.stdout.write("writing\n");
if (Number(pauseMs) > 0) setInterval(write, Number(pauseMs));
else for (;;) write();

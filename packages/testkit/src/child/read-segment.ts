import { ClockClient, type ClockSample, NativeClocks, openClocks, PlainClocks, SegmentFile } from "@truebound/client";

/** `read-segment now SEGMENT`, `race SEGMENT READS K AXIS` and `cost SEGMENT READS [each] [plain]`: what the checks of the other readers do. */
const [mode = "", path = "", reads = "0", ...rest] = process.argv.slice(2);
if (mode === "race") race(path, Number(reads), BigInt(rest[0] ?? "0"), rest[1] === "raw");
else if (mode === "cost") cost(path, Number(reads), rest.includes("each"), rest.includes("plain"));
else if (mode === "now") now(path);
else process.exitCode = 2;

/** The file itself is read at each turn. */
function race(segment: string, wanted: number, k: bigint, byRaw: boolean): void {
  const all = openClocks();
  // The writer's REALTIME is of a clock that is not this host's.
  const sample = (): ClockSample => ({ ...all.sample(), realtime: null, boottime: null });
  const file = new SegmentFile(segment);
  let held = 0n;
  const source = {
    read: (now: bigint) => {
      const read = file.read(now);
      if (typeof read !== "string") held = read.monotonic;
      return read;
    },
    marker: () => null,
    bootId: null,
    close: () => file.close(),
  };
  const client = new ClockClient({ clocks: { hasRaw: all.hasRaw, sample }, source, refreshNs: 0n });
  const axis = ({ raw, monotonic }: ClockSample): bigint => (byRaw ? (raw as bigint) : monotonic);
  const counts = { reads: 0, bounded: 0, unknown: 0, torn: 0, missed: 0, longest_ns: 0, records: 0 };
  let last = -1;
  for (; counts.bounded < wanted; counts.reads++) {
    const before = sample();
    const now = client.now();
    const after = axis(sample());
    if (now.earliest === null) {
      counts.unknown += 1;
      continue;
    }
    counts.bounded += 1;
    const { epoch, seq } = now.evidence ?? { epoch: -1, seq: 0 };
    if (epoch !== seq % 0x1_0000_0000) counts.torn += 1;
    if (now.latest < axis(before) + k || now.earliest > after + k) counts.missed += 1;
    counts.longest_ns = Math.max(counts.longest_ns, Number(before.monotonic - held));
    if (seq !== last) counts.records += 1;
    last = seq;
  }
  process.stdout.write(`${JSON.stringify(counts)}\n`);
}

function now(segment: string): void {
  const { status, reason } = new ClockClient({ path: segment }).now();
  process.stdout.write(`${JSON.stringify({ status, reason: reason ?? "" })}\n`);
}

function cost(segment: string, turns: number, each: boolean, plain: boolean): void {
  const clocks = plain ? new PlainClocks() : openClocks();
  if (!plain && !(clocks instanceof NativeClocks)) throw new Error("Cannot measure native clocks: koffi is not installed");
  const client = new ClockClient({ path: segment, clocks, ...(each ? { refreshNs: 0n } : {}) });
  for (let warm = 0; warm < 100_000; warm++) client.now();
  let bounded = 0;
  const since = processorNs();
  for (let turn = 0; turn < turns; turn++) if (client.now().earliest !== null) bounded += 1;
  const ns = (processorNs() - since) / turns;
  process.stdout.write(`${JSON.stringify({ reads: turns, bounded, ns })}\n`);
}

function processorNs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) * 1000;
}

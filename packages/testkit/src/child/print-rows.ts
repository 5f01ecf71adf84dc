import { type Agent, HostWatch, KernelWitness, rungs } from "@truebound/agent";
import { DEFAULT_POLICY } from "@truebound/wire";
import { agentOn, sourcesAt } from "../host/agent-on.ts";
import type { ChildLine, ChildOptions } from "./child-agent.ts";

/**
 * A real agent on this machine's own clocks and one named rung, as a process of its own: it can be stopped by a signal, or
 * given a false clock by a preloaded library. Prints every bound that it can catch and every event as lines of JSON.
 */
const options = JSON.parse(process.argv[2] ?? "{}") as ChildOptions;
const CATCH_MS = 10;

const print = (line: ChildLine) => process.stdout.write(`${JSON.stringify(line)}\n`);

function build({ mode, sources, probeIntervalS, readingIntervalS }: ChildOptions): Agent {
  const rung = rungs()
    .find((one) => one.mode === mode)
    ?.build();
  if (rung === undefined) throw new Error(`Cannot take stamps by ${mode} on this machine; name one of its rungs`);
  return agentOn(rung, sourcesAt(sources), {
    policy: { ...DEFAULT_POLICY, probe_interval_s: probeIntervalS, reading_interval_s: readingIntervalS, report_interval_s: 0.1 },
    report: ({ events }) => {
      for (const { kind, detail } of events) print({ event: kind, detail });
    },
    watch: new HostWatch(new KernelWitness()),
  });
}

const agent = build(options);
let printed: object | null = null;
function printRow(): void {
  const { current: row, probes } = agent.monitor;
  if (row === null || row === printed) return;
  printed = row;
  const { reading, status, reason, offset } = row;
  print({
    status,
    reason,
    realtime: String(reading.realtime),
    monotonic: String(reading.monotonic),
    took: String(reading.rawEnd - reading.rawBefore),
    lo: offset && String(offset.lo),
    hi: offset && String(offset.hi),
    replies: probes.reduce((sum, probe) => sum + probe.replies, 0),
    troubles: Object.fromEntries(probes.flatMap((probe) => [...probe.troubles])),
  });
}

agent.start();
const catching = setInterval(printRow, CATCH_MS);
process.once("SIGTERM", () => {
  clearInterval(catching);
  agent.stop();
  process.exit(0);
});

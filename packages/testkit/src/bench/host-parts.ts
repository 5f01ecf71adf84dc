import { type Memory, measureAgentWeight } from "./agent.ts";
import { measureReaders, measureWaits } from "./client.ts";
import { type Measured, measureNtpTimeSync } from "./ntp-time-sync.ts";
import { isWithoutChronyd, judge, log, observeS, print } from "./options.ts";
import { quantile } from "./statistics.ts";
import { textTable } from "./text-table.ts";

/** The parts about one host: its agent, the applications that ask it, and another program beside it. */

const WAITS = 300;

export async function ntpTimeSync(): Promise<void> {
  if (isWithoutChronyd()) return;
  const measured = await measureNtpTimeSync(log);
  const said = ({ middle, halfWidth }: Measured) => `${middle.toFixed(3)} ± ${halfWidth.toFixed(3)}`;
  const head = ["server", "path", "true offset", "ntp-time-sync itself", "interval of its stamps", "the engine's, one exchange"];
  const rows = measured.map((one) => [
    one.server,
    one.path,
    one.trueOffset.toFixed(3),
    one.own.toFixed(3),
    said(one.throughIt),
    said(one.engine),
  ]);
  print(`\nntp-time-sync 0.5.0 beside us: offset (reference minus local) in ms, medians\n\n${textTable(head, rows)}\n`);
  for (const way of ["throughIt", "engine"] as const) {
    const all = measured.map((one) => one[way]);
    const count = all.reduce((sum, { exchanges }) => sum + exchanges, 0);
    const words = way === "engine" ? "intervals of the engine" : "intervals of ntp-time-sync's stamps";
    judge(
      `${words} that miss the truth, of ${count}`,
      all.reduce((sum, { missed }) => sum + missed, 0),
      0,
      0,
    );
  }
}

export async function agentWeight(): Promise<void> {
  const weight = await measureAgentWeight(Math.max(observeS, 60), log);
  const { sources, startMs, startProcessorMs, boundMs, early, late, exchanges, processorShare, wakeUpsPerS, observedS } = weight;
  const said = ({ rss, pss, anonymous }: Memory) =>
    `RSS ${rss.toFixed(1)} MiB, PSS ${pss.toFixed(1)}, of which anonymous ${anonymous.toFixed(1)}`;
  print(`\nThe agent as it is installed, ${sources} sources, responder off, not enrolled\n`);
  print(
    `  answers on its loopback after ${startMs.map((ms) => ms.toFixed(0)).join(", ")} ms (${startProcessorMs.toFixed(0)} ms of processor)`,
  );
  print(`  proven after ${boundMs.toFixed(0)} ms: ${said(early)}`);
  print(`  after ${exchanges} exchanges, an hour's worth: ${said(late)}`);
  print(`  at a poll of 16 s: woken ${wakeUpsPerS.toFixed(1)} times a second\n`);
  judge("ms to its loopback, the best start", Math.min(...startMs), 300, 0);
  judge("RSS in MiB after an hour's worth of exchanges", late.rss, 70, 1);
  judge(`per cent of a processor at a poll of 16 s, over ${observedS} s`, processorShare * 100, 0.5);
}

/** The processor time of the least of three rounds tells it on a machine that others share. */
export async function client(): Promise<void> {
  const costs = await measureReaders(log);
  print("\nAn answer of the readers, of a segment that is renewed ten times a second\n");
  print(
    `${textTable(
      ["reader", "ns of processor for one answer", "with the file read for it"],
      costs.map(({ what, ns, eachNs }) => [what, ns.toFixed(0), eachNs.toFixed(0)]),
    )}\n`,
  );
  const waits = await measureWaits(WAITS);
  const of = (pick: (wait: (typeof waits)[number]) => number, share: number) => quantile(waits.map(pick), share).toFixed(3);
  print(`  commit wait, ${WAITS} times, bound ± 1 ms: ${of(({ tookMs }) => tookMs, 0.5)} ms, p99 ${of(({ tookMs }) => tookMs, 0.99)} ms`);
  print(`  past by then: ${of(({ overshootMs }) => overshootMs, 0.5)} ms, p99 ${of(({ overshootMs }) => overshootMs, 0.99)} ms\n`);
  // Python's own clocks take longer than that.
  for (const { what, ns } of costs.filter(({ what: name }) => name !== "Python")) judge(`ns of processor for now(), ${what}`, ns, 2_000, 0);
}

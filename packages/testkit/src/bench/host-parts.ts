import { type AgentWeight, type Memory, measureAgentWeight } from "./agent.ts";
import { measureReaders, measureWaits } from "./client.ts";
import { type Measured, measureNtpTimeSync } from "./ntp-time-sync.ts";
import { isWithoutChronyd, judge, log, observeS, print, values, warmS } from "./options.ts";
import { median, quantile } from "./statistics.ts";
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

/** Of a machine on which others take more than this share of one processor, times say little. */
const QUIET = 0.2;

export async function agentWeight(): Promise<void> {
  const beside = values.beside ?? null;
  const { sources, weights, observedS, othersUsed } = await measureAgentWeight({ observeS: Math.max(observeS, 60), warmS, beside }, log);
  const head = ["", ...weights.map(({ name }) => (name === "this" ? "this tree" : "beside it"))];
  const row = (what: string, say: (weight: AgentWeight) => string) => [what, ...weights.map(say)];
  const memory = (what: string, of: (weight: AgentWeight) => Memory) => [
    row(`RSS, MiB, ${what}`, (weight) => of(weight).rss.toFixed(1)),
    row("  PSS", (weight) => of(weight).pss.toFixed(1)),
    row("  anonymous", (weight) => of(weight).anonymous.toFixed(1)),
    row("  private and written", (weight) => of(weight).privateDirty.toFixed(1)),
  ];
  const rows = [
    row("ms to its loopback, best and median", ({ startMs }) => `${Math.min(...startMs).toFixed(0)}, ${median(startMs).toFixed(0)}`),
    row("  of processor by then, median", ({ startProcessorMs }) => median(startProcessorMs).toFixed(0)),
    row("ms to a proven bound", ({ boundMs }) => boundMs.toFixed(0)),
    ...memory("once proven", ({ early }) => early),
    ...memory("after an hour's worth of exchanges", ({ late }) => late),
    row("  exchanges", ({ exchanges }) => String(exchanges)),
    row("per cent of a processor, a poll each 16 s", ({ processorShare }) => (processorShare * 100).toFixed(2)),
    row("  wake-ups a second", ({ wakeUpsPerS }) => wakeUpsPerS.toFixed(1)),
  ];
  print(`\nThe agent as it is installed, ${sources} sources, responder off, not enrolled\n\n${textTable(head, rows)}\n`);
  const state = othersUsed <= QUIET ? "quiet" : "noisy";
  print(`  ${state}: others used ${(othersUsed * 100).toFixed(0)} % of a processor while the share was measured for ${observedS} s\n`);
  const [own] = weights;
  if (own === undefined) return;
  judge("ms to its loopback, the best start", Math.min(...own.startMs), 300, 0);
  judge("RSS in MiB after an hour's worth of exchanges", own.late.rss, 70, 1);
  judge(`per cent of a processor at a poll of 16 s, over ${observedS} s`, own.processorShare * 100, 0.5);
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

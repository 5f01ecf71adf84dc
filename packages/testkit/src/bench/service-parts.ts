import { measureAlertLatency } from "./alert-latency.ts";
import { measureAlerts } from "./alerts.ts";
import { CROSSED, costOfGroup, costOfPairs, costOfSamples, costOfSpans } from "./audit.ts";
import { measureDrain, measureOverload } from "./drain.ts";
import { fixedAndEach } from "./fixed-and-each.ts";
import { measureIngest } from "./ingest.ts";
import { measureLog } from "./log.ts";
import { measureDirectory, measureMeshIngest } from "./mesh-ingest.ts";
import { hours, judge, loadS, log, observeS, print, values } from "./options.ts";
import { measureReads } from "./reads.ts";
import { measureReports, type ReportCost, type ReportedEvery, type ReportSize } from "./reports.ts";
import { measureStamps, STAMPS, type StampCost } from "./stamps.ts";
import { measureStartUp } from "./start-up.ts";
import { quantile } from "./statistics.ts";
import { textTable } from "./text-table.ts";
import type { BigFleet } from "./verify/big-host.ts";
import { fleetOf, fleetOfReadings, measureVerify, type VerifyCost } from "./verify/verify.ts";

/** The parts about the service: what it takes in, keeps, answers and proves, and what that costs. */

export async function start(): Promise<void> {
  const result = await measureStartUp(observeS, log);
  print(
    `\nStart: page after ${result.firstUrlS.toFixed(2)} s on an empty folder, first bound on it after ${result.firstBoundS.toFixed(2)} s\n`,
  );
  judge("seconds to the page at the second start", result.secondUrlS, 3);
  judge(`agent RSS in MB, 4 sources every 16 s, after ${result.observedS} s`, result.agentRssMb, 80, 1);
  judge("agent CPU in per cent of a core", result.agentCpuRatio * 100, 0.5);
}

export async function meshLoad(): Promise<void> {
  const { unchanged, reported, came, redrawn } = measureDirectory(10_000);
  print("\nWho measures whom, of 10,000 hosts in one domain\n");
  judge("ms of processor for a look in which nothing changed", unchanged, 100, 1);
  judge("ms of processor for a look in which a fifth has reported", reported, 100, 1);
  judge("ms of processor for a look in which one came", came, 100, 1);
  judge("ms of processor to draw all anew", redrawn, 1_000, 0);
  const costs = await measureMeshIngest(loadS, log);
  print(`\nReports of 3 exchanges in 6 s, without and with six peers of which each is measured every 16 s; ${costs.edges} edges kept\n`);
  for (const [what, cost] of [
    ["without", costs.without],
    ["with", costs.with],
  ] as const)
    print(
      `  ${what}: ${Math.round(cost.reportsPerSecond)} reports/s; processor for one: server ${cost.serverMicros.toFixed(0)} µs, PostgreSQL ${cost.postgresMicros.toFixed(0)} µs; ${cost.bytes.toFixed(0)} bytes, ${cost.bytesPerSecond.toFixed(0)} a host and second`,
    );
  print("");
  const total = ({ serverMicros, postgresMicros }: typeof costs.with) => serverMicros + postgresMicros;
  judge("processor for a report with a mesh over one without", total(costs.with) / total(costs.without), 2);
  judge("bytes of evidence that a mesh adds for a host and second", costs.with.bytesPerSecond - costs.without.bytesPerSecond, 100, 1);
}

export async function ingest(): Promise<void> {
  const { ingest: rate, copy, full, quarter, evidenceBytes, derivedBytes, serverMicros, postgresMicros } = await measureIngest(loadS, log);
  const baseline = copy.reduce((sum, one) => sum + one, 0) / copy.length;
  print(`\nIngest: ${full.batches} batches of 100 exchanges in ${full.seconds.toFixed(1)} s, ${JSON.stringify(full.byStatus)}`);
  print(`  ${Math.round(rate)} measurements/s end to end; COPY of them into a keyed table ${copy.map(Math.round).join(" and ")}/s`);
  print(`  processor for a batch: server ${serverMicros.toFixed(0)} µs, PostgreSQL ${postgresMicros.toFixed(0)} µs`);
  print(`  ack p50 ${quantile(full.latencies, 0.5).toFixed(1)} ms, p99 ${quantile(full.latencies, 0.99).toFixed(1)} ms at full load\n`);
  judge("COPY over ingest, both durable", baseline / rate, 2);
  judge("100,000 measurements/s over those taken", 100_000 / rate, 1);
  judge(`ms to an ack at a quarter of that, p99 of ${quarter.deliveries}`, quantile(quarter.latencies, 0.99), 50, 1);
  judge("bytes of evidence for a measurement", evidenceBytes, 25, 1);
  judge("bytes derived from a measurement", derivedBytes, 10, 1);
  judge(`replies without a signature, of ${full.checked + quarter.checked} looked at`, full.unsigned + quarter.unsigned, 0, 0);
}

export async function drain(): Promise<void> {
  const { load, dayMinutes } = await measureDrain(1_000, hours, log);
  print(`\nDrain: ${load.batches} records of 1,000 agents in ${load.seconds.toFixed(0)} s, ${JSON.stringify(load.byStatus)}\n`);
  judge("minutes for a day of a thousand agents at that rate (2,880,000 records)", dayMinutes, 15, 1);
  judge("seconds that the oldest status grew old", load.longestWait, 60, 1);
}

export async function overload(): Promise<void> {
  const { peak, over, after } = await measureOverload(loadS, log);
  const goodput = ({ batches, seconds }: typeof peak) => batches / seconds;
  print(
    `\nOverload: ${goodput(peak).toFixed(0)} reports/s at most, ${goodput(over).toFixed(0)} while too many want in, ${goodput(after).toFixed(0)} after`,
  );
  print(`  ${JSON.stringify(over.byStatus)}\n`);
  judge("peak over what is taken while too many want in", goodput(peak) / goodput(over), 1 / 0.9);
  if (over.refusalLatencies.length === 0) print("  nobody was turned away: all waited their turn");
  else judge("ms to be turned away, p99", quantile(over.refusalLatencies, 0.99), 50, 1);
  judge("peak over what is taken after", goodput(peak) / goodput(after), 1 / 0.9);
}

export async function reads(): Promise<void> {
  const { hosts, measurements, minutes, fleetMs, hostDayMs, fleetDayMs } = await measureReads(log);
  print(`\nReads over HTTP, ${hosts} hosts, ${measurements} measurements, ${minutes} host-minutes, median of 15\n`);
  judge("ms for the latest state of the whole fleet", fleetMs, 100, 1);
  judge("ms for a host's day", hostDayMs, 50, 1);
  judge("ms for the fleet's percentiles over a day", fleetDayMs ?? Number.NaN, 200, 1);
}

export async function evidenceLog(): Promise<void> {
  const { batches, rounds, bytesOfBatch, idleSeconds } = await measureLog(log);
  const per = (pick: (round: (typeof rounds)[number]) => number) =>
    quantile(
      rounds.map((round) => (pick(round) / round.leaves) * 1000),
      0.5,
    );
  print(`\nThe log: ${batches} batches of 200 hosts a round, 12 each, taken in by one sequencer; medians of ${rounds.length} rounds\n`);
  print(
    `  1,000 batches: ${(per(({ seconds }) => seconds) * 1000).toFixed(0)} ms, of processor ${(per(({ own }) => own) * 1000).toFixed(0)} ms of the server and ${(per(({ postgres }) => postgres) * 1000).toFixed(0)} ms of PostgreSQL`,
  );
  print(
    `  ${bytesOfBatch.toFixed(1)} bytes of the log on disk for each batch; a look where nothing is new ${(idleSeconds * 1000).toFixed(0)} ms`,
  );
  judge("s for the batches of a minute of 10,000 hosts that report every 5 s, in one minute", per(({ seconds }) => seconds) * 120, 60, 1);
}

export async function alertLatency(): Promise<void> {
  const { probeIntervalS, trials, seconds, missed } = await measureAlertLatency(log);
  print(`\nA clock is set ahead by a second: until a webhook was told, ${trials} trials, probes every ${probeIntervalS} s\n`);
  print(`  p50 ${quantile(seconds, 0.5).toFixed(2)} s, p99 ${quantile(seconds, 0.99).toFixed(2)} s\n`);
  judge("trials of which nobody was told", missed, 0, 0);
  judge("p99 over a probe interval and 5 s", quantile(seconds, 0.99) / (probeIntervalS + 5), 1);
}

export async function alerts(): Promise<void> {
  print("\nAlerts: 200 rules, each host reporting every 5 s, one look a second; processor of the judge, without the database's\n");
  for (const hosts of [1_000, 10_000])
    for (const scene of ["by label", "for all", "one in a hundred outside"] as const) {
      const { judgeMs, lookMs, worstMs, perHost } = await measureAlerts(hosts, scene, log);
      print(
        `  ${hosts} hosts, rules ${scene} (${perHost} for a host): ${judgeMs.toFixed(2)} ms a look, ${(judgeMs / 10).toFixed(2)} % of a core, ${(judgeMs * 0.06).toFixed(2)} s a minute; at most ${worstMs.toFixed(0)} ms`,
      );
      judge(`processor to judge over that of a plain look at the fleet, ${hosts} hosts, ${scene}`, judgeMs / lookMs, 3);
      judge(`ms of processor for a look, ${hosts} hosts, ${scene}`, judgeMs, 100, 1);
    }
}

const MONTH_S = 30 * 86_400;

/** Each size on its own, after a small one that warms the code up. */
export async function audit(): Promise<void> {
  costOfSamples(20_000);
  const costs = [1_000, 10_000, 100_000, 400_000, MONTH_S].map((count) => {
    log(`audit: ${count} samples`);
    return costOfSamples(count);
  });
  const perSample = ({ processorS, pieces }: (typeof costs)[number]) => (processorS * 1e6) / pieces;
  print("\nAudit of one host, a sample a second\n");
  const rows = costs.map((cost) => [cost.pieces.toString(), cost.processorS.toFixed(2), cost.wallS.toFixed(2), perSample(cost).toFixed(2)]);
  print(`${textTable(["samples", "processor, s", "wall, s", "µs of processor for one"], rows)}\n`);
  print(`  where E crosses the limit twice between samples: ${perSample(costOfSamples(100_000, CROSSED)).toFixed(2)} µs\n`);
  const spans = costOfSpans(MONTH_S / 60);
  const [tenth, month] = [costs[2], costs[4]];
  if (tenth === undefined || month === undefined) return;
  judge(`s of processor for a host-month of ${spans.pieces} minute spans`, spans.processorS, 1);
  judge(`s of processor for a host-month of ${month.pieces} samples`, month.processorS, 10);
  judge("cost of a sample in a month over that in 100,000", perSample(month) / perSample(tenth), 2);
  judge("of these, hosts that are not proved throughout", [spans, ...costs].filter(({ result }) => result.verdict !== "PASS").length, 0, 0);
}

/** R47. A record is read in two ways: a reading, as hosts report them, and a batch. 0 leaves one out. */
export async function verify(): Promise<void> {
  const readings = Number(values.readings ?? "1000000");
  const batches = Number(values.batches ?? "1000000");
  if (readings > 0) await verified("a reading each 16 s, a report each 5 min", fleetOfReadings(readings));
  if (batches > 0) await verified("a reading in each batch", fleetOf(batches, Number(values["per-delivery"] ?? "10")));
}

/** Processor time tells it on a machine that others share: two cores that are idle take half of it. */
async function verified(how: string, fleet: BigFleet): Promise<void> {
  const { batches, readings, yearsOff, costs, floor } = await measureVerify(fleet, log);
  print(`\nA report over ${readings} readings in ${batches} batches of 23 hosts (${how}), verified by a clock ${yearsOff} years off\n`);
  const rows = costs.map(({ verifier, processorS, wallS, peakMb }) => [
    verifier,
    processorS.toFixed(1),
    ((processorS * 1e6) / readings).toFixed(1),
    ((processorS * 1e6) / batches).toFixed(0),
    wallS.toFixed(1),
    peakMb.toFixed(0),
  ]);
  print(`${textTable(["verifier", "processor, s", "µs for a reading", "µs for a batch", "wall, s", "MB of the largest process"], rows)}\n`);
  print(`  floor in Node: ${floor.signature.toFixed(1)} µs of a signature and ${floor.hashes.toFixed(1)} µs of hashes for a batch`);
  judgeVerified(costs, { readings, batches });
}

function judgeVerified(costs: readonly VerifyCost[], count: Readonly<Record<"readings" | "batches", number>>): void {
  const [own, second] = costs;
  if (own === undefined || second === undefined) return;
  print(`  processor of the second verifier over that of the first: ${(second.processorS / own.processorS).toFixed(2)}\n`);
  for (const { verifier, processorS } of costs)
    for (const [what, of] of Object.entries(count))
      judge(`s for a million ${what} on two idle cores, ${verifier}, by its processor time`, ((processorS / of) * 1e6) / 2, 60, 0);
  judge("verifiers for which it does not hold", costs.filter(({ holds }) => !holds).length, 0, 0);
}

const A_DAY = 86_400 / 16;

/** All pairs at once beside each pair by itself; a day, a piece of evidence each 16 s. */
export async function groups(): Promise<void> {
  costOfGroup(4, 500);
  const cost = (what: string, hosts: number, measure: () => ReturnType<typeof costOfGroup>) => {
    log(`groups: ${what}, ${hosts} hosts`);
    const { processorS, result } = measure();
    return { what, hosts, processorS, perHost: (processorS * 1000) / hosts, verdict: result.verdict };
  };
  const inside = [10, 50, 200].map((hosts) => cost("all pairs at once, all inside", hosts, () => costOfGroup(hosts, A_DAY)));
  const beyond = [10, 50].map((hosts) => cost("all pairs at once, never provable", hosts, () => costOfGroup(hosts, A_DAY, CROSSED)));
  const single = [10, 20].map((hosts) => cost("each pair by itself, all inside", hosts, () => costOfPairs(hosts, A_DAY)));
  print("\nAudit of a group for a day\n");
  const rows = [...inside, ...beyond, ...single].map((one) => [
    one.what,
    one.hosts.toString(),
    one.processorS.toFixed(2),
    one.perHost.toFixed(1),
    one.verdict,
  ]);
  print(`${textTable(["how", "hosts", "processor, s", "ms for a host", "verdict"], rows)}\n`);
  const [few, , many] = inside;
  if (few === undefined || many === undefined) return;
  judge("cost of a host in a group of 200 over that in one of 10", many.perHost / few.perHost, 2);
  judge("of these, groups that are not proved throughout", inside.filter(({ verdict }) => verdict !== "PASS").length, 0, 0);
}

export async function stamps(): Promise<void> {
  const { hosts, days, batches, ordered, scattered, longestBlockMs } = await measureStamps(log);
  const said = ({ wallS, serverS, postgresS }: StampCost) => [
    (STAMPS / wallS).toFixed(0),
    ((serverS * 1e6) / STAMPS).toFixed(0),
    ((postgresS * 1e6) / STAMPS).toFixed(0),
  ];
  const rows = [
    ["one a second of a host, in order", ...said(ordered)],
    ["of random hosts and times, scattered", ...said(scattered)],
  ];
  print(`\n${STAMPS} stamps against ${hosts} hosts over ${days} days, ${batches} batches\n`);
  print(`${textTable(["stamps", "a second", "µs of processor for one: server", "PostgreSQL"], rows)}\n`);
  print(
    `  scattered over ordered, processor: ${((scattered.serverS + scattered.postgresS) / (ordered.serverS + ordered.postgresS)).toFixed(1)}`,
  );
  print(`  the event loop was held for at most ${longestBlockMs.toFixed(0)} ms`);
}

const HOSTS_OF_A_MONTH = 1_000 * 30;
/** By `report_interval_s: 300`, as large fleets are told to report, and a batch a minute. */
const REPORTED_EVERY: readonly ReportedEvery[] = [
  { minutesOfBatch: 5, readings: 19, sizes: sizesOf([1, 5, 20, 60, 240], 5) },
  { minutesOfBatch: 1, readings: 4, sizes: sizesOf([1, 5, 20], 2) },
];
/** So many hosts for a day at least, and `few` of them for a month. */
function sizesOf(hosts: readonly number[], few: number): readonly ReportSize[] {
  const days = Number(values.days ?? "4");
  return [...hosts.map((count): ReportSize => [count, days]), [few, 30]];
}

/** What it costs to make a report; processor time tells it on a machine that others share. */
export async function reports(): Promise<void> {
  for (const every of REPORTED_EVERY) {
    const costs = await measureReports(every, log);
    print(`\nReports of hosts that report every ${every.minutesOfBatch} min: ${every.readings} readings a batch, without the pages\n`);
    print(`${textTable(REPORT_HEAD, costs.map(reportRow))}\n`);
    judgeReports(every, costs);
  }
}

const REPORT_HEAD = [
  "how",
  "hosts × days",
  "batches",
  "wall, s",
  "processor, s",
  "PostgreSQL, s",
  "µs for a batch",
  "bytes for a batch",
  "peak MB",
  "longest block, ms",
];
const secondsOf = ({ ownS, postgresS }: ReportCost): number => ownS + postgresS;
const reportRow = (cost: ReportCost): string[] => [
  cost.how,
  `${cost.hosts} × ${cost.days}`,
  cost.batches.toString(),
  cost.wallS.toFixed(1),
  cost.ownS.toFixed(1),
  cost.postgresS.toFixed(1),
  ((secondsOf(cost) * 1e6) / cost.batches).toFixed(0),
  (cost.bytes / cost.batches).toFixed(0),
  cost.peakMb.toFixed(0),
  cost.blockMs.toFixed(0),
];

/** The slope is of reports of several hosts: those of one host use one thread. */
function judgeReports({ minutesOfBatch }: ReportedEvery, costs: readonly ReportCost[]): void {
  const onThreads = costs.filter(({ how }) => how === "on threads");
  const many = onThreads.filter(({ hosts }) => hosts > 1);
  const { fixed, each } = fixedAndEach(many.map((cost) => ({ count: cost.batches, cost: secondsOf(cost) })));
  const ofAMonth = (HOSTS_OF_A_MONTH * 1_440) / minutesOfBatch;
  print(`  by least squares: ${fixed.toFixed(1)} s once, ${(each * 1e6).toFixed(0)} µs for a batch, of processor\n`);
  const minutes = (fixed + each * ofAMonth) / 2 / 60;
  judge(
    `minutes for a thousand hosts and thirty days, a batch each ${minutesOfBatch} min, on two idle cores, by processor time`,
    minutes,
    10,
    1,
  );
  const flat = many.filter(({ days }) => days === many[0]?.days).map(({ peakMb }) => peakMb);
  judge(`peak memory of the most hosts over that of ${many[0]?.hosts}`, (flat.at(-1) ?? Number.NaN) / (flat[0] ?? Number.NaN), 1.1);
  judge("ms that the event loop was held", Math.max(...onThreads.map(({ blockMs }) => blockMs)), 50, 0);
}

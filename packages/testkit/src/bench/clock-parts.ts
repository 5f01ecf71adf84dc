import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { measureAgainstChronyd } from "./against-chronyd.ts";
import { cellsOf, STEERED } from "./assumptions.ts";
import { assumptionsReport, type MeasuredLink } from "./assumptions-report.ts";
import { howOftenNamed } from "./how-often-named.ts";
import { measureHullCost } from "./hull-cost.ts";
import { runLinkJob } from "./link-runner.ts";
import { linkTable, linkVerdicts, ratioTable } from "./link-table.ts";
import { LINKS, type LinkName, withLink } from "./links.ts";
import { describeMachine } from "./machine.ts";
import { BEGIN, END, replaceMeasured } from "./marked-section.ts";
import { measureMeshCost, measureMeshWidths } from "./mesh.ts";
import { assumeS, compareS, exchanges, isWithoutChronyd, judge, log, observeS, print, values } from "./options.ts";
import { measureSolver } from "./peer-solver.ts";
import { measurePtp } from "./ptp.ts";
import { measureResponders } from "./responder.ts";
import { textTable } from "./text-table.ts";
import { showVerdict } from "./verdict.ts";
import { boughtTable, measureBought } from "./what-peers-buy.ts";

/** The parts about clocks: what a bound costs, how narrow it is, and whether it holds. */

export async function chronyd(): Promise<void> {
  if (isWithoutChronyd()) return;
  const { rungs } = await measureAgainstChronyd(exchanges, 0, log);
  print(`\nAgainst chronyd on loopback, every rung, back to back; true offset 0\n\n${linkTable({ ours: rungs, chronyd: [] })}\n`);
  for (const one of rungs) judge(`intervals of ${one.mode} that miss the truth, of ${one.exchanges}`, one.missed, 0, 0);
  for (const one of rungs) judge(`half-width of ${one.mode} over its floor`, one.widthRatio, 1.1, 3);
}

const ASYMMETRY =
  "\nOn 6+1 ms every midpoint, whoever takes it, is off by half of what the two ways differ: 2500 µs. Only an interval holds the truth there.";

export async function links(): Promise<void> {
  if (isWithoutChronyd()) return;
  const measured = [];
  for (const link of LINKS) {
    log(`${link}: beside chronyd's own clients for ${compareS} s`);
    const result = await withLink(link, ({ endpoint, inside }) => runLinkJob({ kind: "compare", endpoint, seconds: compareS }, inside));
    if ("skipped" in result) print(`\n${link}\n\nskipped: ${result.skipped}`);
    else {
      print(`\n${link}: beside chronyd's own clients of the same server, in the same ${compareS} s\n\n${linkTable(result)}`);
      measured.push({ link, result });
    }
  }
  print(`\n${ratioTable(measured)}\n`);
  for (const { link, result } of measured) for (const one of linkVerdicts(link, result)) print(showVerdict(one));
  print(ASYMMETRY);
}

const ASSUMED_LINKS: readonly LinkName[] = ["loopback", "veth", "2+2 ms ± jitter"];
const ASSUMPTIONS = fileURLToPath(new URL("../../../../docs/assumptions.md", import.meta.url));

export async function assumptions(): Promise<void> {
  if (isWithoutChronyd()) return;
  const slewsPpb = STEERED.map(({ slew }) => slew);
  const measured: MeasuredLink[] = [];
  for (const link of ASSUMED_LINKS) {
    log(`${link}: what its exchanges are made of, ${assumeS} s`);
    const parts = await withLink(link, ({ endpoint, inside }) =>
      runLinkJob({ kind: "parts", endpoint, seconds: assumeS, slewsPpb }, inside),
    );
    measured.push("skipped" in parts ? { link, ...parts } : { link, parts, cells: cellsOf(parts) });
  }
  const report = assumptionsReport(measured);
  print(`\nWhat each assumption buys\n\n${report}`);
  if (values.write === true) writeAssumptions(report);
}

function writeAssumptions(report: string): void {
  const heading = `Measured on ${describeMachine()}, by \`npm run bench -- --only assumptions --write\`.`;
  const document = replaceMeasured(readFileSync(ASSUMPTIONS, "utf8"), `${heading}\n\n${report}`);
  if (document === null) throw new Error(`Cannot write into ${ASSUMPTIONS}: it must hold "${BEGIN}" and then "${END}", each once`);
  writeFileSync(ASSUMPTIONS, document);
}

/** µs, as the other tables. */
export async function ptp(): Promise<void> {
  if (isWithoutChronyd()) return;
  log(`PTP with software stamps, and NTP beside it, for ${compareS} s`);
  const measured = await measurePtp(compareS);
  if (typeof measured === "string") {
    print(`\nPTP\n\nskipped: ${measured}`);
    return;
  }
  const { ptp: found, ntp } = measured;
  const figures = [found.medianError, found.p99Error, found.medianHalfWidth, found.p99HalfWidth].map((value) => value.toFixed(2));
  const refused = Object.values(found.refused).reduce((sum, count) => sum + count, 0);
  print(`\nOver one pair of virtual cards, in the same ${compareS} s; true offset 0, µs\n\n${linkTable(ntp)}\n`);
  print(
    textTable(
      ["M10 of ptp4l", "looks", "refused", "missed", "error p50", "p99", "half-width p50", "p99"],
      [["", String(found.looks), String(refused), String(found.missed), ...figures]],
    ),
  );
  print(`\nrefused: ${JSON.stringify(found.refused)}`);
  judge(`intervals of M10 that miss the truth, of ${found.looks}`, found.missed, 0, 0);
}

export async function hull(): Promise<void> {
  const { samples, median, p99, medianHalfWidth } = measureHullCost(100_000);
  print(`\nThe tight tier, a window of 64, its bound ± ${medianHalfWidth.toFixed(0)} µs\n`);
  judge(`µs for a sample, add and bound, median of ${samples} (p99 ${p99.toFixed(2)})`, median, 15);
}

export async function responder(): Promise<void> {
  if (isWithoutChronyd()) return;
  const { results, ruler } = await measureResponders(observeS / 5, exchanges / 5, log);
  print("\nResponder beside chronyd, on loopback, each in a process of its own; true offset 0\n");
  for (const { server, requests, perSecond, rungs } of results) {
    print(`  ${server}: ${Math.round(perSecond)} requests for a second of processor, of ${requests}`);
    for (const one of rungs)
      print(
        `    ${one.mode}: error p50 ${one.medianError.toFixed(2)} µs, p99 ${one.p99Error.toFixed(2)}; half-width p50 ${one.medianHalfWidth.toFixed(2)}`,
      );
  }
  print(`  truebound, telling its ruler: ${Math.round(ruler.perSecond)} requests for a second of processor, of ${ruler.requests}`);
  print(
    `    RAW of two on one machine: half-width p50 ${ruler.medianHalfWidth.toFixed(2)} µs, of which the reading's error p50 ${ruler.medianError.toFixed(2)}, p99 ${ruler.p99Error.toFixed(2)}`,
  );
  const [ours, chronyds] = results;
  if (ours === undefined || chronyds === undefined) return;
  print("");
  judge("chronyd's requests for a second of processor over ours", chronyds.perSecond / ours.perSecond, 10);
  judge("plain requests for a second of processor over those that are told the ruler", ours.perSecond / ruler.perSecond, 4);
  for (const one of ours.rungs) judge(`intervals of ${one.mode} that miss the truth, of ${one.exchanges}`, one.missed, 0, 0);
  judge(`differences of one ruler from itself that miss zero, of ${ruler.exchanges}`, ruler.missed, 0, 0);
  for (const [index, one] of ours.rungs.entries())
    judge(`half-width of ${one.mode} over that from chronyd`, one.medianHalfWidth / (chronyds.rungs[index]?.medianHalfWidth ?? 0), 5);
}

export async function peers(): Promise<void> {
  const costs = [1_000, 10_000, 50_000].map((hosts) => measureSolver(hosts, log));
  print("\nPeer graph, six neighbours each, ms; with 1, 2 and 3 liars off by 50 ms\n");
  for (const { hosts, edges, build, bounds, blame, alone, together } of costs) {
    print(
      `  ${hosts} hosts, ${edges} edges: built ${build.toFixed(0)}, all bounds ${bounds.toFixed(0)}, blame ${blame.map((ms) => ms.toFixed(0)).join(", ")}`,
    );
    print(`    half-width of the bound on UTC, p50: ${alone.toFixed(0)} µs alone, ${together.toFixed(0)} µs together`);
  }
  print(`\nWhat peers buy: half-width of the bound on UTC, µs, p50 of 1,000 simulated hosts\n\n${boughtTable(measureBought())}`);
  print("\nOf 200 fleets of 30 hosts whose own bounds are up to 5 ms on either side: who lies by so much is\n");
  print("| liars | off by | flagged | one of these | not seen |\n| ----: | -----: | ------: | -----------: | -------: |");
  const named = howOftenNamed(200);
  for (const { liars, lieMs, flagged, oneOfThese, unseen } of named)
    print(`| ${liars} | ${lieMs} ms | ${flagged} | ${oneOfThese} | ${unseen} |`);
  const tenThousand = costs[1];
  if (tenThousand === undefined) return;
  print("");
  judge("ms for all bounds of 10,000 hosts, with building the graph", tenThousand.build + tenThousand.bounds, 100, 1);
  judge("ms to name the suspects of 10,000 hosts", Math.max(...tenThousand.blame), 500, 1);
  judge(
    "of these, fleets in which an honest host was flagged",
    named.reduce((sum, { wronged }) => sum + wronged, 0),
    0,
    0,
  );
  judge("fleets in which others than the liars were flagged, or not all of them", costs.filter(({ isRight }) => !isRight).length, 0, 0);
}

export async function meshWidths(): Promise<void> {
  print(
    "\nWhat peers buy, on real sockets between namespaces: each host three sources 10 ms of round trip away, by paths of their own; half-width of the bound on UTC, p50, µs\n",
  );
  for (const near of [0, 1]) {
    const found = await measureMeshWidths(near, Math.max(observeS, 90), log);
    if (typeof found === "string") return void print(`skipped: ${found}`);
    const { hosts, alone, together, edges, falseEdges } = found;
    print(
      `  ${hosts} hosts, ${near} of them with a near source that it trusts: guaranteed ${alone.guaranteed.toFixed(0)} alone, ${together.guaranteed.toFixed(0)} together`,
    );
    print(`    tight ${alone.tight.toFixed(0)} alone, ${together.tight.toFixed(0)} together`);
    judge(`edges that miss the truth, of ${edges}`, falseEdges, 0, 0);
  }
  const cost = await measureMeshCost(observeS, log);
  if (typeof cost === "string") return void print(`skipped: ${cost}`);
  print(`\nA host of a mesh, 3 sources and 6 peers every 16 s, for ${cost.observedS} s\n`);
  judge("agent RSS in MB, responder on", cost.rssMb, 80, 1);
  judge("agent CPU in per cent of a core", cost.cpuRatio * 100, 0.5);
  judge("the same over that without peers", cost.cpuRatio / cost.cpuRatioWithout, 2);
}

import { paceFor } from "@truebound/agent";
import { halfWidth, type Interval, ppb, uncalibrated } from "@truebound/time";
import { LIMITS, type Limit, type Provable } from "./assumption-cell.ts";
import { type Cell, POLLS_S, RHOS, STEERED } from "./assumptions.ts";
import type { ExchangeParts, Part } from "./exchange-parts.ts";
import { textTable } from "./text-table.ts";

/** What one link gave; `skipped` = why it could not be measured here. */
export type MeasuredLink =
  | { readonly link: string; readonly parts: readonly ExchangeParts[]; readonly cells: readonly Cell[] }
  | { readonly link: string; readonly skipped: string };

/** The tables, as Markdown that can be read in a terminal too. */
export function assumptionsReport(links: readonly MeasuredLink[]): string {
  const measured = links.filter((one) => "cells" in one);
  return [
    ...links.flatMap((one) => ("skipped" in one ? [`${one.link}: skipped: ${one.skipped}`] : [])),
    "### What an exchange is made of\n\nMedian / p99 of this run's interleaved exchanges, µs; under each slew allowance, for the stamp term rests on it.",
    partsTable(measured),
    "### How far apart polls may be\n\nThe longest of the five polls, in seconds, at which a limit is proved live, in a report, and (in parentheses) in a report whose spans are closed by every exchange.",
    pollTable(measured),
    "### What the agent does for a limit\n\nSeconds between two readings of its clocks, and between two polls, before a source's own floor, where `maxslewrate` is 500 and an exchange with the offset takes a fifth of the limit.",
    paceTable(),
    ...measured.flatMap(({ link, cells }) => [
      `### ${link}\n\nHalf-widths: the first three with the clocks read as often as 100 µs asks for, the others as 50 ms does.`,
      cellTable(cells),
    ]),
  ].join("\n\n");
}

type Measured = Extract<MeasuredLink, { cells: unknown }>;

function partsTable(links: readonly Measured[]): string {
  const part = ({ median, p99 }: Part): string => `${microseconds(median)} / ${microseconds(p99)}`;
  return textTable(
    ["link", "S, ppm", "exchanges", "path", "hold", "root", "precision", "stamp", "read of the clocks"],
    links.flatMap(({ link, parts }) =>
      parts.map((one) => [
        link,
        ppm(one.slewPpb),
        String(one.exchanges),
        ...[one.path, one.hold, one.root, one.precision, one.stamp, one.bracket].map(part),
      ]),
    ),
  );
}

function pollTable(links: readonly Measured[]): string {
  const rows = links.flatMap(({ link, cells }) =>
    STEERED.flatMap((steered) =>
      RHOS.map((rho) => {
        const those = cells.filter((cell) => cell.steered === steered && cell.assumption.rho === rho);
        return [`${link}, ${steered.name}`, ppm(rho), ...LIMITS.map((limit) => longestPolls(those, limit))];
      }),
    ),
  );
  return textTable(["link and steering", "rho, ppm", ...LIMITS.map(limitName)], rows);
}

/** From the strongest to the weakest: what proves more proves less too. */
const STRENGTH: readonly Provable[] = ["live", "report", "seen_back"];

export function longestPolls(cells: readonly Pick<Cell, "assumption" | "proves">[], limit: Limit): string {
  const [live, report, seenBack] = STRENGTH.map((wanted) => {
    const enough = STRENGTH.slice(0, STRENGTH.indexOf(wanted) + 1);
    const polls = cells.filter(({ proves }) => enough.includes(proves[limit])).map(({ assumption }) => assumption.pollS);
    return polls.length === 0 ? "–" : String(Math.max(...polls));
  });
  return `${live}, ${report} (${seenBack})`;
}

function paceTable(): string {
  const rows = LIMITS.map((limit) => [
    limitName(limit),
    ...RHOS.map((rho) => {
      const { readingS, probeS } = paceFor(
        { limit_ns: limit, reading_interval_s: 1, probe_interval_s: POLLS_S[POLLS_S.length - 1] ?? 64 },
        { least: BigInt(limit) / 5n, slew: ppb(500_000n), drift: uncalibrated(rho), interleaved: true },
      );
      return `${readingS}, ${probeS.toFixed(2)}`;
    }),
  ]);
  return textTable(["limit", ...RHOS.map((rho) => `rho ${ppm(rho)} ppm`)], rows);
}

const SHOWN: Record<Provable, string> = { live: "live", report: "report", seen_back: "(report)", no: "–" };

function cellTable(cells: readonly Cell[]): string {
  const [fine, , coarse] = LIMITS;
  return textTable(
    ["steering", "rho, ppm", "poll, s", "live", "minute span", "seen back", "live", "minute span", "seen back", ...LIMITS.map(limitName)],
    cells.map(({ steered, assumption, bounds, proves }) => [
      steered.name,
      ppm(assumption.rho),
      String(assumption.pollS),
      ...[bounds[fine], bounds[coarse]].flatMap(({ live, span, seenBack }) => [live, span, seenBack].map(width)),
      ...LIMITS.map((limit) => SHOWN[proves[limit]]),
    ]),
  );
}

const limitName = (limit: Limit): string => (limit < 1_000_000 ? `${limit / 1000} µs` : `${limit / 1_000_000} ms`);
const ppm = (ppb: bigint): string => String(Math.ceil(Number(ppb) / 1000));
const width = (bound: Interval): string => showWidth(halfWidth(bound));

/** Three digits or so, rounded up: a width is never shown smaller than it is. */
export function showWidth(ns: bigint): string {
  if (ns < 1_000_000n) return `${roundUp(Number(ns) / 1000, ns < 100_000n ? 1 : 0)} µs`;
  return `${roundUp(Number(ns) / 1e6, ns < 100_000_000n ? 2 : 1)} ms`;
}

const microseconds = (ns: bigint): string => roundUp(Number(ns) / 1000, ns < 100_000n ? 2 : 0);

function roundUp(value: number, digits: number): string {
  const scale = 10 ** digits;
  return (Math.ceil(value * scale - 1e-9) / scale).toFixed(digits);
}

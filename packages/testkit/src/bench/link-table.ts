import type { BesideChronyd, ChronydResult } from "./beside-chronyd.ts";
import type { RungResult } from "./measured-exchange.ts";
import { textTable } from "./text-table.ts";
import { type Verdict, verdict } from "./verdict.ts";

/** What one link gave, against chronyd's clients; DESIGN's budgets are ratios of these. NaN = not measured. */
export interface LinkRatios {
  readonly basic: number;
  readonly interleaved: number;
  /** Midpoint of 64, guaranteed and tight, over chronyd's single sample in the same mode. */
  readonly basicGuaranteed: number;
  readonly basicTight: number;
  readonly interleavedGuaranteed: number;
  readonly interleavedTight: number;
  readonly basicOverFloor: number;
  readonly interleavedOverFloor: number;
}

export function ratiosOf({ ours, chronyd }: BesideChronyd): LinkRatios {
  const over = (figure: (one: RungResult) => number, mode: ChronydResult["mode"]) => {
    const one = ours.find((result) => result.mode === `kernel_${mode}`);
    const other = chronyd.find((result) => result.mode === mode);
    return one && other && other.samples > 0 ? figure(one) / other.medianError : Number.NaN;
  };
  const floor = (mode: string) => ours.find((result) => result.mode === mode)?.widthRatio ?? Number.NaN;
  return {
    basic: over((one) => one.medianError, "basic"),
    interleaved: over((one) => one.medianError, "interleaved"),
    basicGuaranteed: over((one) => one.windowGuaranteed, "basic"),
    basicTight: over((one) => one.windowTight, "basic"),
    interleavedGuaranteed: over((one) => one.windowGuaranteed, "interleaved"),
    interleavedTight: over((one) => one.windowTight, "interleaved"),
    basicOverFloor: floor("kernel_basic"),
    interleavedOverFloor: floor("kernel_interleaved"),
  };
}

export function linkVerdicts(link: string, result: BesideChronyd): Verdict[] {
  const ratios = ratiosOf(result);
  const single = "over chronyd's single sample";
  return [
    ...result.ours.map(({ mode, missed, exchanges }) =>
      verdict(`${link}: intervals of ${mode} that miss the truth, of ${exchanges}`, missed, 0, 0),
    ),
    verdict(`${link}: median |offset| basic over chronyd basic`, ratios.basic, 1.2),
    verdict(`${link}: median |offset| interleaved over chronyd interleaved`, ratios.interleaved, 1.5),
    verdict(`${link}: tight midpoint of 64, basic, ${single}`, ratios.basicTight, 1),
    verdict(`${link}: tight midpoint of 64, interleaved, ${single}`, ratios.interleavedTight, 1),
    verdict(`${link}: half-width over its floor, basic`, ratios.basicOverFloor, 1.1, 3),
    verdict(`${link}: half-width over its floor, interleaved`, ratios.interleavedOverFloor, 1.1, 3),
  ];
}

const figure = (value: number, digits = 2): string => (Number.isFinite(value) ? value.toFixed(digits) : "–");

/** All figures of one link, µs. */
export function linkTable({ ours, chronyd }: BesideChronyd): string {
  const heading = ["µs", "exchanges", "failed", "missed", "error p50", "p99", "of 64: G", "H", "half-width p50", "p99", "over floor"];
  return textTable(heading, [...ours.map(ourRow), ...chronyd.map(chronydRow)]);
}

const ourRow = (one: RungResult): string[] => [
  `ours, ${one.mode.replace("kernel_", "")}`,
  String(one.exchanges),
  String(one.failures),
  String(one.missed),
  ...[one.medianError, one.p99Error, one.windowGuaranteed, one.windowTight, one.medianHalfWidth, one.p99HalfWidth].map((value) =>
    figure(value),
  ),
  figure(one.widthRatio, 3),
];

const chronydRow = (one: ChronydResult): string[] => [
  `chronyd, ${one.mode}`,
  String(one.samples),
  "–",
  "–",
  figure(one.medianError),
  figure(one.p99Error),
  "–",
  "–",
  figure(one.medianHalfWidth),
  figure(one.p99HalfWidth),
  "–",
];

/** Link by link, ours over chronyd's. */
export function ratioTable(links: readonly { readonly link: string; readonly result: BesideChronyd }[]): string {
  const heading = [
    "ours over chronyd's",
    "basic",
    "interleaved",
    "64 G basic",
    "64 H basic",
    "64 G interleaved",
    "64 H interleaved",
    "over floor",
  ];
  return textTable(
    heading,
    links.map(({ link, result }) => {
      const ratios = ratiosOf(result);
      const pairs = [ratios.basicGuaranteed, ratios.basicTight, ratios.interleavedGuaranteed, ratios.interleavedTight];
      return [
        link,
        ...[ratios.basic, ratios.interleaved, ...pairs].map((value) => figure(value)),
        figure(Math.max(ratios.basicOverFloor, ratios.interleavedOverFloor), 3),
      ];
    }),
  );
}

import type { ReportView } from "@truebound/wire";
import { type Manifest, manifestOf, type Result } from "./manifest.ts";
import { VERDICTS, type VerdictLook } from "./verdict-look.ts";

export interface VerdictCount extends VerdictLook {
  readonly count: number;
}

export interface ReportSummary {
  readonly verdicts: readonly VerdictCount[];
  readonly totals: Manifest["totals"];
  /** All of it is of pairs: samples say nothing of them. */
  readonly isOfPairs: boolean;
  readonly greatest_divergence_ns: string | null;
  readonly longest_interval_ns: string | null;
  readonly issuer: Manifest["issuer"];
  readonly isDemo: boolean;
  readonly drafts: readonly string[];
  /** Names of the hosts that it was asked of; empty = of all. */
  readonly named: readonly string[];
  /** The report before, where nothing ties this one to it, and the month that was left. */
  readonly untied: { readonly id: string; readonly month: string } | null;
  /** Names of clocks whose evidence does not count, since a chain to UTC is demanded and not shown. */
  readonly untraceable: readonly string[];
}

/** Null = there is none yet. */
export function summaryOf(view: Pick<ReportView, "manifest">): ReportSummary | null {
  const manifest = manifestOf(view);
  if (manifest === null) return null;
  const { demo, issuer, totals, results, profiles, chosen_hosts = [], previous_left: left } = manifest;
  return {
    verdicts: VERDICTS.map(([name, look]) => ({ ...look, count: totals.verdicts[name] ?? 0 })).filter(({ count }) => count > 0),
    totals,
    isOfPairs: results.length > 0 && results.every(({ group }) => group !== undefined),
    greatest_divergence_ns: greatest(results.map(({ sampled }) => sampled.greatest_divergence_ns)),
    longest_interval_ns: greatest(results.map(({ sampled }) => sampled.longest_interval_ns)),
    issuer,
    isDemo: demo,
    drafts: profiles.filter(({ profile }) => profile.status === "draft").map(({ profile }) => profile.id),
    named: chosen_hosts,
    untied: left === undefined ? null : { id: left.id, month: left.head.shard },
    untraceable: [...new Set(results.filter(isUntraceable).map(({ name }) => name))],
  };
}

const isUntraceable = ({ host, documents, terms }: Result): boolean =>
  host !== null && terms.requires_traceability && documents.length === 0;

function greatest(figures: readonly (string | null)[]): string | null {
  return figures.reduce((so, next) => (next !== null && (so === null || BigInt(next) > BigInt(so)) ? next : so), null);
}

/** All four decimals that ppm have: nothing is rounded to what is nicer. */
export function percentText(ppm: number | null): string {
  if (ppm === null) return "not applicable";
  if (ppm === 0 || ppm === 1_000_000) return `${ppm / 10_000}\u00a0%`;
  return `${Math.floor(ppm / 10_000)}.${String(ppm % 10_000).padStart(4, "0")}\u00a0%`;
}

export const groupedText = (count: number): string => String(count).replace(/\B(?=(\d{3})+$)/g, "\u202f");

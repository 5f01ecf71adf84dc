import type { HostSummary } from "@truebound/wire";
import { type Look, lookOf } from "../format/status-look.ts";

/** A host of the strip, in drawing numbers. */
export interface StripHost {
  readonly id: string;
  readonly name: string;
  readonly lo_ns: number;
  readonly hi_ns: number;
  readonly look: Look;
  /** Null = none is known. */
  readonly limit_ns: number | null;
}

/** Places in the order of worst error, `to` not among them. */
export interface Ranks {
  readonly from: number;
  readonly to: number;
}

/** What one line of pixels stands for: its hosts by rank, the hull of their bounds, the worst of their looks, and the strictest of their limits. */
export interface StripRow extends Ranks {
  readonly lo_ns: number;
  readonly hi_ns: number;
  readonly look: Look;
  readonly limit_ns: number | null;
}

const WORST_FIRST: readonly Look[] = ["conflict", "proven-off", "unverified", "unknown", "holdover", "silent", "proven"];
const worseLook = (a: Look, b: Look): Look => (WORST_FIRST.indexOf(a) <= WORST_FIRST.indexOf(b) ? a : b);
const worst = ({ lo_ns, hi_ns }: Pick<StripHost, "lo_ns" | "hi_ns">): number => Math.max(Math.abs(lo_ns), Math.abs(hi_ns));

/** Those that have a bound, the worst first. Whoever has none has no place between the others. */
export const stripHosts = (hosts: readonly HostSummary[]): StripHost[] =>
  hosts
    .flatMap((host) => {
      const { id, name, guaranteed } = host;
      const limit_ns = host.limit_ns === undefined ? null : Number(host.limit_ns);
      return guaranteed === null
        ? []
        : [{ id, name, lo_ns: Number(guaranteed.lo_ns), hi_ns: Number(guaranteed.hi_ns), look: lookOf(host), limit_ns }];
    })
    .sort((a, b) => worst(b) - worst(a));

/** As many rows as hosts or pixels, whichever is less. A row is as wide as all of its hosts together and looks like the worst. */
export function stripRows(hosts: readonly StripHost[], { from, to }: Ranks, pixels: number): StripRow[] {
  const count = Math.min(to - from, Math.max(1, Math.floor(pixels)));
  const edge = (row: number): number => from + Math.floor((row * (to - from)) / count);
  return Array.from({ length: Math.max(0, count) }, (_, row) => rowOf(hosts, { from: edge(row), to: edge(row + 1) }));
}

function rowOf(hosts: readonly StripHost[], { from, to }: Ranks): StripRow {
  let [lo_ns, hi_ns, look]: [number, number, Look] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, "proven"];
  let limit_ns: number | null = null;
  for (let rank = from; rank < to; rank++) {
    const host = hosts[rank];
    if (host === undefined) continue;
    lo_ns = Math.min(lo_ns, host.lo_ns);
    hi_ns = Math.max(hi_ns, host.hi_ns);
    look = worseLook(look, host.look);
    if (host.limit_ns !== null) limit_ns = Math.min(limit_ns ?? host.limit_ns, host.limit_ns);
  }
  return { from, to, lo_ns, hi_ns, look, limit_ns };
}

const FEWEST = 10;

/** Nearer (factor below 1) or farther around a rank, which keeps its place; never beyond either end. */
export function zoomed({ from, to }: Ranks, total: number, around: number, factor: number): Ranks {
  const count = Math.min(total, Math.max(Math.min(FEWEST, total), Math.round((to - from) * factor)));
  const share = to === from ? 0 : (around - from) / (to - from);
  const first = Math.round(around - share * count);
  return moved({ from: first, to: first + count }, total, 0);
}

export function moved({ from, to }: Ranks, total: number, by: number): Ranks {
  const count = to - from;
  const first = Math.max(0, Math.min(total - count, from + by));
  return { from: first, to: first + count };
}

/** As the address says it: the first and the last rank, counted from 1. Null = all. */
export function parseRanks(text: string | null, total: number): Ranks | null {
  const [, first, last] = /^(\d{1,7})-(\d{1,7})$/.exec(text ?? "") ?? [];
  const [from, to] = [Number(first) - 1, Math.min(total, Number(last))];
  return from >= 0 && from < to ? { from, to } : null;
}

export const ranksText = ({ from, to }: Ranks, total: number): string | null => (to - from >= total ? null : `${from + 1}-${to}`);

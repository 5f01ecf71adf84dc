import { unpackColumn } from "@truebound/wire";
import type { HostPlan } from "../host-plan.ts";
import type { ReportedBatch } from "../life.ts";
import type { Run } from "../run.ts";
import type { World } from "../world.ts";
import { instantsWithin } from "./probed.ts";
import { type Check, MOST_SAID, said } from "./violation.ts";

const CHECK = "bounds hold";
/** ns by which a simulated clock's own arithmetic rounds. */
const ROUNDING = 2n;
const PROBED = 6;

/** One row of a report: what was said of a reading, and where that truly lay. */
export interface SaidRow {
  readonly at: bigint;
  readonly status: string;
  readonly votes: number;
  readonly offset: Bound | null;
  readonly throughout: Bound | null;
}

interface Bound {
  readonly lo: bigint;
  readonly hi: bigint;
}

/** No bound that an agent published leaves out where its clock truly was: at a reading, between two of them, and within a span. */
export const boundsHold: Check = (run) => {
  const lines: string[] = [];
  // A life has its own places; two copies of a host may bear one name.
  const last = new Map<ReportedBatch["placeOf"], SaidRow>();
  for (const report of run.records.reported) {
    if (planOf(run, report.host)?.isMisled === true) continue;
    const life = report.placeOf;
    let before = last.get(life) ?? null;
    for (const row of rowsOf(report)) {
      lines.push(...rowMisses(report, row, before, run));
      before = row;
      last.set(life, row);
    }
    lines.push(...spanMisses(report, run));
  }
  return said(CHECK, lines.slice(0, MOST_SAID));
};

const planOf = ({ hosts }: Pick<Run, "hosts">, name: string): HostPlan | undefined => hosts.find(({ plan }) => plan.name === name)?.plan;

/** How many of those that a host hears may lie: sources of its own, or a peer. */
export const liarsIn = ({ liars, mesh }: World): number =>
  liars + (mesh === null || mesh.wrong === null || mesh.wrong.how === "cut_off" ? 0 : 1);

/** What rests on no more votes than there are liars promises nothing: all of them may lie. */
export const isPromised = ({ status, votes }: Pick<SaidRow, "status" | "votes">, { world }: Pick<Run, "world">): boolean =>
  status !== "unverified" || votes > liarsIn(world);

export function rowsOf({ batch: { bounds }, placeOf }: Pick<ReportedBatch, "batch" | "placeOf">): SaidRow[] {
  const columns = {
    raw: unpackColumn(bounds.raw_ns),
    offset: pairs(unpackColumn(bounds.lo_ns), unpackColumn(bounds.hi_ns)),
    throughout: pairs(unpackColumn(bounds.throughout_lo_ns), unpackColumn(bounds.throughout_hi_ns)),
  };
  return bounds.status.map((status, index) => ({
    at: placeAt(placeOf, columns.raw[index] ?? null),
    status,
    votes: bounds.votes[index] ?? 0,
    offset: columns.offset[index] ?? null,
    throughout: columns.throughout[index] ?? null,
  }));
}

function placeAt(placeOf: ReadonlyMap<string, bigint>, raw: bigint | null): bigint {
  const at = placeOf.get(String(raw));
  if (at === undefined) throw new Error(`A report tells of a reading at ${raw} on RAW that nobody made`);
  return at;
}

const pairs = (lo: readonly (bigint | null)[], hi: readonly (bigint | null)[]): (Bound | null)[] =>
  lo.map((one, index) => {
    const other = hi[index] ?? null;
    return one === null || other === null ? null : { lo: one, hi: other };
  });

function rowMisses({ host, machine, life }: ReportedBatch, row: SaidRow, before: SaidRow | null, run: Run): string[] {
  if (!isPromised(row, run)) return [];
  const misses = row.offset === null ? [] : outside(row.offset, [row.at], machine);
  const isBetween = row.throughout !== null && before !== null && isPromised(before, run);
  const between =
    isBetween && row.throughout !== null && before !== null
      ? outside(row.throughout, instantsWithin(before.at, row.at, PROBED, run.world.seed), machine)
      : [];
  return [
    ...misses.map((words) => `${host} life ${life} (${row.status}): ${words}`),
    ...between.map((words) => `${host} life ${life} (${row.status}, since the reading before): ${words}`),
  ];
}

function spanMisses({ batch: { spans }, placeOf, host, machine, life }: ReportedBatch, run: Run): string[] {
  // A span does not say how many votes it rests on.
  const [from, to, lo, hi] = [spans.from_raw_ns, spans.to_raw_ns, spans.lo_ns, spans.hi_ns].map(unpackColumn);
  return spans.status.flatMap((status, index) => {
    if (status === "unverified" && liarsIn(run.world) > 0) return [];
    const bound = { lo: lo?.[index] ?? 0n, hi: hi?.[index] ?? 0n };
    const within = instantsWithin(
      placeAt(placeOf, from?.[index] ?? null),
      placeAt(placeOf, to?.[index] ?? null),
      4 * PROBED,
      run.world.seed,
    );
    return outside(bound, within, machine).map((words) => `${host} life ${life} (span, ${status}): ${words}`);
  });
}

function outside({ lo, hi }: Bound, instants: readonly bigint[], { clock }: ReportedBatch["machine"]): string[] {
  const missed = instants.find((at) => {
    const truth = clock.offsetAt(at);
    return truth < lo - ROUNDING || truth > hi + ROUNDING;
  });
  return missed === undefined
    ? []
    : [`at ${(Number(missed) / 1e9).toFixed(6)} s the offset was ${clock.offsetAt(missed)} ns, and [${lo}, ${hi}] was said`];
}

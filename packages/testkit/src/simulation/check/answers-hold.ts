import { audit, clockOf, type EvidenceItem, type InstantVerdict } from "@truebound/audit";
import { answerAt, batchRecord, readStoredBatch, storedReadings } from "@truebound/server";
import { utc } from "@truebound/time";
import { SeededRandom } from "../../sim/random.ts";
import type { Host } from "../host.ts";
import { isNearLeap, leapList } from "../leap-second.ts";
import type { Run } from "../run.ts";
import { chainOf } from "../tables.ts";
import { liarsIn } from "./bounds-hold.ts";
import { evidenceOf, textOf } from "./evidence-of.ts";
import { instantsWithin } from "./probed.ts";
import { MOST_SAID, said, type Violation } from "./violation.ts";

const CHECK = "answers hold";
const ROUNDING = 2n;
const ASKED = 60;
const SECOND = 1_000_000_000n;
const FIRST_BOOT = SECOND;
/** Such an answer rests on nothing but the last record: what happened to the clock later nobody could say. */
const AFTER_THE_LAST = "after_the_last_record";
const HORIZON = 60_000_000_000n;

/**
 * What the server says of an instant of the past, and the verdicts of an audit over all of it, never leave out the truth; and
 * where there is no evidence they say so. Of a host whose copy ran the evidence is of two clocks.
 */
export async function answersHold(run: Run): Promise<Violation[]> {
  if (run.world.troubles.some(({ kind }) => kind === "clone")) return [];
  // All that a host says of itself whose sources all lie alike is wrong, and it cannot know.
  const known = run.hosts.filter(({ plan }) => plan.isMisled !== true);
  const found = await Promise.all(known.map(async (host) => [...(await intervalMisses(run, host)), ...verdictMisses(run, host)]));
  return said(CHECK, found.flat());
}

async function intervalMisses(run: Run, host: Host): Promise<string[]> {
  const { startUtc, end } = run.truth;
  const evidence = chainOf(run.tables, host.id).flatMap((row) => (row.isReadable ? [{ ...row, text: () => textOf(row.body) }] : []));
  const readings = await storedReadings(host.id, evidence, { read: readStoredBatch, pause: async () => undefined });
  if (readings === null || readings.length === 0) return [];
  const random = new SeededRandom(run.world.seed);
  const asked = [FIRST_BOOT / 2n, ...Array.from({ length: ASKED }, () => BigInt(Math.floor(random.next() * Number(end))))];
  const missed = asked.flatMap((elapsed) => {
    if (isNearLeap(run.world.leap, elapsed)) return [];
    const { status, reason, bound, readings: used } = answerAt(readings, utc(run.truth.utcAt(elapsed)));
    const place = `${host.plan.name}: asked of ${(Number(elapsed) / 1e9).toFixed(6)} s`;
    if (bound === null) return [];
    // Whoever lies also says when that was.
    if (used.some((one) => one.status === "unverified" && liarsIn(run.world) > 0)) return [];
    if (elapsed < FIRST_BOOT) return [`${place}, before any host ran, it is ${status}`];
    if (reason === AFTER_THE_LAST && host.machine.steppedWithin((readings.at(-1)?.at ?? 0n) - startUtc - SECOND, elapsed)) return [];
    const truth = host.machine.clock.offsetAt(elapsed);
    return truth < bound.lo - ROUNDING || truth > bound.hi + ROUNDING
      ? [`${place}, the offset was ${truth} ns, and [${bound.lo}, ${bound.hi}] is said (${status})`]
      : [];
  });
  return missed.slice(0, MOST_SAID);
}

function verdictMisses(run: Run, host: Host): string[] {
  const { startUtc, end } = run.truth;
  const period = { from: startUtc, to: run.truth.utcAt(end) };
  const limit = limitOf(run);
  const items: EvidenceItem[] = evidenceOf(run.tables, host.id).map(({ row, batch }) => ({
    kind: "batch",
    record: batchRecord(batch, row),
  }));
  const { clock } = clockOf(items, {
    period,
    leaps: leapList(run.world.leap).rows,
    countsUnverified: false,
    isTraceable: true,
    horizon: HORIZON,
    schedule: [],
    exemptions: [],
    limit,
  });
  // What clockOf gives lies on the leap-free axis: one base further than UTC before any leap of this world.
  const base = axisBase();
  const window = { from: startUtc + base, to: startUtc + end + base };
  const terms = { limit, appError: 0n, horizon: HORIZON, requiresTraceability: false, minimumProvenPpm: null };
  const { spans } = audit({ terms, clock, window, schedule: [window], exemptions: [] });
  const missed = spans.flatMap(({ from, to, verdict }) =>
    wrongIn(host, verdict, from - base - startUtc, to - base - startUtc, limit, run.world),
  );
  return missed.slice(0, MOST_SAID);
}

const axisBase = (): bigint => 37_000_000_000n;

function limitOf({ world }: Run): { readonly min: bigint; readonly max: bigint } {
  const ns = BigInt([1_000_000, 10_000_000, 100_000_000, 1_000_000_000][world.seed % 4] ?? 1_000_000);
  // Not the same either way, so that a sign that is wrong shows.
  return { min: -ns, max: ns / 4n };
}

/** The truth is divergence, local − UTC. Spans are half-open, and their ends rounded inward. */
function wrongIn(
  host: Host,
  verdict: InstantVerdict,
  from: bigint,
  to: bigint,
  limit: { readonly min: bigint; readonly max: bigint },
  { seed, leap }: Pick<Run["world"], "seed" | "leap">,
): string[] {
  const place = `${host.plan.name}: ${verdict} from ${(Number(from) / 1e9).toFixed(6)} s to ${(Number(to) / 1e9).toFixed(6)} s`;
  if (verdict === "CONFLICT") return [`${place}, and no source lies beyond what is assumed`];
  if (verdict !== "COMPLIANT" && verdict !== "VIOLATION") return [];
  const wrong = instantsWithin(from, to - 1n, 12, seed).find((at) => {
    if (isNearLeap(leap, at)) return false;
    const truth = -host.machine.clock.offsetAt(at);
    const isInside = limit.min - ROUNDING <= truth && truth <= limit.max + ROUNDING;
    const isOutside = truth < limit.min + ROUNDING || truth > limit.max - ROUNDING;
    return verdict === "COMPLIANT" ? !isInside : !isOutside;
  });
  return wrong === undefined
    ? []
    : [`${place}, and at ${(Number(wrong) / 1e9).toFixed(6)} s the divergence was ${-host.machine.clock.offsetAt(wrong)} ns`];
}

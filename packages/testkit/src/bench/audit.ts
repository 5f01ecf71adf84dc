import { type AuditResult, audit, type Sample, type SpanEvidence, type Stretch } from "@truebound/audit";
import { BILLION } from "@truebound/time";
import { SeededRandom } from "../sim/random.ts";

/** What it costs to judge one host. Processor time tells it on a machine that others share; it holds the collector's threads too. */
export interface AuditCost {
  readonly pieces: number;
  readonly processorS: number;
  readonly wallS: number;
  readonly result: AuditResult;
}

const START = 1_780_000_000n * BILLION;
const MINUTE = 60n * BILLION;
/** ns: never met, and met twice between two samples. */
const ROOMY = 1_000_000n;
export const CROSSED = 60_000n;
const WIDTH = { least: 20_000, most: 50_000 };

/** A host of 217 ppm, read once a second with a jitter of a millisecond, 20 to 50 µs to either side of up to 10 µs. */
export function costOfSamples(count: number, limit = ROOMY): AuditCost {
  const random = new SeededRandom(1);
  const samples = Array.from({ length: count }, (_, index): Sample => {
    const t = START + BigInt(index) * BILLION + BigInt(Math.floor(random.between(0, 1e6)));
    return { t, ...bound(random) };
  });
  return costOf(samples, [], { from: START, to: START + BigInt(count) * BILLION }, limit);
}

/** One statement a minute, each from a reading to a reading that the next one begins with. */
export function costOfSpans(count: number): AuditCost {
  const random = new SeededRandom(2);
  const spans = Array.from({ length: count }, (_, index): SpanEvidence => {
    const from = START + BigInt(index) * MINUTE;
    return { from, to: from + MINUTE, ...bound(random) };
  });
  return costOf([], spans, { from: START, to: START + BigInt(count) * MINUTE }, ROOMY);
}

function bound(random: SeededRandom): { readonly lo: bigint; readonly hi: bigint } {
  const middle = random.between(-10_000, 10_000);
  const width = random.between(WIDTH.least, WIDTH.most);
  return { lo: BigInt(Math.floor(middle - width)), hi: BigInt(Math.ceil(middle + width)) };
}

function costOf(samples: readonly Sample[], spans: readonly SpanEvidence[], window: Stretch, limit: bigint): AuditCost {
  const terms = {
    limit: { min: -limit, max: limit },
    appError: 0n,
    horizon: 30n * BILLION,
    requiresTraceability: false,
    minimumProvenPpm: null,
  };
  const [wall, processor] = [performance.now(), process.cpuUsage()];
  const result = audit({ terms, window, schedule: [window], exemptions: [], clock: { driftPpb: 217_345n, cuts: [], samples, spans } });
  const { user, system } = process.cpuUsage(processor);
  return { pieces: samples.length + spans.length, processorS: (user + system) / 1e6, wallS: (performance.now() - wall) / 1000, result };
}

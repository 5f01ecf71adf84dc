import {
  type AuditResult,
  audit,
  auditGroup,
  auditPair,
  type GroupMember,
  type Sample,
  type SpanEvidence,
  type Stretch,
} from "@truebound/audit";
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

const EVERY = 16n * BILLION;

/** Hosts that are read every 16 s, each at instants of its own, for so many readings. */
function membersOf(hosts: number, readings: number): GroupMember[] {
  const random = new SeededRandom(3);
  return Array.from({ length: hosts }, () => {
    const begins = START + BigInt(Math.floor(random.between(0, Number(EVERY))));
    const spans = Array.from({ length: readings }, (_, index): SpanEvidence => {
      const from = begins + BigInt(index) * EVERY;
      return { from, to: from + EVERY, ...bound(random) };
    });
    const clock = { driftPpb: 217_345n, cuts: [], samples: [], spans };
    return { terms: { horizon: 30n * BILLION, requiresTraceability: false }, clock, exemptions: [] };
  });
}

const groupTerms = (limit: bigint) => ({ limit, appError: 0n, minimumProvenPpm: null });
const windowOf = (readings: number): Stretch => ({ from: START + EVERY, to: START + BigInt(readings) * EVERY });

/** All pairs of a group at once; with `CROSSED` some pairs are beyond the limit at nearly any instant, and none is proved to be. */
export function costOfGroup(hosts: number, readings: number, limit = ROOMY): AuditCost {
  const window = windowOf(readings);
  const members = membersOf(hosts, readings);
  return measured(hosts * readings, () => auditGroup({ terms: groupTerms(limit), window, schedule: [window], exemptions: [], members }));
}

/** The same, each pair by itself; the result is that of the last one. */
export function costOfPairs(hosts: number, readings: number): AuditCost {
  const window = windowOf(readings);
  const members = membersOf(hosts, readings);
  const terms = { ...groupTerms(ROOMY), limit: { min: -ROOMY, max: ROOMY } };
  const pairs = members.flatMap((a, index) => members.slice(index + 1).map((b) => [a, b] as const));
  return measured(hosts * readings, () =>
    pairs.map((clocks) => auditPair({ terms, window, schedule: [window], exemptions: [], clocks })).reduce((_, last) => last),
  );
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
  const clock = { driftPpb: 217_345n, cuts: [], samples, spans };
  return measured(samples.length + spans.length, () => audit({ terms, window, schedule: [window], exemptions: [], clock }));
}

function measured(pieces: number, judge: () => AuditResult): AuditCost {
  const [wall, processor] = [performance.now(), process.cpuUsage()];
  const result = judge();
  const { user, system } = process.cpuUsage(processor);
  return { pieces, processorS: (user + system) / 1e6, wallS: (performance.now() - wall) / 1000, result };
}

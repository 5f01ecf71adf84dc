import { SeededRandom } from "@truebound/testkit";
import type { Batch } from "@truebound/wire";
import { type World, worldOf } from "../server/src/report/memory-world.fixture.ts";
import { batchOf } from "../server/test/fake-agent.ts";
import { type Drawing, S, TO } from "./verified-scene.ts";

const BOOTED = 1_400_000_000n * S;

function drawn(random: SeededRandom): Drawing {
  const whole = (least: number, most: number): number => least + Math.floor(random.next() * (most - least + 1));
  return { whole, chance: (p) => random.next() < p, of: (all) => all[whole(0, all.length - 1)] as (typeof all)[number] };
}

/** How a host is measured: drawn once, so that its reports are of one pace. */
interface Manner {
  readonly pathNs: number;
  readonly pollS: number;
  readonly readS: number;
  readonly votes: number;
  readonly reports: number;
  readonly isTold: boolean;
  readonly assumptions: Partial<Batch["assumptions"]>;
  readonly trusting: boolean;
}

function mannerOf({ whole, chance, of }: Drawing): Manner {
  return {
    pathNs: of([2_000, 30_000, 60_000, 60_000, 250_000]),
    pollS: of([1, 1, 2, 8]),
    readS: of([1, 1, 1, 3]),
    votes: whole(1, 5),
    reports: of([1, 5, 20, 20, 70]),
    isTold: chance(0.9),
    assumptions: {
      rho_ppb: of([1_000, 1_000, 1_000, 15_000, 200_000]),
      oscillator_ppb: of([null, null, -800, -800, 21_000]),
      faults: of([0, 0, 1, 1, 2]),
      slew_ppm: of([1, 1, 60, 83_334]),
      stamp_mode: of(["kernel_basic", "hardware_basic", "kernel_interleaved", "hardware_interleaved"]),
    },
    trusting: chance(0.15),
  };
}

/** Up to ten hosts whose last reports say what their bounds are made of, each in a manner of its own; some beyond the end of the period. */
export function foretoldWorld(seed: number, hosts: number): World {
  const world = worldOf(hosts);
  for (const [number, host] of world.hosts.entries()) {
    const draw = drawn(new SeededRandom(seed * 1000 + number));
    const manner = mannerOf(draw);
    const first = TO - BigInt(draw.of([9, 300, 590])) * S;
    const every = BigInt(draw.of([9, 10, 30])) * S;
    for (let index = 0; index < manner.reports; index++)
      host.report([batchAt(host.facts.id, first + BigInt(index) * every, index * Number(every / S), manner, draw)]);
  }
  return world;
}

function batchAt(id: string, at: bigint, second: number, manner: Manner, { whole, chance, of }: Drawing): Batch {
  const drift = whole(0, 9_000);
  const half = BigInt(manner.pathNs + 1_500 + drift + whole(0, 4_000));
  const status = of(["proven", "proven", "proven", "proven", "unverified", "holdover", "conflict"] as const);
  const shown = [1, 0].map((back) => at - BigInt(back * manner.readS) * S);
  const rows = shown.map((realtime) => ({
    realtime,
    raw: realtime - BOOTED,
    lo: -half,
    hi: half + BigInt(whole(0, 900)),
    status,
    reason: manner.trusting && status === "proven" ? ("trusting" as const) : null,
    ...(manner.isTold ? { gap: BigInt(manner.readS) * S + BigInt(whole(0, 5_000_000)) } : {}),
  }));
  const plain = batchOf(id, rows);
  const polls = 4 + Math.floor(second / manner.pollS);
  return {
    ...plain,
    sealed_boottime_ns: String(BigInt(second + 100) * S),
    assumptions: { ...plain.assumptions, ...manner.assumptions, ...(chance(0.01) ? { rho_ppb: 400_000 } : {}) },
    sources: plain.sources.map((source, place) => ({
      ...source,
      origin: of(["declared", "declared", "discovered"] as const),
      state: chance(0.85) ? ("agrees" as const) : ("falseticker" as const),
      polls: place === 2 ? Math.floor(polls / 2) : polls,
    })),
    bounds: { ...plain.bounds, votes: rows.map(() => manner.votes) },
    terms: chance(0.9)
      ? {
          path_ns: String(manner.pathNs),
          root_ns: String(whole(200, 900)),
          precision_ns: "100",
          stamp_ns: String(whole(50, 400)),
          drift_ns: String(drift),
          slew_ns: "0",
        }
      : null,
    ...(chance(0.05) ? { rehearsal: { id: "drill", fault: "step", for_s: 60, by_ns: "1000000", who: "an operator" } } : {}),
  };
}

const MOST = Number.MAX_SAFE_INTEGER;
type Odd = (batch: Batch, index: number) => Batch;

/** What an agent that is broken or hostile may sign. */
const assuming =
  (assumptions: Partial<Batch["assumptions"]>, terms: Partial<NonNullable<Batch["terms"]>> = {}): Odd =>
  (batch) => ({
    ...batch,
    assumptions: { ...batch.assumptions, ...assumptions },
    terms: batch.terms && { ...batch.terms, ...terms },
  });
const ODD: readonly Odd[] = [
  assuming({ stamp_mode: "hardware_interleaved" }),
  (batch, index) => ({ ...batch, sealed_boottime_ns: String(BigInt(1000 - index) * S) }),
  (batch) => ({ ...batch, sealed_boottime_ns: String(1000n * S) }),
  assuming({ rho_ppb: 3, oscillator_ppb: 1 }, { drift_ns: "-1" }),
  assuming({}, { path_ns: "9".repeat(30), drift_ns: `-${"9".repeat(30)}` }),
];
/** Sums of them are no numbers of a manifest: such a batch is none. */
const BEYOND: readonly Odd[] = [assuming({ rho_ppb: MOST }), assuming({ slew_ppm: MOST }), assuming({ faults: MOST })];

/** A host for each of what is odd, and one as any other. */
export function oddWorld(): World {
  const odd = [...ODD, ...BEYOND];
  const world = worldOf(odd.length + 1);
  const { whole, chance, of } = drawn(new SeededRandom(1));
  const manner = { ...mannerOf({ whole, chance, of }), pathNs: 30_000, pollS: 1, readS: 1, votes: 3, isTold: true, trusting: false };
  const always: Drawing = { whole: (least) => least, chance: (p) => p > 0.5, of: ([first]) => first as never };
  for (const [number, host] of world.hosts.entries())
    for (let index = 0; index < 5; index++) {
      const batch = batchAt(host.facts.id, TO - BigInt(500 - index * 100) * S, index * 100, manner, always);
      host.report([odd[number]?.(batch, index) ?? batch]);
    }
  return world;
}

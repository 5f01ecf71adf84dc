import { SeededRandom } from "@truebound/testkit";
import { BILLION, raw, utc } from "@truebound/time";
import type { HostRecord } from "../fleet/host-record.ts";
import { summarize } from "../fleet/host-view.ts";
import { record } from "../fleet/record.fixture.ts";
import type { FleetEntry } from "../fleet/watcher.ts";
import type { PolicyRule } from "../policy/choose-policy.ts";
import type { MeasuredEdge } from "./ports.ts";

export const START = 1_795_680_000n * BILLION;
export const RULES: PolicyRule[] = [{ selector: {}, version: 1, block: { mesh: { domain: "lan", port: 8126 } } }];
/** A reading every so often, and an exchange with each neighbour, s. */
const READING_EVERY = 10;
const EXCHANGE_EVERY = 16;
const SIGMA = 2_000;

export interface Lie {
  readonly host: number;
  /** ns; by so much more its clock is off than it says. */
  readonly by: bigint;
}

interface SimHost {
  readonly id: string;
  /** By how much its ruler is fast. */
  readonly ppb: bigint;
  /** Read 0 so long after START. */
  readonly booted: bigint;
  /** Its clock − UTC, and what it says of that. */
  readonly error: bigint;
  readonly claimed: readonly [bigint, bigint];
  readonly neighbours: readonly number[];
  /** s; hosts do not all report and ask in the same second. */
  readonly phase: number;
}

export const hostId = (index: number): string => `3f0f8a0e-0000-4000-8000-${index.toString(16).padStart(12, "0")}`;

/** Hosts of which the truth is known, that read their clocks and ask each other. Time is in seconds from START. */
export class SimMesh {
  readonly hosts: readonly SimHost[];
  readonly #random: SeededRandom;

  constructor(seed: number, count: number, lies: readonly Lie[] = [], neighbours = 6) {
    this.#random = new SeededRandom(seed);
    const by = new Map(lies.map((lie) => [lie.host, lie.by]));
    this.hosts = Array.from({ length: count }, (_, index) => this.#host(index, count, by.get(index) ?? 0n, neighbours));
  }

  rawOf({ ppb, booted }: SimHost, second: number): bigint {
    const since = BigInt(Math.round(second * 1e9)) - booted;
    return since + (since * ppb) / BILLION;
  }

  /** The host as the server has it: its latest reading at `second`, and what it says of its clock there. */
  record(index: number, second: number, more: Partial<HostRecord> = {}): HostRecord {
    const host = this.hosts[index] as SimHost;
    const at = this.#latest(host, second, READING_EVERY);
    const [least, most] = host.claimed;
    const now = utc(START + BigInt(Math.round(at * 1e9)));
    return record({
      id: host.id,
      name: `h${index}`,
      bound: { lo: -most, hi: -least },
      frequency: { oscillator: [Number(host.ppb) - 500, Number(host.ppb) + 500], daemon_slew: null },
      assumptions: {
        rho_ppb: 200_050,
        oscillator_ppb: null,
        drift_basis: "assumed",
        sigma_ppb: SIGMA,
        faults: 1,
        slew_ppm: 500,
        slew_basis: "chrony",
        stamp_mode: "simulated",
      },
      receivedAt: now,
      reading: { raw: this.rawOf(host, at), realtime: now + host.error },
      mesh: {
        assignment: null,
        ruler: index,
        answers: null,
        trouble: null,
        requests: { answered: 0, stranger: 0, not_a_request: 0, over_limit: 0, unsent: 0 },
        own: { lo_ns: (-most).toString(), hi_ns: (-least).toString(), rests_on: [] },
        peers: [],
      },
      ...more,
    });
  }

  entry(index: number, second: number, more: Partial<HostRecord> = {}): FleetEntry {
    const one = this.record(index, second, more);
    return { record: one, liveness: "reporting", ageMs: 1_000, summary: summarize(one, "reporting") };
  }

  entries = (second: number): FleetEntry[] => this.hosts.map((_, index) => this.entry(index, second));

  /** The newest of each host with each of its neighbours, over paths of which each way takes its own time. */
  edges(second: number): MeasuredEdge[] {
    return this.hosts.flatMap((host) => host.neighbours.map((other) => this.measured(host, this.hosts[other] as SimHost, second)));
  }

  measured(from: SimHost, to: SimHost, second: number): MeasuredEdge {
    const at = this.#latest(from, second, EXCHANGE_EVERY);
    const random = new SeededRandom(Math.round(at * 1000) + 7 * (from.phase + to.phase));
    const [x, y] = [this.rawOf(from, at), this.rawOf(to, at)];
    const width = () => BigInt(Math.round(random.between(20_000, 60_000)));
    const span = { at: raw(x), lo: y - x - width(), hi: y - x + width() };
    return {
      from: from.id,
      to: to.id,
      fromRuler: this.hosts.indexOf(from),
      toRuler: this.hosts.indexOf(to),
      ...span,
      hull: { at: span.at, lo: span.lo + 5_000n, hi: span.hi - 5_000n },
      ageMs: (second - at) * 1000,
    };
  }

  /** What a host measures of a target whose clock − UTC is `error`. */
  sighted(index: number, id: string, error: bigint, second: number): MeasuredEdge {
    const from = this.hosts[index] as SimHost;
    const at = this.#latest(from, second, EXCHANGE_EVERY);
    const x = this.rawOf(from, at);
    const shown = START + BigInt(Math.round(at * 1e9)) + error;
    return {
      from: from.id,
      to: id,
      fromRuler: index,
      toRuler: null,
      at: raw(x),
      lo: shown - x - 40_000n,
      hi: shown - x + 60_000n,
      hull: null,
      ageMs: (second - at) * 1000,
    };
  }

  #latest = ({ phase }: SimHost, second: number, every: number): number => second - ((second + phase) % every);

  #host(index: number, count: number, lie: bigint, neighbours: number): SimHost {
    const within = (least: number, most: number) => BigInt(Math.round(this.#random.between(least, most)));
    const says = within(-300_000, 300_000);
    const others = new Set<number>();
    while (others.size < Math.min(neighbours, count - 1)) {
      const other = Math.floor(this.#random.between(0, count));
      if (other !== index) others.add(other);
    }
    return {
      id: hostId(index),
      ppb: within(-50_000, 50_000),
      booted: within(-1e15, -1e12),
      error: says + lie,
      claimed: [says - within(100_000, 1_000_000), says + within(100_000, 1_000_000)],
      neighbours: [...others],
      phase: Math.floor(this.#random.between(0, 80)),
    };
  }
}

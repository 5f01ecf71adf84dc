import { BATCH_VERSION, type Batch, type BatchSource, packColumn, packStamps, type Stamps } from "@truebound/wire";
import { SeededRandom } from "../sim/random.ts";
import { SyntheticMesh } from "./synthetic-mesh.ts";

/**
 * Batches as an agent seals them beside a healthy daemon: eight sources in turn, a row a minute and one at the end, a span
 * for each whole minute, and figures that scatter as real ones do. For load and size, never for a statement about clocks.
 */
export interface Shape {
  readonly exchanges: number;
  /** Seconds between two exchanges of the host. */
  readonly every: number;
  /** Peers that it measures, each every 16 s; absent = it is in no mesh. */
  readonly peers?: number;
}

const SOURCES = 8;
const S = 1_000_000_000n;
const MINUTE = 60n * S;

export class SyntheticHost {
  readonly #random: SeededRandom;
  readonly #agent: string;
  readonly #shape: Shape;
  readonly #delays: readonly number[];
  /** UTC, and RAW by a clock that started a day earlier. */
  #now: bigint;
  readonly #booted: bigint;
  readonly #mesh: SyntheticMesh | null;
  #polls = 0;
  /** How far the host's clock was set ahead of UTC, and the steps that the next batch tells of. */
  #ahead = 0n;
  #steps: bigint[] = [];

  /** `from`: UTC of the first exchange, ns. */
  constructor(agent: string, shape: Shape, from: bigint, seed: number) {
    this.#random = new SeededRandom(seed);
    this.#agent = agent;
    this.#shape = shape;
    this.#now = from;
    this.#booted = from - 86_400n * S - BigInt(Math.floor(this.#random.between(0, 1e9)));
    this.#mesh = shape.peers === undefined ? null : new SyntheticMesh(this.#random, shape.peers, this.#raw(from));
    this.#delays = Array.from({ length: SOURCES }, () => this.#random.between(80_000, 900_000));
  }

  /** The next batch of this host. */
  next(): Batch {
    const start = this.#now;
    const stamps: Stamps[] = [];
    const source: number[] = [];
    for (let count = 0; count < this.#shape.exchanges; count++) {
      const which = this.#polls++ % SOURCES;
      source.push(which);
      stamps.push(this.#exchange(this.#delays[which] as number));
    }
    const rows = this.#rows(start);
    return this.#batch(source, stamps, rows);
  }

  /** Sets the host's clock; its ruler goes on. */
  step(byNs: bigint): void {
    this.#ahead += byNs;
    this.#steps.push(byNs);
  }

  #stepEvents(at: bigint): Batch["events"] {
    const stamps = { raw_ns: this.#raw(at).toString(), realtime_ns: (at + this.#ahead).toString(), boottime_ns: this.#raw(at).toString() };
    return this.#steps.splice(0).map((by) => ({ kind: "clock_stepped", ...stamps, source: null, detail: { by_ns: by.toString() } }));
  }

  #exchange(delay: number): Stamps {
    const [out, hold, back] = [delay / 2 + this.#random.exponential(4_000), this.#random.between(9_000, 31_000), delay / 2];
    const t1 = this.#raw(this.#now);
    const t2 = this.#now + BigInt(Math.round(out + this.#random.between(-500, 500)));
    const t3 = t2 + BigInt(Math.round(hold));
    const t4 = t1 + BigInt(Math.round(out + hold + back + this.#random.exponential(4_000)));
    this.#now += BigInt(Math.round(this.#shape.every * 1e9 * this.#random.between(0.95, 1.05)));
    return { t1, t2, t3, t4 };
  }

  #raw(utc: bigint): bigint {
    return utc - this.#booted;
  }

  /** One a minute, and one at the end. */
  #rows(start: bigint): bigint[] {
    const rows: bigint[] = [];
    for (let at = start + MINUTE; at < this.#now; at += MINUTE) rows.push(at);
    return [...rows, this.#now];
  }

  #batch(source: readonly number[], stamps: readonly Stamps[], rows: readonly bigint[]): Batch {
    const width = () => BigInt(Math.round(this.#random.between(60_000, 180_000)));
    const column = (pick: (row: bigint) => bigint) => packColumn(rows.map(pick));
    const ahead = this.#ahead;
    const [low, high] = [rows.map(() => width()), rows.map(() => width())];
    const [lo, hi] = [low.map((end) => -end - ahead), high.map((end) => end - ahead)];
    const wider = (ends: readonly bigint[], by: bigint) => packColumn(ends.map((end) => end + by));
    const minutes = rows.slice(0, -1);
    return {
      version: BATCH_VERSION,
      agent: this.#agent,
      boot_id: "3f0f8a0e-5b1c-4d7e-9a6f-000000000001",
      software: "truebound-agent/0.1.0",
      sealed_boottime_ns: this.#raw(this.#now).toString(),
      sealed_realtime_ns: (this.#now + ahead).toString(),
      assumptions: {
        rho_ppb: 200_000,
        oscillator_ppb: null,
        drift_basis: "assumed",
        sigma_ppb: 2_000,
        faults: 1,
        slew_ppm: 83_333,
        slew_basis: "chrony",
        stamp_mode: "kernel_interleaved",
      },
      trusting: [],
      policy_version: 1,
      sources: this.#delays.map((delay, index) => this.#source(delay, index)),
      bounds: {
        raw_ns: column((at) => this.#raw(at)),
        realtime_ns: column((at) => at + ahead),
        boottime_ns: column((at) => this.#raw(at)),
        status: rows.map(() => "proven"),
        reason: rows.map(() => null),
        lo_ns: packColumn(lo),
        hi_ns: packColumn(hi),
        since_lo_ns: wider(lo, -21_000n),
        since_hi_ns: wider(hi, 21_000n),
        tight_lo_ns: packColumn(low.map((end) => -end / 3n - ahead)),
        tight_hi_ns: packColumn(high.map((end) => end / 3n - ahead)),
        throughout_lo_ns: wider(lo, -104_000n),
        throughout_hi_ns: wider(hi, 104_000n),
        gap_ns: column(() => 1_000_000_000n + width()),
        votes: rows.map(() => SOURCES),
        need: rows.map(() => SOURCES - 1),
        agree: rows.map(() => Array.from({ length: SOURCES }, (_, index) => index)),
      },
      terms: { path_ns: "70070", root_ns: "45777", precision_ns: "119", stamp_ns: "312", drift_ns: "14902", slew_ns: "83333" },
      frequency: { oscillator: [-9_968, 14_498], daemon_slew: [-2_300, -2_299] },
      spans: {
        from_raw_ns: packColumn(minutes.map((at) => this.#raw(at - MINUTE))),
        from_realtime_ns: packColumn(minutes.map((at) => at - MINUTE + ahead)),
        to_raw_ns: packColumn(minutes.map((at) => this.#raw(at))),
        to_realtime_ns: packColumn(minutes.map((at) => at + ahead)),
        lo_ns: packColumn(minutes.map(() => -width() - ahead)),
        hi_ns: packColumn(minutes.map(() => width() - ahead)),
        readings: minutes.map(() => 60),
        status: minutes.map(() => "proven"),
      },
      exchanges: {
        source: [...source],
        ...packStamps(stamps),
        root_delay_raw: source.map((which) => 20 + which),
        root_dispersion_raw: source.map((which) => 30 + which + Math.floor(this.#random.between(0, 3))),
        precision_server: source.map(() => -24),
        precision_client: source.map(() => -23),
        cap_ns: packColumn(source.map(() => BigInt(Math.round(this.#random.between(200, 900))))),
        slack_ns: source.map(() => 22_889),
        stamp_mode: source.map(() => "kernel_interleaved"),
        reply: source.map(() => "interleaved"),
      },
      events: this.#stepEvents(this.#now),
      ...(this.#mesh === null ? {} : { mesh: this.#mesh.until(this.#raw(this.#now)) }),
    };
  }

  #source(delay: number, index: number): BatchSource {
    return {
      id: `ntp${index + 1}.example.net:123`,
      address: `192.0.2.${index + 1}`,
      origin: "declared",
      state: "agrees",
      stratum: 2,
      refid: 0xc0000200 + index,
      leap: 0,
      lo_ns: (-Math.round(delay)).toString(),
      hi_ns: Math.round(delay * 1.1).toString(),
      delay_ns: Math.round(delay).toString(),
      polls: this.#polls,
      replies: this.#polls,
      refusals: {},
      local_reference: false,
      timescale: "utc",
    };
  }
}

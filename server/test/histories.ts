import { deflateSync } from "node:zlib";
import type { SeededRandom } from "@truebound/testkit";
import { BATCH_DICTIONARY, type Batch, type DaemonSays } from "@truebound/wire";
import { batchOf, type FakeAgent, type Row, source } from "./fake-agent.ts";
import { meshPart } from "./mesh-part.ts";

const S = 1_000_000_000n;
const T0 = 1_740_830_400n * S;
const BOOTED = 1_700_000_000n * S;
const PEER = "3f0f8a0e-0000-4000-8000-0000000000bb";
const BOOTS = ["3f0f8a0e-0000-4000-8000-000000000001", "3f0f8a0e-0000-4000-8000-000000000002"] as const;

/** What a host says, made up: from the same seed the same, whoever says it. */
export class Story {
  readonly #random: SeededRandom;
  /** Nothing in it is placed by the time of its receipt. */
  readonly #anchored: boolean;
  #now = T0;
  #boot = 0;

  constructor(random: SeededRandom, anchored: boolean) {
    this.#random = random;
    this.#anchored = anchored;
  }

  /** Bytes of the next batch. */
  next(agent: string): Buffer {
    if (this.#chance(0.06)) this.#boot = 1 - this.#boot;
    const kind = this.#random.next();
    if (!this.#anchored && kind < 0.06) return Buffer.from(kind < 0.03 ? "{" : `{"agent":"${agent}","version":2}`);
    if (!this.#anchored && kind < 0.08) return deflateSync("{}", { dictionary: Buffer.from("of nobody") });
    const text = JSON.stringify(this.#spoiled(this.#batch(agent)));
    return this.#chance(0.5) ? deflateSync(text, { dictionary: Buffer.from(BATCH_DICTIONARY) }) : Buffer.from(text);
  }

  #chance(share: number): boolean {
    return this.#random.next() < share;
  }

  #batch(agent: string): Batch {
    const count = this.#anchored ? 1 + this.#whole(3) : this.#whole(4);
    const rows = Array.from({ length: count }, (_, index) => this.#row(this.#anchored && index === 0));
    const events = Array.from({ length: this.#whole(3) }, () => this.#event());
    const oscillator = this.#chance(0.5) ? ([-this.#whole(9_000), this.#whole(9_000)] as const) : null;
    const names = ["a.example:123", "b.example:123", "c.example:123"].slice(0, 3);
    return batchOf(agent, rows, {
      boot_id: BOOTS[this.#boot] as string,
      software: `test/${this.#whole(3)}`,
      sealed_boottime_ns: (this.#now - BOOTED).toString(),
      policy_version: this.#whole(5),
      sources: names.map((name) => source(name, { polls: this.#whole(100) })),
      frequency: { oscillator, daemon_slew: null } as Batch["frequency"],
      events,
      ...(this.#chance(0.4) ? { daemon: this.#daemon(rows) } : {}),
      ...(this.#chance(0.4) ? { mesh: meshPart([{ peer: PEER, raw: this.#now - BOOTED }], { assignment: `v${this.#whole(3)}` }) } : {}),
    });
  }

  #row(mustHaveBound: boolean): Row {
    this.#now += BigInt(1 + this.#whole(this.#chance(0.1) ? 900 : 90)) * S + BigInt(this.#whole(1e9));
    const width = () => BigInt(this.#whole(100_000));
    if (!mustHaveBound && this.#chance(0.15)) return { realtime: this.#now, lo: null, hi: null };
    const [lo, hi] = [-width(), width()];
    const since = this.#chance(0.1) ? null : ([lo - width(), hi + width()] as const);
    const status = (["proven", "unverified", "holdover"] as const)[this.#whole(3)];
    return { realtime: this.#now, lo, hi, since, ...(status === undefined ? {} : { status }) };
  }

  /** Of a question before the last of these readings, or of one that nothing says where it lies. */
  #daemon(rows: readonly Row[]): DaemonSays {
    const [asked, answered] = [rows.at(-2) ?? rows.at(-1), rows.at(-1)].map((row) => (row?.realtime ?? this.#now) - BOOTED);
    const kernel = {
      offset_ns: "0",
      max_error_ns: String(this.#whole(50_000)),
      estimated_error_ns: "0",
      is_synchronised: this.#chance(0.9),
    };
    const offset_ns = String(this.#whole(400_000) - 200_000);
    const chronyd = { offset_ns, root_delay_ns: "2001", root_dispersion_ns: "900", stratum: 3, follows: null, is_synchronised: true };
    return { asked_raw_ns: String(asked), raw_ns: String(answered), kernel, ...(this.#chance(0.5) ? { chronyd } : {}) };
  }

  #event(): Batch["events"][number] {
    const at = this.#now.toString();
    const boottime = (this.#now - BOOTED).toString();
    const detail = { by_ns: String(this.#whole(1e6)) };
    return { kind: "clock_stepped", raw_ns: boottime, realtime_ns: at, boottime_ns: boottime, source: null, detail };
  }

  /** Now and then with records that cannot be relied upon; never all of them. */
  #spoiled(batch: Batch): unknown {
    if (this.#anchored || !this.#chance(0.15)) return batch;
    const bounds = { ...batch.bounds, votes: batch.bounds.votes.map((votes, row) => (row === 0 ? -1 : votes)) };
    return this.#chance(0.5) ? { ...batch, bounds } : { ...batch, events: [...batch.events, { kind: "never heard of" }] };
  }

  #whole(below: number): number {
    return Math.floor(this.#random.next() * below);
  }
}

/** A run of sealed batches of one epoch. */
export interface Sealed {
  readonly epoch: number;
  readonly seq: number;
  readonly prev: string;
  readonly content: Buffer;
}

/** As an agent would seal them, without sending any. */
export function sealStory(agent: FakeAgent, story: Story, lengths: readonly number[]): Sealed[] {
  const sealer = agent.copy("127.0.0.1");
  return lengths.flatMap((length, index) => {
    if (index > 0) sealer.beginEpoch();
    return Array.from({ length }, () => {
      const content = story.next(agent.id);
      const one = { epoch: sealer.epoch, seq: sealer.seq, prev: sealer.prev, content };
      sealer.prev = sealer.signed(content).hash;
      sealer.seq += 1;
      return one;
    });
  });
}

import { type BatchMesh, packColumn } from "@truebound/wire";
import type { SeededRandom } from "../sim/random.ts";

const S = 1_000_000_000n;
const EVERY = 16n * S;
const HULL_EVERY = 60n * S;

interface Peer {
  readonly id: string;
  readonly ruler: number;
  /** What its RAW reads beyond this host's, ns. */
  readonly apart: bigint;
  readonly delay: number;
  due: bigint;
  hullDue: bigint;
  polls: number;
}

interface Row {
  readonly peer: number;
  readonly raw: bigint;
  readonly lo: bigint;
  readonly hi: bigint;
  readonly hasHull: boolean;
}

/** What a host of a mesh adds to its batches: neighbours in turn, each every 16 s, a hull of each once a minute. */
export class SyntheticMesh {
  readonly #random: SeededRandom;
  readonly #peers: readonly Peer[];
  #answered = 0;

  /** From this reading of the host's RAW on. */
  constructor(random: SeededRandom, peers: number, from: bigint) {
    this.#random = random;
    this.#peers = Array.from({ length: peers }, (_, index) => ({
      id: this.#uuid(),
      ruler: this.#whole(0xffff_ffff),
      apart: BigInt(this.#whole(2 ** 50)) - 2n ** 49n,
      delay: random.between(80_000, 400_000),
      due: from + (EVERY * BigInt(index)) / BigInt(peers),
      hullDue: from,
      polls: 0,
    }));
  }

  /** The block of a batch that ends there. */
  until(raw: bigint): BatchMesh {
    const rows = this.#rows(raw);
    this.#answered += rows.length;
    const peerOf = ({ peer }: Row) => this.#peers[peer] as Peer;
    const hull = (end: bigint, { hasHull }: Row) => (hasHull ? end : null);
    return {
      assignment: "0123456789abcdef",
      ruler: 0x5eed_0001,
      answers: { address: null, port: 8126 },
      trouble: null,
      requests: { answered: this.#answered, stranger: 0, not_a_request: 0, over_limit: 0, unsent: 0 },
      own: {
        lo_ns: (-this.#whole(180_000)).toString(),
        hi_ns: this.#whole(180_000).toString(),
        rests_on: [1, 2, 3, 4, 5, 6, 7, 8].flatMap((one) => [`address 192.0.2.${one}`, `refid ${0xc0000200 + one}`]),
      },
      peers: this.#peers.map(({ id, delay, polls }) => ({
        id,
        kind: "agent",
        state: "agrees",
        delay_ns: Math.round(delay + this.#random.exponential(4_000)).toString(),
        polls,
        replies: polls,
        refusals: {},
      })),
      edges: {
        peer: rows.map(({ peer }) => peer),
        raw_ns: packColumn(rows.map((row) => row.raw)),
        ruler: rows.map((row) => peerOf(row).ruler),
        lo_ns: packColumn(rows.map(({ lo }) => lo)),
        hi_ns: packColumn(rows.map(({ hi }) => hi)),
        tight_lo_ns: packColumn(rows.map((row) => hull(row.lo, row))),
        tight_hi_ns: packColumn(rows.map((row) => hull(row.hi, row))),
        slope_min_ppb: rows.map(({ hasHull }) => (hasHull ? -this.#whole(9_000) : null)),
        slope_max_ppb: rows.map(({ hasHull }) => (hasHull ? this.#whole(9_000) : null)),
      },
    };
  }

  /** In the order of the host's RAW. */
  #rows(until: bigint): Row[] {
    const rows: Row[] = [];
    for (const [index, peer] of this.#peers.entries())
      for (; peer.due < until; peer.due += EVERY) {
        const middle = peer.apart + BigInt(this.#whole(8_000));
        const width = BigInt(Math.round(peer.delay / 2 + this.#random.exponential(4_000)));
        const hasHull = peer.due >= peer.hullDue;
        if (hasHull) peer.hullDue = peer.due + HULL_EVERY;
        peer.polls += 1;
        rows.push({ peer: index, raw: peer.due + BigInt(this.#whole(1e8)), lo: middle - width, hi: middle + width, hasHull });
      }
    return rows.sort((a, b) => (a.raw < b.raw ? -1 : 1));
  }

  #whole(below: number): number {
    return Math.floor(this.#random.between(0, below));
  }

  #uuid(): string {
    const hex = Array.from({ length: 32 }, () => this.#whole(16).toString(16)).join("");
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
  }
}

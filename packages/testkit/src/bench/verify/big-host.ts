import { createHash, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { deflateSync } from "node:zlib";
import { entryHash, entryText } from "@truebound/audit";
import { maxOf, minOf, type UtcInstant, utc } from "@truebound/time";
import {
  BATCH_DICTIONARY,
  type Batch,
  chainText,
  encodeDelivery,
  genesisText,
  packColumn,
  packStamps,
  signatureBase,
} from "@truebound/wire";
import { SeededRandom } from "../../sim/random.ts";

/** A fleet whose hosts report readings, and each minute as a span. */
export interface BigFleet {
  readonly hosts: number;
  readonly minutes: number;
  /** Batches that come under one signature; the last delivery of a host may hold fewer. */
  readonly perDelivery: number;
  /** Of each batch, the last at its end; absent = one. */
  readonly readings?: number;
  /** That a batch tells of, a span each; absent = one. All minutes are whole batches of them. */
  readonly minutesOfBatch?: number;
  /** That led to each reading; absent = none. */
  readonly exchanges?: number;
}

const lengthOf = ({ minutesOfBatch = 1 }: Pick<BigFleet, "minutesOfBatch">): bigint => BigInt(minutesOfBatch) * MINUTE;
/** Of one host. */
export const batchCount = ({ minutes, minutesOfBatch = 1 }: BigFleet): number => minutes / minutesOfBatch;
/** Where the last reading of a batch lies. */
export const endOf = (fleet: BigFleet, seq: number): UtcInstant => utc(BEGINS + BigInt(seq) * lengthOf(fleet));

export const MINUTE = 60_000_000_000n;
export const BEGINS: UtcInstant = utc(1_772_323_200_000_000_000n);
export const SHARD = "2026-03";
const BOOTED = 1_700_000_000_000_000_000n;
const TARGET_URI = "https://truebound.example:8125/api/v1/batches";
const DICTIONARY = Buffer.from(BATCH_DICTIONARY);

export const hostId = (index: number): string => `${index.toString(16).padStart(8, "0")}-0000-4000-8000-000000000000`;

/** Hosts take turns in the log, after the enrolments of all. */
export const leafOf = ({ hosts }: BigFleet, host: number, seq: number): number => hosts + (seq - 1) * hosts + host;

export const sha256 = (data: Uint8Array | string): Buffer => createHash("sha256").update(data).digest();
export const saltAt = (index: number): Buffer => sha256(`salt ${index}`).subarray(0, 16);
export const receivedAt = (fleet: BigFleet, seq: number): bigint => endOf(fleet, seq) + 250_000_000n;

export interface BigBatch {
  readonly seq: number;
  readonly hash: string;
  readonly prevHash: string;
  readonly body: Uint8Array;
  /** Of the delivery that ends here. */
  readonly delivery: { readonly signedFrom: number; readonly signature: Uint8Array } | null;
}

/** A host's key, and the batches that it signed, in order. `log` is given the hash of each of its leaves. */
export class BigHost {
  readonly publicKey: string;
  readonly #fleet: BigFleet;
  readonly #index: number;
  readonly #id: string;
  readonly #key: KeyObject;
  readonly #random: SeededRandom;

  constructor(fleet: BigFleet, index: number) {
    [this.#fleet, this.#index, this.#id] = [fleet, index, hostId(index)];
    this.#random = new SeededRandom(index + 1);
    const { privateKey, publicKey } = generateKeyPairSync("ed25519");
    this.#key = privateKey;
    this.publicKey = publicKey.export({ format: "jwk" }).x as string;
  }

  *batches(log: (leaf: number, hash: Uint8Array) => void): Generator<BigBatch> {
    let delivery: Omit<BigBatch, "delivery">[] = [];
    let prevHash = sha256(genesisText(this.#id, 1)).toString("hex");
    const last = batchCount(this.#fleet);
    for (let seq = 1; seq <= last; seq++) {
      const batch = this.#batch(seq, prevHash);
      log(leafOf(this.#fleet, this.#index, seq), this.#leaf(batch));
      prevHash = batch.hash;
      delivery.push(batch);
      const ends = delivery.length === this.#fleet.perDelivery || seq === last;
      yield { ...batch, delivery: ends ? this.#signed(delivery) : null };
      if (ends) delivery = [];
    }
  }

  #batch(seq: number, prevHash: string): Omit<BigBatch, "delivery"> {
    const body = deflateSync(JSON.stringify(batchOf(this.#fleet, this.#id, seq, this.#random)), { dictionary: DICTIONARY });
    const contentDigest = digestHeader(body);
    return {
      seq,
      prevHash,
      body,
      hash: sha256(chainText({ agent: this.#id, epoch: 1, seq, prev: prevHash, contentDigest })).toString("hex"),
    };
  }

  #leaf({ seq, hash }: Omit<BigBatch, "delivery">): Uint8Array {
    const entry = { kind: "batch", host: this.#id, epoch: 1, seq, hash, received_at_ns: String(receivedAt(this.#fleet, seq)) } as const;
    return entryHash(saltAt(leafOf(this.#fleet, this.#index, seq)), Buffer.from(entryText(entry)), sha256);
  }

  #signed(batches: readonly Omit<BigBatch, "delivery">[]): BigBatch["delivery"] {
    const [first, last] = [batches[0], batches.at(-1)] as [BigBatch, BigBatch];
    const content = encodeDelivery({ batches: batches.map(({ body }) => body), live: null });
    const base = signatureBase({
      method: "POST",
      targetUri: TARGET_URI,
      contentDigest: digestHeader(content),
      agent: this.#id,
      epoch: 1,
      seq: first.seq,
      prev: first.prevHash,
      head: last.hash,
      sent: SENT,
    });
    return { signedFrom: first.seq, signature: sign(null, Buffer.from(base), this.#key) };
  }
}

const SENT = "boot 1";
/** What all deliveries have in common. */
export const DELIVERED = { signedDigest: null, targetUri: TARGET_URI, sent: SENT } as const;

const digestHeader = (bytes: Uint8Array): string => `sha-256=:${sha256(bytes).toString("base64")}:`;

/** A clock that wanders within 10 µs, seen from 20 to 50 µs on either side. */
function boundDrawn(random: SeededRandom) {
  const between = (least: number, most: number): bigint => BigInt(Math.floor(random.between(least, most)));
  const offset = between(-10_000, 10_000);
  const [lo, hi] = [offset - between(20_000, 50_000), offset + between(20_000, 50_000)];
  return { offset, lo, hi, low: lo - between(0, 9_000), high: hi + between(0, 9_000) };
}

function batchOf(fleet: BigFleet, agent: string, seq: number, random: SeededRandom): Batch {
  const { readings = 1, minutesOfBatch = 1 } = fleet;
  const [begin, end, length] = [endOf(fleet, seq - 1), endOf(fleet, seq), lengthOf(fleet)];
  const ends = Array.from({ length: readings }, (_, row) => begin + (BigInt(row + 1) * length) / BigInt(readings));
  const bounds = ends.map(() => boundDrawn(random));
  const each = <T>(value: T): T[] => ends.map(() => value);
  const column = (value: (bound: (typeof bounds)[number]) => bigint) => packColumn(bounds.map(value));
  const minutes = Array.from({ length: minutesOfBatch }, (_, minute) => begin + BigInt(minute) * MINUTE);
  const ofMinutes = (value: (from: bigint) => bigint) => packColumn(minutes.map(value));
  const [lowest, highest] = [bounds.map(({ low }) => low).reduce(minOf), bounds.map(({ high }) => high).reduce(maxOf)];
  const offset = bounds.at(-1)?.offset ?? 0n;
  return {
    version: 2,
    agent,
    boot_id: "3f0f8a0e-0000-4000-8000-000000000001",
    software: "truebound-agent/0.1.0",
    sealed_boottime_ns: String(end - BOOTED),
    sealed_realtime_ns: String(end),
    assumptions: {
      rho_ppb: 200_000,
      oscillator_ppb: null,
      drift_basis: "assumed",
      sigma_ppb: 2_000,
      faults: 1,
      slew_ppm: 500,
      slew_basis: "chrony",
      stamp_mode: "kernel_interleaved",
    },
    trusting: [],
    policy_version: 3,
    sources: ["ntp1.example.net:123", "ntp2.example.net:123", "ntp3.example.net:123"].map((id) => sourceOf(id, seq, offset)),
    bounds: {
      raw_ns: packColumn(ends.map((at) => at - BOOTED)),
      realtime_ns: packColumn(ends),
      boottime_ns: packColumn(ends.map((at) => at - BOOTED)),
      status: each("proven"),
      reason: each(null),
      lo_ns: column(({ lo }) => lo),
      hi_ns: column(({ hi }) => hi),
      since_lo_ns: column(({ low }) => low),
      since_hi_ns: column(({ high }) => high),
      tight_lo_ns: column(({ lo }) => lo + 9_000n),
      tight_hi_ns: column(({ hi }) => hi - 9_000n),
      throughout_lo_ns: column(({ low }) => low),
      throughout_hi_ns: column(({ high }) => high),
      gap_ns: packColumn(each(length / BigInt(readings))),
      votes: each(3),
      need: each(2),
      agree: each([0, 1, 2]),
    },
    terms: null,
    frequency: { oscillator: null, daemon_slew: null },
    spans: {
      from_raw_ns: ofMinutes((from) => from - BOOTED),
      from_realtime_ns: ofMinutes((from) => from),
      to_raw_ns: ofMinutes((from) => from + MINUTE - BOOTED),
      to_realtime_ns: ofMinutes((from) => from + MINUTE),
      lo_ns: ofMinutes(() => lowest),
      hi_ns: ofMinutes(() => highest),
      readings: minutes.map(() => 60),
      status: minutes.map(() => "proven"),
    },
    exchanges: exchangesAt(
      ends.flatMap((at) => Array.from({ length: fleet.exchanges ?? 0 }, () => at)),
      random,
    ),
    events: [],
  };
}

const HALF_A_SECOND = 500_000_000n;

/** One before each of these instants, with three servers in turn that are a few hundred µs away. */
function exchangesAt(ends: readonly bigint[], random: SeededRandom): Batch["exchanges"] {
  const drawn = (least: number, most: number): bigint => BigInt(Math.floor(random.between(least, most)));
  const stamps = ends.map((at) => {
    const [t1, t2] = [at - BOOTED - HALF_A_SECOND - drawn(0, 1e8), at - HALF_A_SECOND - drawn(0, 1e8)];
    return { t1, t2, t3: t2 + drawn(10_000, 60_000), t4: t1 + drawn(200_000, 900_000) };
  });
  const each = <T>(value: T): T[] => ends.map(() => value);
  return {
    source: ends.map((_, row) => row % 3),
    ...packStamps(stamps),
    root_delay_raw: ends.map(() => Number(drawn(20, 90))),
    root_dispersion_raw: ends.map(() => Number(drawn(20, 90))),
    precision_server: each(-23),
    precision_client: each(-24),
    cap_ns: packColumn(ends.map(() => drawn(500, 4_000))),
    slack_ns: each(15_259),
    stamp_mode: each("kernel_interleaved"),
    reply: each("interleaved"),
  };
}

const sourceOf = (id: string, seq: number, offset: bigint): Batch["sources"][number] => ({
  id,
  address: "192.0.2.1",
  origin: "declared",
  state: "agrees",
  stratum: 2,
  refid: 3_221_225_985,
  leap: 0,
  lo_ns: String(offset - 60_000n),
  hi_ns: String(offset + 60_000n),
  delay_ns: "2000",
  polls: 4 * seq,
  replies: 4 * seq,
  refusals: {},
  local_reference: false,
});

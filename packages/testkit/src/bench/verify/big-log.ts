import { HASH_BYTES, headText, type LogEntry, NO_HEAD_BEFORE, rootOf, TILE, type TilePlace, tileRoot } from "@truebound/audit";
import type { OpenedLeaf, ReportLog, SignedHead } from "@truebound/server";
import { BEGINS, type BigFleet, leafOf, MINUTE, SHARD, saltAt, sha256 } from "./big-host.ts";

export const INSTALLATION = "bench";

interface Signer {
  readonly keyId: string;
  sign(text: string): Uint8Array;
}

/** The log of a big fleet: one shard, whose leaf hashes lie in one array. */
export class BigLog implements ReportLog {
  readonly #fleet: BigFleet;
  readonly #enrolments: readonly LogEntry[];
  readonly #signer: Signer;
  /** Hashes of each level, the leaves first. */
  readonly #levels: Uint8Array[];
  readonly #head: SignedHead;
  #anchor: Awaited<ReturnType<ReportLog["anchor"]>> = null;

  constructor(fleet: BigFleet, leaves: Uint8Array, enrolments: readonly LogEntry[], signer: Signer) {
    [this.#fleet, this.#enrolments, this.#signer] = [fleet, enrolments, signer];
    this.#levels = [leaves];
    for (let below = leaves; below.length >= TILE * HASH_BYTES; ) {
      below = rootsOf(below);
      this.#levels.push(below);
    }
    this.#head = this.#signedHead(leaves.length / HASH_BYTES);
  }

  #signedHead(size: number): SignedHead {
    const tiles = { hashes: (place: TilePlace) => this.#tileAt(place) ?? undefined };
    const timestamp = BEGINS + BigInt(this.#fleet.minutes + 5) * MINUTE;
    const root = Buffer.from(rootOf(size, tiles, sha256)).toString("hex");
    const head = { shard: SHARD, size, root, timestamp_ns: String(timestamp), previous: NO_HEAD_BEFORE };
    return { ...head, signature: this.#signer.sign(this.#textOf(head)), key_id: this.#signer.keyId };
  }

  #tileAt({ level, tile }: TilePlace): Uint8Array | null {
    const hashes = this.#levels[level]?.subarray(tile * TILE * HASH_BYTES, (tile + 1) * TILE * HASH_BYTES);
    return hashes === undefined || hashes.length === 0 ? null : hashes;
  }

  seal = async () => this.#head;
  head = async () => this.#head;
  tile = async (_: string, place: TilePlace) => this.#tileAt(place);
  anchor = async () => this.#anchor;

  /** Has its head stamped: whoever makes a response is given the SHA-256 of the head's text. */
  anchoredBy(stamp: (imprint: string) => Uint8Array | null): void {
    const imprint = sha256(this.#textOf(this.#head)).toString("hex");
    const response = stamp(imprint);
    this.#anchor = response && { head: this.#head, imprint, response };
  }

  #textOf = ({ shard, size, root, timestamp_ns, previous }: Omit<SignedHead, "signature" | "key_id">): string =>
    headText({ installation: INSTALLATION, shard, size, root, timestamp: BigInt(timestamp_ns), previous });

  anchorPeriodNs = async () => null;
  stop = async () => null;
  keyChanges = async () => [];
  deletionLeaves = async () => [];
  declaredLeaves = async () => [];
  statementLeaves = async () => new Map<string, never>();

  async batchLeaves(host: string, from: { readonly seq: number }, to: { readonly seq: number }): Promise<Map<string, OpenedLeaf>> {
    const at = Number.parseInt(host.slice(0, 8), 16);
    const found = new Map<string, OpenedLeaf>();
    for (let { seq } = from; seq <= to.seq; seq++) found.set(`1/${seq}`, opened(leafOf(this.#fleet, at, seq)));
    return found;
  }

  async hostLeaves(host: string) {
    return this.#enrolments.flatMap((entry, index) =>
      "host" in entry && entry.host === host ? [{ ...opened(index), entry: entry as unknown as Readonly<Record<string, unknown>> }] : [],
    );
  }
}

const opened = (index: number): OpenedLeaf => ({ shard: SHARD, index, salt: saltAt(index) });

/** What the level above keeps. */
function rootsOf(level: Uint8Array): Uint8Array {
  const size = TILE * HASH_BYTES;
  const roots = new Uint8Array(Math.floor(level.length / size) * HASH_BYTES);
  for (let tile = 0; tile * HASH_BYTES < roots.length; tile++)
    roots.set(tileRoot(level.subarray(tile * size, (tile + 1) * size), sha256), tile * HASH_BYTES);
  return roots;
}

import { answer, type Bounded, type Now, unread } from "./answer.ts";
import { openClocks, type ReaderClocks, readBootId, VmMarker } from "./clocks.ts";
import { untilPast, type Waited, type WaitOptions } from "./commit-wait.ts";
import { PROVED, type Snapshot, type Status, type Unreadable } from "./segment.ts";
import { SegmentFile } from "./segment-file.ts";

export const DEFAULT_SEGMENT = "/run/truebound-agent/segment";

export interface ClientOptions {
  /** The segment's file; default: TRUEBOUND_SEGMENT, else where the agent's package puts it. */
  readonly path?: string;
  /** Of which statuses a bound is believed by `isPast`, `isFuture`, `commitWait` and `leaseHeld`. */
  readonly accept?: readonly Status[];
  /** How long what was read of the file is used, ns. An older record gives a wider bound, and no false one. */
  readonly refreshNs?: bigint;
  readonly clocks?: ReaderClocks;
  /** Where it reads the segment and the marker, of tests and of other platforms. */
  readonly source?: SnapshotSource;
}

export interface SnapshotSource {
  read(now: bigint): Snapshot | Unreadable;
  marker(): bigint | null;
  readonly bootId: string | null;
  close(): void;
}

const REFRESH_NS = 1_000_000n;

/** The clock of this host, by what its agent tells. One is enough for a process, and it is cheap: it keeps one file open. */
export class ClockClient {
  readonly clocks: ReaderClocks;
  readonly #source: SnapshotSource;
  readonly #accept: ReadonlySet<Status>;
  readonly #refreshNs: bigint;
  #read: Snapshot | Unreadable = "no_segment";
  #readAt: bigint | null = null;
  #marker: bigint | null = null;

  constructor(options: ClientOptions = {}) {
    this.clocks = options.clocks ?? openClocks();
    this.#source = options.source ?? fileSource(options.path ?? process.env.TRUEBOUND_SEGMENT ?? DEFAULT_SEGMENT);
    this.#accept = new Set(options.accept ?? PROVED);
    this.#refreshNs = options.refreshNs ?? REFRESH_NS;
  }

  /** UTC now, as an interval with a status, or why nothing can be said. */
  now(): Now {
    let sample = this.clocks.sample();
    if (this.#readAt === null || sample.monotonic - this.#readAt >= this.#refreshNs) {
      this.#refresh(sample.monotonic);
      // The clocks are read after what is held against them: a record is never from after its reader.
      sample = this.clocks.sample();
    }
    if (typeof this.#read === "string") return unread(this.#read);
    return answer(this.#read, sample, { bootId: this.#source.bootId, vmMarker: this.#marker });
  }

  /** The same, or null where it is not of an accepted status. */
  proved(): Bounded | null {
    const now = this.now();
    return now.earliest !== null && this.#accept.has(now.status) ? now : null;
  }

  /** True once UTC is surely after `t` (ns since 1970). False says only that it is not sure. */
  isPast(t: bigint): boolean {
    const now = this.proved();
    return now !== null && now.earliest > t;
  }

  /** True while UTC is surely before `t`. False says only that it is not sure. */
  isFuture(t: bigint): boolean {
    const now = this.proved();
    return now !== null && now.latest < t;
  }

  /**
   * True while a lease that runs until `until` is surely not over. It is read from the clocks at each call, so a process that was paused
   * before it hears of that, and so does one whose clock was stepped. A pause *after* it nobody hears of: between this answer and the
   * write that it is to protect a process can stand still for longer than any lease. So the storage must refuse a writer whose fencing
   * token is older than one that it has seen; this answer only makes that rare.
   */
  leaseHeld(until: bigint): boolean {
    return this.isFuture(until);
  }

  /** Resolves once UTC is surely after `t`: what was stamped `t` may be told then. */
  commitWait(t: bigint, options: WaitOptions = {}): Promise<Waited> {
    return untilPast(this, t, options);
  }

  close(): void {
    this.#source.close();
  }

  #refresh(now: bigint): void {
    this.#readAt = now;
    this.#read = this.#source.read(now);
    if (typeof this.#read !== "string" && this.#read.vmMarker !== null) this.#marker = this.#source.marker();
  }
}

function fileSource(path: string): SnapshotSource {
  const file = new SegmentFile(path);
  const vm = new VmMarker();
  return {
    read: (now) => file.read(now),
    marker: () => vm.read(),
    bootId: readBootId(),
    close: () => {
      file.close();
      vm.close();
    },
  };
}

import { fromUtc, makeReply, readRequest, type ServerState, TransmitMemory } from "@truebound/ntp";
import { type Leap, leapFree, type Timescale } from "@truebound/time";
import type { SeededRandom } from "./random.ts";
import { leapIndicatorOf, serverShows, trueInstant } from "./server-clock.ts";

/** A simulated server and the path to it, as data. */
export interface SimSource {
  /** host:port as the agent names it; a numeric address. */
  readonly address: string;
  /** One-way delays, ms. */
  readonly thereMs: number;
  readonly backMs: number;
  /** Mean of the exponential jitter on each way, ms. */
  readonly jitterMs?: number;
  readonly loss?: number;
  /** Server clock − UTC, ns. Honest servers stay within what their root fields say. */
  readonly errorNs?: number;
  readonly errorPpb?: number;
  /** Steps of its clock at seconds since the start. */
  readonly steps?: readonly { readonly atS: number; readonly byNs: number }[];
  /** While it says that it is not synchronised (leap indicator 3), s; and by how much its clock is off then, ns. */
  readonly unsynchronised?: { readonly fromS: number; readonly untilS: number; readonly offNs: number };
  /** From here on it does not answer, s. */
  readonly silentFromS?: number;
  readonly silentUntilS?: number;
  readonly stratum?: number;
  readonly refid?: number;
  /** 16.16 s. */
  readonly rootDelay?: number;
  readonly rootDispersion?: number;
  readonly interleaves?: boolean;
  /** What it does around a leap second; UTC by default. */
  readonly timescale?: Timescale;
  /** What the policy says of it; `unknown` where it says nothing. */
  readonly declared?: Timescale;
  /** The leap indicator that it shows; by default the right one. */
  readonly leapIndicator?: number;
}

export interface SimDelivery {
  /** True time, ns since the start, at which our receive is stamped. */
  readonly arrives: bigint;
  readonly bytes: Uint8Array;
}

const HOLD_NS = 40_000;
const PRECISION = -24;

/** The server and both ways to it: request bytes and true send time in, reply bytes and true arrival out; null = lost. */
export class SimServer {
  readonly source: SimSource;
  readonly #memory: TransmitMemory | null;
  readonly #random: SeededRandom;
  readonly #world: { readonly startUtc: bigint; readonly leaps: readonly Leap[] };

  constructor(source: SimSource, random: SeededRandom, startUtc: bigint, leaps: readonly Leap[] = []) {
    this.source = source;
    this.#random = random;
    this.#world = { startUtc, leaps };
    this.#memory = source.interleaves ? new TransmitMemory() : null;
  }

  deliver(request: Uint8Array, sent: bigint): SimDelivery | null {
    const packet = readRequest(request);
    if (packet === null || this.#isSilent(sent) || this.#random.next() < (this.source.loss ?? 0)) return null;
    const receives = sent + this.#way(this.source.thereMs);
    // The server writes t3 first; the packet leaves a little later, which is what an interleaved reply tells afterwards.
    const writes = receives + BigInt(Math.round(this.#random.between(1000, HOLD_NS)));
    const leaves = writes + BigInt(Math.round(this.#random.between(500, HOLD_NS)));
    const t2 = this.#stamp(receives);
    const bytes = makeReply(packet, this.#state(writes), t2, this.#stamp(writes), this.#memory);
    this.#memory?.remember(t2, this.#stamp(leaves));
    return { arrives: leaves + this.#way(this.source.backMs), bytes };
  }

  #way(ms: number): bigint {
    return BigInt(Math.round((ms + this.#random.exponential(this.source.jitterMs ?? 0)) * 1e6));
  }

  #stamp(elapsed: bigint): bigint {
    return fromUtc(this.#shows(elapsed).count);
  }

  #shows(elapsed: bigint) {
    return serverShows(this.source.timescale ?? "utc", this.#keeps(elapsed), this.#world.leaps);
  }

  /** Its own clock without leaps: true time and its error. */
  #keeps(elapsed: bigint) {
    const error = BigInt(Math.round(this.source.errorNs ?? 0)) + (elapsed * BigInt(Math.round(this.source.errorPpb ?? 0))) / 1_000_000_000n;
    return leapFree(trueInstant(this.#world, elapsed) + error + BigInt(Math.round(this.#thrownBy(elapsed))));
  }

  /** How far steps, and the loss of what it goes by, have thrown it, ns. */
  #thrownBy(elapsed: bigint): number {
    const { steps = [], unsynchronised } = this.source;
    const stepped = steps.reduce((sum, { atS, byNs }) => (secondsOf(elapsed) < atS ? sum : sum + byNs), 0);
    return stepped + (this.#isLost(elapsed) ? (unsynchronised?.offNs ?? 0) : 0);
  }

  #isLost(elapsed: bigint): boolean {
    const { fromS, untilS } = this.source.unsynchronised ?? { fromS: 0, untilS: 0 };
    return secondsOf(elapsed) >= fromS && secondsOf(elapsed) < untilS;
  }

  #isSilent(at: bigint): boolean {
    const seconds = secondsOf(at);
    return (
      seconds >= (this.source.silentFromS ?? Number.POSITIVE_INFINITY) && seconds < (this.source.silentUntilS ?? Number.POSITIVE_INFINITY)
    );
  }

  #state(elapsed: bigint): ServerState {
    const { stratum = 1, refid = 0x47505300, rootDelay = 0, rootDispersion = 4, timescale = "utc" } = this.source;
    return {
      leap: this.#isLost(elapsed) ? 3 : (this.source.leapIndicator ?? leapIndicatorOf(timescale, this.#keeps(elapsed), this.#world.leaps)),
      stratum,
      precision: PRECISION,
      rootDelay,
      rootDispersion,
      refid: this.#shows(elapsed).refid ?? refid,
      reference: this.#stamp(0n),
    };
  }
}

const secondsOf = (elapsed: bigint): number => Number(elapsed / 1_000_000n) / 1000;

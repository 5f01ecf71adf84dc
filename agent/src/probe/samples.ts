import { type Accepted, type Packet, toUtc } from "@truebound/ntp";
import {
  type CarriedStamp,
  type Constraints,
  constraints,
  type ErrorBudget,
  type ErrorTerms,
  type Exchange,
  type ExchangeRefusal,
  errorBudget,
  halfWidth,
  maxOf,
  midpoint,
  minOf,
  type PartsPerBillion,
  ROOT_ROUNDING_SLACK,
  utc,
} from "@truebound/time";
import type { StampMode } from "@truebound/wire";
import type { IntervalReading } from "../interval-source/ports.ts";
import { type DeclaredRoot, whyVoid } from "./declared-root.ts";
import type { KernelStamps } from "./ports.ts";
import type { Source } from "./source.ts";

/** One exchange ready for the window: four stamps, the terms of its error, and how its t3 was learned. */
export interface Sample {
  readonly exchange: Exchange;
  readonly terms: ErrorTerms;
  readonly reply: "basic" | "interleaved" | "provisional";
  readonly mode: StampMode;
  /** Reference ids of the replies that it was learned from. */
  readonly refids: readonly number[];
  /** The same packets by the kernel's stamps, where those above are a card's. */
  readonly byKernel?: { readonly sample: Sample; readonly disagrees: () => void };
  /** The interval that a source gave of itself: nobody was asked by NTP, and all that is said of a reply above is empty. */
  readonly stated?: IntervalReading;
}

/** An interval at one instant is what an exchange proves that took no time: both its sides at once. */
export function statedSample(reading: IntervalReading): Sample {
  const { raw } = reading;
  const middle = utc(raw + midpoint(reading));
  const exchange = { t1: raw, t2: middle, t3: middle, t4: raw };
  return { exchange, terms: NO_TERMS, reply: "basic", mode: "process_clock", refids: [], stated: reading };
}

/** M1's E of a sample; of an interval that was given: half its width, the instant's part of that apart. */
export function budgetOf({ terms, stated }: Sample): ErrorBudget {
  if (stated === undefined) return errorBudget(terms);
  const total = halfWidth(stated);
  return { root: maxOf(0n, total - stated.cap), precision: 0n, stamp: minOf(total, stated.cap), total };
}

/** What a sample proves of UTC − RAW, or why it proves nothing. @param rho for the time between its two stamps */
export function sidesOf({ exchange, stated }: Sample, budget: ErrorBudget, rho: PartsPerBillion): Constraints | ExchangeRefusal {
  if (stated === undefined) return constraints(exchange, budget, rho);
  const { raw: at, lo, hi } = stated;
  return lo > hi ? "empty_interval" : { upper: { at, value: hi }, lower: { at, value: lo } };
}

const NO_TERMS: ErrorTerms = {
  rootDelayRaw: 0n,
  rootDispersionRaw: 0n,
  precisionServer: -128,
  precisionClient: -128,
  cap: 0n,
  slack: 0n,
};

/** The part of an exchange that waits for the server's late transmit stamp. */
export interface Unfinished {
  readonly receive: bigint;
  readonly t1: CarriedStamp;
  readonly t4: CarriedStamp;
  readonly packet: Packet;
  readonly mode: StampMode;
  readonly kernel?: KernelStamps;
}

export interface StampQuality {
  readonly precision: number;
  /** ns on either side, beyond what the stamps say of themselves. */
  readonly uncertainty: bigint;
  /** True when the server is known to round its root fields up. */
  readonly rootsRoundedUp: boolean;
  /** Takes the place of what it advertises, while it counts. */
  readonly declared?: DeclaredRoot;
}

/** Of samples that a transport takes of a source. */
export const qualityOf = (
  { precision, uncertainty }: Pick<StampQuality, "precision" | "uncertainty">,
  { rootsRoundedUp, declared }: Pick<Source, "rootsRoundedUp" | "declared">,
): StampQuality => ({ precision, uncertainty, rootsRoundedUp, ...(declared && { declared }) });

/** A hold or a pairing longer than this is no exchange of ours. */
const LONGEST_HOLD = 1_000_000_000n;
/** Reading 2⁻³² s as ns rounds by less than one. */
const FRACTION_ROUNDING = 1n;

/**
 * What an accepted reply proves. A basic one proves one exchange. An interleaved one proves two: the exchange that it was
 * asked about, with the server's true send stamp, and provisionally this one, whose send stamp is only known to be no
 * earlier than its receive stamp: taking t3 = t2 can only widen.
 */
export function samplesOf(reply: Accepted, now: Unfinished, asked: Unfinished | null, quality: StampQuality): Sample[] {
  if (!reply.interleaved) return [sample(now, reply.packet.transmit, [now.packet], "basic", quality)];
  const provisional = sample(now, now.receive, [now.packet], "provisional", quality);
  if (asked === null) return [provisional];
  const late = sample(asked, reply.packet.transmit, [asked.packet, now.packet], "interleaved", quality);
  const hold = late.exchange.t3 - late.exchange.t2;
  // In the order of time.
  return hold >= 0n && hold <= LONGEST_HOLD ? [late, provisional] : [provisional];
}

function sample(from: Unfinished, transmit: bigint, packets: readonly Packet[], reply: Sample["reply"], quality: StampQuality): Sample {
  const { kernel, ...own } = from;
  const one = sampleBy(own, transmit, packets, reply, quality);
  if (kernel === undefined) return one;
  const { t1, t4, mode, disagrees } = kernel;
  return { ...one, byKernel: { sample: sampleBy({ ...own, t1, t4, mode }, transmit, packets, reply, quality), disagrees } };
}

function sampleBy(from: Unfinished, transmit: bigint, packets: readonly Packet[], reply: Sample["reply"], quality: StampQuality): Sample {
  const stamps = from.t1.cap > from.t4.cap ? from.t1.cap : from.t4.cap;
  // A stamp that is off by its cap is also dated off by it, and the clock may drift meanwhile, at most 1000 ppm twice.
  const cap = stamps + stamps / 500n + FRACTION_ROUNDING;
  return {
    exchange: { t1: from.t1.raw, t2: toUtc(from.receive), t3: toUtc(transmit), t4: from.t4.raw },
    terms: {
      ...rootTerms(packets, quality),
      precisionServer: Math.max(...packets.map(({ precision }) => precision)),
      precisionClient: quality.precision,
      cap: cap + quality.uncertainty + FRACTION_ROUNDING,
    },
    reply,
    mode: reply === "interleaved" ? (INTERLEAVED[from.mode] ?? from.mode) : from.mode,
    refids: packets.map(({ refid }) => refid),
  };
}

/** How an exchange by both stamps is named once the server's true send stamp is known. */
const INTERLEAVED: Partial<Record<StampMode, StampMode>> = { kernel_basic: "kernel_interleaved", hardware_basic: "hardware_interleaved" };

/** What is declared stands in the slack: then nothing of what was advertised is in the sum, nor needs to be rounded. */
function rootTerms(
  packets: readonly Packet[],
  { declared, rootsRoundedUp }: StampQuality,
): Pick<ErrorTerms, "rootDelayRaw" | "rootDispersionRaw" | "slack"> {
  if (declared !== undefined && packets.every((packet) => whyVoid(declared, packet) === null))
    return { rootDelayRaw: 0n, rootDispersionRaw: 0n, slack: declared.ns };
  return {
    rootDelayRaw: greatest(packets, ({ rootDelay }) => rootDelay),
    rootDispersionRaw: greatest(packets, ({ rootDispersion }) => rootDispersion),
    slack: rootsRoundedUp ? 0n : ROOT_ROUNDING_SLACK,
  };
}

/** The larger of what the two packets of an interleaved pair say. */
const greatest = (packets: readonly Packet[], field: (packet: Packet) => number): bigint => BigInt(Math.max(...packets.map(field)));

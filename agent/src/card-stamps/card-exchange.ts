import { type CarriedStamp, type ClockReading, carryCardStamp, maxOf, minOf, type PartsPerBillion, raw } from "@truebound/time";
import type { StampMode } from "@truebound/wire";

/** Who stamped a packet: the network card, the kernel, or our own code. */
export type StampedBy = "card" | "kernel" | "us";

/** Both stamps of an exchange on RAW, and whose they are. */
export interface StampPair {
  readonly t1: CarriedStamp;
  readonly t4: CarriedStamp;
  readonly by: { readonly t1: StampedBy; readonly t4: StampedBy };
}

/** On the card's own clock, whatever it keeps; null = none came, or one of another card. */
export interface CardStamps {
  readonly transmit: bigint | null;
  readonly receive: bigint | null;
}

/** The card's clock beside RAW before the request left and after the reply was taken. */
export interface CardLooks {
  readonly before: ClockReading;
  readonly after: ClockReading;
  /** The most by which it moves against RAW. */
  readonly slew: PartsPerBillion;
}

/**
 * What came of a card's stamps in one exchange. `both`, `one`: so many were used. `none`: none came, or the kernel's were as narrow.
 * Otherwise the kernel's were used, because the card's clock was stepped, did not show the stamp between the looks, or its stamps cannot
 * be of these packets.
 */
export type CardOutcome = "both" | "one" | "none" | "clock_stepped" | "stamp_outside" | "contradicts_kernel";

/** Takes the card's stamps in place of the kernel's where they are narrower. Each is sound by its own rule, so one may stand beside one of the other. */
export function pairByCard(
  kernel: StampPair,
  stamps: CardStamps,
  { before, after, slew }: CardLooks,
): { readonly pair: StampPair; readonly outcome: CardOutcome } {
  const carry = (stamp: bigint | null) => (stamp === null ? null : carryCardStamp(stamp, before, after, slew));
  const [t1, t4] = [carry(stamps.transmit), carry(stamps.receive)];
  if (t1?.kind === "refused") return { pair: kernel, outcome: t1.why };
  if (t4?.kind === "refused") return { pair: kernel, outcome: t4.why };
  if (!inOrder([kernel.t1, t1, t4, kernel.t4])) return { pair: kernel, outcome: "contradicts_kernel" };
  const isLater = t1 !== null && earliest(t1) > earliest(kernel.t1);
  const isEarlier = t4 !== null && latest(t4) < latest(kernel.t4);
  if (!isLater && !isEarlier) return { pair: kernel, outcome: "none" };
  const by = { t1: isLater ? "card" : kernel.by.t1, t4: isEarlier ? "card" : kernel.by.t4 } as const;
  return { pair: { ...evened(isLater ? t1 : kernel.t1, isEarlier ? t4 : kernel.t4), by }, outcome: isLater && isEarlier ? "both" : "one" };
}

/**
 * The same with one cap for both, since the greater of the two stands for either in the bound: only the earliest that a request can have
 * left and the latest that a reply can have come are in it, and they stay where they were. Neither is moved past the other.
 */
function evened(t1: CarriedStamp, t4: CarriedStamp): Pick<StampPair, "t1" | "t4"> {
  const [first, last] = [earliest(t1), latest(t4)];
  const cap = maxOf(0n, minOf(maxOf(t1.cap, t4.cap), (last - first) / 2n));
  return { t1: { raw: raw(first + cap), cap }, t4: { raw: raw(last - cap), cap } };
}

/** A mode says what both stamps of an exchange are at least. */
export function modeOf({ t1, t4 }: StampPair["by"]): StampMode {
  if (t4 === "us") return "userland_clock";
  if (t1 === "us") return "kernel_receive";
  return t1 === "card" && t4 === "card" ? "hardware_basic" : "kernel_basic";
}

const earliest = (stamp: CarriedStamp): bigint => stamp.raw - stamp.cap;
const latest = (stamp: CarriedStamp): bigint => stamp.raw + stamp.cap;

/** The kernel stamps a request before the card has it, and a reply after: what surely came the other way round is another packet's, or false. */
function inOrder(stamps: readonly (CarriedStamp | null)[]): boolean {
  const there = stamps.filter((stamp) => stamp !== null);
  return there.every((stamp, index) => there.slice(index + 1).every((later) => earliest(stamp) <= latest(later)));
}

import { BILLION, divFloor, type HostReading, type RawInstant, utc } from "@truebound/time";
import type { Rehearsal } from "@truebound/wire";
import type { Sample } from "../probe/samples.ts";

/** What a rehearsal puts into a measurement. Pure: nothing of it ever reaches a clock. */
export type Fault = Pick<Rehearsal, "fault" | "by_ns" | "ppb" | "source">;

/** How far ahead the clock is shown so long after the fault began on RAW, ns. */
export function shownAhead({ fault, by_ns = "0", ppb = 0 }: Fault, sinceRaw: bigint): bigint {
  if (fault === "step") return BigInt(by_ns);
  return fault === "drift" ? divFloor(sinceRaw * BigInt(ppb), BILLION) : 0n;
}

/** A reading as the fault shows it. The offset that a simulated clock was given is that of what is shown. */
export function shownReading(reading: HostReading, fault: Fault, began: RawInstant): HostReading {
  const ahead = shownAhead(fault, reading.rawAfter - began);
  const { realtime, injected, monotonic, boottime } = reading;
  // What is slewed takes MONOTONIC with it; what is stepped does not.
  const slewed = fault.fault === "drift" ? { monotonic: monotonic + ahead, boottime: boottime + ahead } : {};
  return { ...reading, ...slewed, realtime: utc(realtime + ahead), ...(injected === undefined ? {} : { injected: injected - ahead }) };
}

/** What came of an exchange with a source, as the fault shows it. */
export function shownSamples(samples: readonly Sample[], fault: Fault, source: string): readonly Sample[] {
  if (fault.source !== source) return samples;
  if (fault.fault === "lost-source") return [];
  return fault.fault === "lying-source" ? samples.map((sample) => lying(sample, BigInt(fault.by_ns ?? "0"))) : samples;
}

/** What was heard before: one that lies has lied all along, or it would only contradict itself. */
export const longShown = (sample: Sample, fault: Fault, source: string): Sample =>
  fault.fault === "lying-source" && fault.source === source ? lying(sample, BigInt(fault.by_ns ?? "0")) : sample;

/** The server's clock says so much more. */
const lying = (sample: Sample, by: bigint): Sample => {
  const { t1, t2, t3, t4 } = sample.exchange;
  const { stated } = sample;
  const said = stated === undefined ? {} : { stated: { ...stated, lo: stated.lo + by, hi: stated.hi + by } };
  return { ...sample, exchange: { t1, t2: utc(t2 + by), t3: utc(t3 + by), t4 }, ...said };
};

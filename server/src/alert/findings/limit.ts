import { ppb, timeWithin } from "@truebound/time";
import type { HostRecord } from "../../fleet/host-record.ts";
import { type HostTest, truth } from "../finding.ts";

/** What is proved of a host's clock and a limit on its worst error: each pair of a bound and a limit is in one of these. */

export const provedOutside: HostTest = (facts, { limit, clear }, on) => {
  const bound = facts.proving;
  if (bound === null) return "unknown";
  const edge = on ? clear : limit;
  return truth(bound.lo > edge || bound.hi < -edge);
};

export const boundExceeds: HostTest = (facts, { limit, clear }, on) => {
  const bound = facts.proving;
  if (bound === null) return "unknown";
  const isOutside = bound.lo > limit || bound.hi < -limit;
  return truth(!isOutside && bound.worst > (on ? clear : limit));
};

const PROVES_NOTHING: ReadonlySet<string> = new Set(["unverified", "conflict", "no_majority", "disrupted", "unknown"]);

export const cannotProve: HostTest = ({ isPresent, record }) => (isPresent ? truth(PROVES_NOTHING.has(record.status)) : "unknown");

export const nearLimit: HostTest = (facts, { limit, clear, rule }, on) => {
  const bound = facts.proving;
  if (bound === null || facts.record.status !== "proven") return "unknown";
  const share = ((rule.share_pct ?? 80) * (on ? clear : limit)) / 100;
  return truth(bound.worst <= limit && bound.worst > share);
};

const BILLION = 1_000_000_000n;

export const willExceed: HostTest = (facts, { limit, rule }, on) => {
  const bound = facts.proving;
  if (bound === null) return "unknown";
  if (facts.record.status !== "holdover") return "over";
  // What was foretold and came is not over: it goes on until an alert that says more takes its place.
  if (bound.worst > limit) return truth(on);
  const left = timeLeft(facts.record, limit);
  if (left === "unknown") return "unknown";
  return truth(left !== null && left < BigInt(rule.within_s ?? 600) * BILLION);
};

/** ns until the bound passes the limit if nothing is heard; null = it never does. */
export function timeLeft({ assumptions, bound }: HostRecord, limit: number): bigint | null | "unknown" {
  if (assumptions === null || bound === null) return "unknown";
  const drift = { rho: ppb(BigInt(assumptions.rho_ppb)), centre: ppb(BigInt(-(assumptions.oscillator_ppb ?? 0))) };
  return timeWithin(bound, drift, BigInt(limit));
}

/** For a check before something opens: silence proves nothing either. */
export const notProvedInside: HostTest = (facts, { limit, clear }, on) => {
  if (facts.presence === "silent") return "holds";
  if (!facts.isPresent) return "unknown";
  const bound = facts.proving;
  return truth(bound === null || bound.worst > (on ? clear : limit));
};

/** By the tight bound where there is one: nearer to the offset, and rests on one assumption more. */
export const offsetExceeds: HostTest = (facts, { limit, clear }, on) => {
  const bound = facts.bound === null ? null : (facts.record.tight ?? facts.record.bound);
  if (!facts.isPresent || bound === null) return "unknown";
  const edge = BigInt(on ? clear : limit);
  return truth(bound.lo > edge || bound.hi < -edge);
};

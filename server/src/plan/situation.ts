import { closestLimit, type Profile } from "@truebound/audit";
import {
  areAtOdds,
  BILLION,
  type Measured,
  maxOf,
  type Offers,
  ppb,
  prospect,
  READING_LATE,
  type Situation,
  seconds,
  type UtcInstant,
  worstError,
} from "@truebound/time";
import type { Policy } from "@truebound/wire";
import type { DatedScope } from "../audit/scopes.ts";
import { isInScope } from "../audit/scopes.ts";
import { type OscillatorDay, suggestCalibration } from "../fleet/calibration.ts";
import type { HostRecord } from "../fleet/host-record.ts";
import { type MeasuredHost, rates } from "./measured.ts";

/** What of a profile's limit one clock may take, and what its application takes of that. */
export interface OwnLimit {
  readonly limit: bigint;
  readonly appError: bigint;
  readonly countsUnverified: boolean;
}

/** Two clocks share the limit of a pair between them. Of several scopes the widest application error counts. */
export function ownLimit(profile: Profile, { labels }: Pick<HostRecord, "labels">, scopes: readonly DatedScope[]): OwnLimit {
  const own = scopes.filter(({ scope }) => scope.profile === profile.id && isInScope({ labels }, scope));
  const appError = own.map(({ scope }) => BigInt(scope.app_error_ns)).reduce(maxOf, 0n);
  const whole = profile.kind === "pair" ? profile.limit_ns / 2n : closestLimit(profile);
  const lenient = profile.kind === "utc" && profile.counts_unverified;
  return {
    limit: whole - appError,
    appError,
    countsUnverified: own.length === 0 ? lenient : own.every(({ scope }) => scope.counts_unverified),
  };
}

/** How a host stands to a limit: by what was measured of it at the pace of its policy. */
export function situationOf(measured: Measured, policy: Policy, own: OwnLimit): Situation {
  const punctual = punctually(measured, policy, own);
  return measured.readApart === null
    ? punctual
    : { ...punctual, readLate: maxOf(READING_LATE, measured.readApart - prospect(punctual).pace.reading) };
}

/** Nobody is promised less than the host's bound is at present, which may be newer than any report that was looked at: its clock runs away. */
export function asFarOffAsNow(situation: Situation, { status, bound, asOf }: HostRecord, from: UtcInstant): Situation {
  if (bound === null || asOf === null || asOf < from || !(status === "proven" || status === "unverified")) return situation;
  const beyond = worstError(bound) - prospect(situation).live;
  if (beyond <= 0n) return situation;
  return { ...situation, sample: { ...situation.sample, offset: situation.sample.offset + beyond } };
}

function punctually(measured: Measured, policy: Policy, { limit, countsUnverified }: OwnLimit): Situation {
  const { sample, leastReach, interleaved, votes, sources, faults, trusting } = measured;
  return {
    limit,
    sample,
    leastReach,
    ...rates(measured),
    interleaved,
    slowest: { reading: seconds(policy.reading_interval_s), poll: seconds(policy.probe_interval_s) },
    pacedBy: policy.limit_ns === null ? null : BigInt(policy.limit_ns),
    readLate: READING_LATE,
    votes,
    sources,
    faults,
    trusting,
    disagree: areAtOdds(measured),
    countsUnverified,
  };
}

/** What chronyd is advised to be capped at, ppb: it leaves three quarters of 100 µs for everything else. */
export const ADVISED_SLEW = 500_000n;
/** The kernel's own limit on a frequency correction. */
const MOST_HELD = 500_000n;

export function offersOf(record: HostRecord, measured: Pick<MeasuredHost, "told">, day: OscillatorDay | null): Offers {
  const calibration = suggestCalibration(day, record);
  const [least, most] = record.frequency?.oscillator ?? [0, 0];
  const unsure = BigInt(Math.ceil((most - least) / 2));
  const around = calibration === null ? 0n : BigInt(Math.abs(calibration.oscillator_ppb));
  return {
    cappedSlew: record.assumptions?.slew_basis === "kernel_pll" ? null : ppb(ADVISED_SLEW + held(record)),
    calibratedDrift: calibration === null ? null : ppb(BigInt(calibration.residual_ppb) + unsure + around),
    isCertifiable: measured.told.some(({ state, stratum }) => state === "agrees" && stratum === 1),
  };
}

/** What chronyd holds against the oscillator's own error counts in S beside its slews, ppb. */
function held({ frequency }: HostRecord): bigint {
  if (frequency === null || frequency.oscillator === null) return MOST_HELD;
  const [least, most] = frequency.oscillator.map((rate) => BigInt(Math.ceil(Math.abs(rate)))) as [bigint, bigint];
  const greatest = maxOf(least, most);
  return greatest < MOST_HELD ? greatest : MOST_HELD;
}

/** The period that a plan looks at: so many reports of it, spread over it. */
export const LOOKED_AT = { back: 600n * BILLION, reports: 24 } as const;

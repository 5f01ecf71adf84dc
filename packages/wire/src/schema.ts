import { TIMESCALES } from "@truebound/time";
import Type, { type Static } from "typebox";

/** Building blocks of every message. Integers that may pass 2^53 travel as decimal strings, in fields that end in `_ns`. */
export const DecimalString = Type.String({
  pattern: "^-?(0|[1-9][0-9]{0,29})$",
  description: "An integer of nanoseconds, as decimal digits",
});
export const Instant = Type.String({ format: "date-time", description: "RFC 3339 in UTC, nine digits" });
export const Uuid = Type.String({ pattern: "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$" });
export const TEXT_PATTERN =
  "^[\\u0020-\\u007e\\u00a0-\\u00ac\\u00ae-\\u061b\\u061d-\\u200a\\u200c\\u200d\\u2010-\\u2027\\u202f-\\u205f\\u2070-\\ud7ff\\ue000-\\ufefe\\uff00-\\ufffd]+$";
/**
 * Text that a host chose: bounded, without control characters (a NUL would poison a whole batch in PostgreSQL), lone surrogates, and
 * what turns the direction of text or cannot be seen (one host would look like another).
 */
export const HostText = (maxLength: number) => Type.String({ minLength: 1, maxLength, pattern: TEXT_PATTERN });
/** So many bytes in base64url, without padding. */
export const base64url = (bytes: number) => Type.String({ pattern: `^[A-Za-z0-9_-]{${Math.ceil((bytes * 4) / 3)}}$` });
export const Natural = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
export const Nullable = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
const literals = <const T extends readonly string[]>(values: T) => Type.Enum([...values] as unknown as T);

export const STATUSES = ["proven", "unverified", "holdover", "conflict", "no_majority", "disrupted", "unknown"] as const;
export const Status = literals(STATUSES);
export type Status = (typeof STATUSES)[number];

export const REASONS = [
  "trusting",
  "one_vote",
  "peers_only",
  "fault_budget_reduced",
  "sources_lost",
  "sources_inconsistent",
  "sources_disagree",
  "no_region",
  "suspended_or_moved",
  "clocksource_changed",
  "vm_disrupted",
  "ruler_jumped",
  "never_measured",
  "no_exchange_for_an_hour",
  "wider_than_a_second",
  "no_usable_evidence",
  "timescale_unknown",
  "leap_unknown",
  "not_authenticated",
] as const;
export const Reason = literals(REASONS);
export type Reason = (typeof REASONS)[number];

/** `enrolled`: it was let in, and its first report is awaited. */
export const LIVENESSES = ["enrolled", "reporting", "late", "silent", "carried", "retired", "revoked"] as const;
export const Liveness = literals(LIVENESSES);
export type Liveness = (typeof LIVENESSES)[number];

/** How stamps were taken: the rung of the ladder. */
export const STAMP_MODES = [
  "hardware_interleaved",
  "hardware_basic",
  "kernel_interleaved",
  "kernel_basic",
  "kernel_receive",
  "userland_clock",
  "calibrated_clock",
  "process_clock",
  "simulated",
] as const;
export const StampMode = literals(STAMP_MODES);
export type StampMode = (typeof STAMP_MODES)[number];

/** Whether the server's true send stamp was known, one poll later. */
export const isInterleaved = (mode: string): boolean => mode === "hardware_interleaved" || mode === "kernel_interleaved";

/** What a source is to the host's bound right now. */
export const SOURCE_STATES = [
  "agrees",
  "never_answered",
  "stale",
  "timescale_unknown",
  "not_authenticated",
  "inconsistent_with_itself",
  "vote_void",
  "falseticker",
  "no_region",
  "resolving",
] as const;
export const SourceState = literals(SOURCE_STATES);
export type SourceState = (typeof SOURCE_STATES)[number];

/** How a source is asked: by NTP; or by what gives intervals on UTC of itself: a PTP port, a hardware clock, a program, a second opinion. */
export const SOURCE_KINDS = ["ntp", "ptp", "phc", "external", "opinion"] as const;
export const SourceKind = literals(SOURCE_KINDS);
export type SourceKind = (typeof SOURCE_KINDS)[number];

/** SHA-256 as lower-case hexadecimal digits. */
export const Sha256 = Type.String({ pattern: "^[0-9a-f]{64}$" });

/** What a source's clock keeps to around a leap second (packages/time/src/smear.ts). */
export const Timescale = Type.Enum([...TIMESCALES] as unknown as typeof TIMESCALES);
export type Timescale = (typeof TIMESCALES)[number];

export const Bound = Type.Object(
  { lo_ns: DecimalString, hi_ns: DecimalString },
  { description: "Closed interval on the offset: reference minus local, positive = the host is behind" },
);
export type Bound = Static<typeof Bound>;

export const Terms = Type.Object(
  {
    path_ns: DecimalString,
    root_ns: DecimalString,
    precision_ns: DecimalString,
    stamp_ns: DecimalString,
    drift_ns: DecimalString,
    slew_ns: DecimalString,
  },
  {
    description:
      "The split of a bound's width, of the exchange that sets its wider side; slew_ns is how far the clock can have strayed between two readings, beside the bound",
  },
);
export type Terms = Static<typeof Terms>;

/** Where rho comes from: assumed, calibrated within a declared residual, or measured after an assumption was broken. */
export const DRIFT_BASES = ["assumed", "calibrated", "broken"] as const;
export type DriftBasis = (typeof DRIFT_BASES)[number];
/** What S rests on: chrony's configuration, the kernel's PLL (assumption `slew_held_1s`), or the fastest that there is. */
export const SLEW_BASES = ["chrony", "kernel_pll", "unknown"] as const;
export type SlewBasis = (typeof SLEW_BASES)[number];

/** Beyond any clock; so that rho and its centre together with S, all in ppb, and 2F + 1 are numbers that JSON carries exactly. */
const MOST_PPB = 4e15;
const assumed = (maximum: number) => Type.Integer({ minimum: 0, maximum });

export const Assumptions = Type.Object(
  {
    rho_ppb: assumed(MOST_PPB),
    /** The calibrated frequency error around which rho is meant, positive = fast; null = around zero. */
    oscillator_ppb: Nullable(Type.Integer({ minimum: -1_000_000_000, maximum: 1_000_000_000 })),
    drift_basis: literals(DRIFT_BASES),
    sigma_ppb: Nullable(Natural),
    faults: assumed(MOST_PPB),
    slew_ppm: assumed(MOST_PPB / 1000),
    slew_basis: literals(SLEW_BASES),
    stamp_mode: StampMode,
    declared: Type.Optional(
      Type.Array(HostText(255), {
        // Sixteen of the policy, and sixteen of the host.
        maxItems: 32,
        description:
          "Sources whose errors are declared and not measured, and which may count for the bound all the same, because the policy or the host says so; absent = there are none",
      }),
    ),
  },
  { description: "What the bound rests on" },
);
export type Assumptions = Static<typeof Assumptions>;

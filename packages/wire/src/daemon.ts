import Type, { type Static } from "typebox";
import { KernelRefusal } from "./kernel-refusal.ts";
import { Bound, DecimalString, HostText, Instant, Nullable } from "./schema.ts";

/** What chronyd says of itself (chronyc(1), tracking). Signs are ours: an offset is reference − local. */
export const ChronydSays = Type.Object(
  {
    /** What it has still to correct. */
    offset_ns: DecimalString,
    root_delay_ns: DecimalString,
    /** As of the moment when it was asked: it grows between two updates. */
    root_dispersion_ns: DecimalString,
    stratum: Type.Integer({ minimum: 0, maximum: 16 }),
    /** Address of the source that it follows; null = none, or no address. */
    follows: Nullable(HostText(255)),
    /** False = it says that it follows nothing, so it claims nothing. */
    is_synchronised: Type.Boolean(),
  },
  { additionalProperties: false },
);
export type ChronydSays = Static<typeof ChronydSays>;

/**
 * The same of ntpd, and of timesyncd, which have no word for what they have still to correct: `offset_ns` is as it was measured last, and
 * what is left of it lies between nothing and that. timesyncd's `root_dispersion_ns` is the root distance of its server, with the kernel's
 * `maxerror`, which it lets grow from nothing at each update.
 */
export const DisciplineSays = ChronydSays;
export type DisciplineSays = Static<typeof DisciplineSays>;

/** What ptp4l says of itself (pmc(8)). It claims no bound: nothing of it is held against a measurement. */
export const Ptp4lSays = Type.Object(
  {
    /** IEEE 1588, e.g. SLAVE: of several ports the one that follows. */
    port_state: HostText(32),
    /** Grandmaster − the clock that it steers, the card's or this one; null = it follows nobody. */
    offset_ns: Nullable(DecimalString),
    /** Of its grandmaster, or of itself where it follows nobody. */
    clock_class: Type.Integer({ minimum: 0, maximum: 999 }),
    is_time_traceable: Type.Boolean(),
  },
  { additionalProperties: false },
);
export type Ptp4lSays = Static<typeof Ptp4lSays>;

/** What the kernel keeps of the clock for whatever daemon sets it (adjtimex(2)). */
export const KernelSays = Type.Object(
  {
    /** What its PLL has still to correct. */
    offset_ns: DecimalString,
    /** `maxerror`: what the daemon last told, and 500 ppm since then. */
    max_error_ns: DecimalString,
    /** `esterror`; a guess and no bound. */
    estimated_error_ns: DecimalString,
    /** False = STA_UNSYNC is set: nobody vouches for the rest. */
    is_synchronised: Type.Boolean(),
  },
  { additionalProperties: false },
);
export type KernelSays = Static<typeof KernelSays>;

/**
 * What an agent finds of the daemon of its host. `daemon_bound_violated`: its claim and what was proved have no offset in common.
 * `daemon_dead`: it ran or answered, and does not any more, or no longer tells the kernel anything. `daemon_in_minority_camp`: most
 * independent sources contradict its claim, and at least one shares it. `unsynchronised_source_in_use`: it follows a server that says
 * itself that it is not synchronised, or its own clock.
 */
export const DAEMON_FINDINGS = ["daemon_bound_violated", "daemon_dead", "daemon_in_minority_camp", "unsynchronised_source_in_use"] as const;
export type DaemonFinding = (typeof DAEMON_FINDINGS)[number];
const Findings = Type.Array(Type.Enum([...DAEMON_FINDINGS] as unknown as typeof DAEMON_FINDINGS), { maxItems: DAEMON_FINDINGS.length });

/** What the host's own daemon and kernel claimed of its clock: never an input to a bound. What is absent said nothing. */
export const DaemonSays = Type.Object(
  {
    /** The host's ruler right before the question, and right after the answer: both are readings in the record. */
    asked_raw_ns: DecimalString,
    raw_ns: DecimalString,
    chronyd: Type.Optional(ChronydSays),
    ntpd: Type.Optional(DisciplineSays),
    timesyncd: Type.Optional(DisciplineSays),
    ptp4l: Type.Optional(Ptp4lSays),
    kernel: Type.Optional(KernelSays),
    /** Why there is no `kernel`; absent where it was not asked, too. */
    kernel_refused: Type.Optional(KernelRefusal),
    /** What the agent finds of the daemon, and has found often enough to say so; absent from agents that do not judge it. */
    findings: Type.Optional(Findings),
    /** Those of which the agent can say neither that they hold nor that they are over: that they are not among the findings says nothing. */
    unjudged: Type.Optional(Findings),
  },
  { additionalProperties: false },
);
export type DaemonSays = Static<typeof DaemonSays>;

export const CLAIMANTS = ["chronyd", "ntpd", "timesyncd", "kernel"] as const;
export type Claimant = (typeof CLAIMANTS)[number];

/**
 * `excluded` = the claim and what was measured have no offset in common: one of them is wrong. `held` = the claim holds all that was
 * measured. `open` = they meet in part. `not_judged` = nothing was proved of that time.
 */
export const CLAIM_VERDICTS = ["held", "open", "excluded", "not_judged"] as const;
export type ClaimVerdict = (typeof CLAIM_VERDICTS)[number];

/** What one of them claims, beside what was measured. */
export const ClaimView = Type.Object({
  claimant: Type.Enum([...CLAIMANTS] as unknown as typeof CLAIMANTS),
  /** [offset − error, offset + error]; null = it claims nothing. */
  claim: Nullable(Bound),
  /** max(|lo|, |hi|) of the claim: by how much the clock is off at most, if the claimant is right. */
  claimed_error_ns: Nullable(DecimalString),
  verdict: Type.Enum([...CLAIM_VERDICTS] as unknown as typeof CLAIM_VERDICTS),
  /** The verdict in words. */
  words: Type.String(),
});
export type ClaimView = Static<typeof ClaimView>;

/** The latest claims of a host's daemon and kernel beside what was measured of the same moment. */
export const DaemonView = Type.Object({
  at: Instant,
  /** Placed by when it was received: nothing was measured then. */
  at_marked: Type.Boolean(),
  /** Where the offset was proved to be from right before the question to right after the answer; null = that is not known. */
  measured: Nullable(Bound),
  /** The first is drawn in series. Empty where nobody could be asked. */
  claims: Type.Array(ClaimView),
  chronyd: Nullable(ChronydSays),
  ntpd: Type.Optional(Nullable(DisciplineSays)),
  timesyncd: Type.Optional(Nullable(DisciplineSays)),
  ptp4l: Type.Optional(Nullable(Ptp4lSays)),
  kernel: Nullable(KernelSays),
  /** Why nothing is taken from the kernel, and in words; null = that is not known, or it is believed. */
  kernel_refused: Type.Optional(Nullable(Type.Object({ why: KernelRefusal, words: Type.String() }))),
  /** What the agent finds of the daemon, in words; null = it does not judge it. */
  findings: Nullable(
    Type.Array(Type.Object({ finding: Type.Enum([...DAEMON_FINDINGS] as unknown as typeof DAEMON_FINDINGS), words: Type.String() })),
  ),
});
export type DaemonView = Static<typeof DaemonView>;

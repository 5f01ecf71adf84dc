import Type, { type Static } from "typebox";
import { BigColumn, column } from "./columns.ts";
import { DaemonSays } from "./daemon.ts";
import { ExchangeColumns } from "./exchanges.ts";
import { IntervalColumns } from "./intervals.ts";
import { BatchMesh } from "./mesh.ts";
import { Rehearsal } from "./rehearsal.ts";
import {
  Assumptions,
  base64url,
  DecimalString,
  HostText,
  Natural,
  Nullable,
  Reason,
  Sha256,
  SourceKind,
  SourceState,
  Status,
  Terms,
  Timescale,
  Uuid,
} from "./schema.ts";

/**
 * What an agent reports: one signed, sequenced, hash-chained batch of bounds, exchanges and events. Columnar, so that a
 * hundred exchanges cost little more than one. `version` names the format; unknown fields inside a known version are refused.
 */
export const BATCH_VERSION = 2;
export const MAX_BATCH_BYTES = 1024 * 1024;
export const MAX_SOURCES = 64;
export const MAX_EVENTS = 500;

const closed = { additionalProperties: false } as const;

/** NTP's short format as it is on the wire. */
const Short = Type.Integer({ minimum: 0, maximum: 0xffffffff });

/** How a source is authenticated by NTS (RFC 8915), and as whom. */
export const SourceNts = Type.Object(
  {
    /** `required` = it is not asked without; `preferred` = it is, as long as no keys are to be had. */
    mode: Type.Enum(["preferred", "required"]),
    /** All that is held of it came in authentic replies. */
    authenticated: Type.Boolean(),
    /** The name in its certificate, and the SHA-256 of that certificate's public key; null = it has never proved any. */
    name: Nullable(HostText(255)),
    key: Nullable(base64url(32)),
    /** Whether the certificate's dates were confirmed by what is proved of UTC, or only not contradicted yet. */
    dates: Nullable(Type.Enum(["confirmed", "provisional"])),
  },
  closed,
);
export type SourceNts = Static<typeof SourceNts>;

export const ROOT_VOIDS = ["stratum", "refid", "leap", "dispersion", "not_yet_valid", "no_longer_valid"] as const;
/** What of a server's baseline, or of the dates of its declaration, is not as declared. */
export type RootVoid = (typeof ROOT_VOIDS)[number];

/** What was declared of a server's own error by a document outside, and whether it counts. */
export const RootDeclaration = Type.Object(
  {
    /** Greatest |server's clock − UTC|: what stands in M1 in place of what it advertises. */
    ns: DecimalString,
    /** SHA-256 of the document, and who signed it. */
    document: Type.String({ pattern: "^[0-9a-f]{64}$" }),
    signer: HostText(64),
    /** Instants of UTC, RFC 3339: from the first on, and before the second. */
    valid_from: HostText(40),
    valid_to: HostText(40),
    /** null = it counts for the latest answer. */
    void: Nullable(Type.Enum([...ROOT_VOIDS] as unknown as typeof ROOT_VOIDS)),
  },
  closed,
);
export type RootDeclaration = Static<typeof RootDeclaration>;

export const BatchSource = Type.Object(
  {
    /** Stable name in the configuration, e.g. "ntp1.example.net:123". */
    id: HostText(255),
    /** Numeric address in use; null until resolved. */
    address: Nullable(HostText(64)),
    origin: Type.Enum(["declared", "discovered", "pool"]),
    state: SourceState,
    stratum: Nullable(Type.Integer({ minimum: 0, maximum: 255 })),
    refid: Nullable(Type.Integer({ minimum: 0, maximum: 0xffffffff })),
    leap: Nullable(Type.Integer({ minimum: 0, maximum: 3 })),
    /** Its own bound on the host's offset at the end of the batch. */
    lo_ns: Nullable(DecimalString),
    hi_ns: Nullable(DecimalString),
    delay_ns: Nullable(DecimalString),
    /** Root delay and root dispersion of its last answer, 2⁻¹⁶ s; absent from agents that do not say. */
    root_delay_raw: Type.Optional(Nullable(Short)),
    root_dispersion_raw: Type.Optional(Nullable(Short)),
    polls: Natural,
    replies: Natural,
    /** Refused replies and failed sends by reason, since the agent's start. */
    refusals: Type.Record(Type.String({ pattern: "^[a-z_0-9]{1,40}$" }), Natural, { maxProperties: 64 }),
    local_reference: Type.Boolean(),
    /** What it is taken to keep to around a leap second; absent from agents that do not say. */
    timescale: Type.Optional(Timescale),
    /** Absent where it is asked without NTS. */
    nts: Type.Optional(SourceNts),
    /** Absent = it is asked by NTP. */
    kind: Type.Optional(SourceKind),
    /** False = it is drawn and compared, and has no vote: its state says how it compares. Absent = it may have one. */
    counts: Type.Optional(Type.Boolean()),
    /** What its intervals rest on beside what is measured, e.g. `ptp_declared`; absent = nothing. */
    assumes: Type.Optional(Type.Array(Type.String({ pattern: "^[a-z_0-9]{1,40}$" }), { maxItems: 8 })),
    /** SHA-256 of the document that declares the error of its newest interval; null = it names none. Absent of NTP. */
    document: Type.Optional(Nullable(Sha256)),
    /** Words and figures that belong to the kind; shown, never interpreted. */
    facts: Type.Optional(
      Type.Record(Type.String({ pattern: "^[a-z_0-9]{1,40}$" }), Type.Union([HostText(255), Type.Integer(), Type.Boolean(), Type.Null()]), {
        maxProperties: 24,
      }),
    ),
    /** By what its latest answer was bounded: what it advertises, or what is declared of it. Absent = advertised. */
    root: Type.Optional(Type.Enum(["advertised", "declared"])),
    /** Absent where nothing is declared of it, or it has not answered. */
    declaration: Type.Optional(RootDeclaration),
  },
  closed,
);
export type BatchSource = Static<typeof BatchSource>;

/** No host has more sources than this. */
const Votes = Type.Integer({ minimum: 0, maximum: 1000 });

/** Rows are readings of the clock at which the bound was evaluated; all columns have the same length. */
export const BoundColumns = Type.Object(
  {
    raw_ns: BigColumn,
    realtime_ns: BigColumn,
    boottime_ns: BigColumn,
    status: column(Status),
    reason: column(Nullable(Reason)),
    /** Guaranteed bound on the offset at the reading; null = none. */
    lo_ns: BigColumn,
    hi_ns: BigColumn,
    /** Hull of the bound at every local reading since the previous row, this one included; null when any of them had none. */
    since_lo_ns: BigColumn,
    since_hi_ns: BigColumn,
    /** Tight bound on the offset at the reading; null = none. */
    tight_lo_ns: BigColumn,
    tight_hi_ns: BigColumn,
    /** Hull of the bound at every *instant* since the previous row, slews between readings included; null = not known. */
    throughout_lo_ns: BigColumn,
    throughout_hi_ns: BigColumn,
    /** Greatest distance on RAW between two of those local readings; absent = unknown, the whole distance between the rows counts. */
    gap_ns: Type.Optional(BigColumn),
    /** Fresh votes, and how many had to agree. */
    votes: column(Votes),
    need: column(Votes),
    /** Indices into `sources` of those that agree with the bound. */
    agree: column(Type.Array(Natural, { maxItems: 64 })),
    /** The offset injected by a simulated clock; absent on real hosts. */
    injected_ns: Type.Optional(BigColumn),
  },
  closed,
);
export type BoundColumns = Static<typeof BoundColumns>;

/** Rows are spans: at every instant from one reading to the other the offset lay in [lo, hi], as seen back from a later exchange. */
export const SpanColumns = Type.Object(
  {
    from_raw_ns: BigColumn,
    from_realtime_ns: BigColumn,
    to_raw_ns: BigColumn,
    to_realtime_ns: BigColumn,
    lo_ns: BigColumn,
    hi_ns: BigColumn,
    readings: column(Natural),
    status: column(Status),
  },
  closed,
);
export type SpanColumns = Static<typeof SpanColumns>;

/** ppb; a clock that errs by more is none, and a column of the database holds no more. */
const Rate = Type.Integer({ minimum: -1_000_000_000, maximum: 1_000_000_000 });

/** What is known of the clock's rate at the last row, ppb, positive = fast; each from min to max. */
export const Frequency = Type.Object(
  {
    /** RAW's own error, from the hulls of the sources. */
    oscillator: Nullable(Type.Tuple([Rate, Rate])),
    /** What the daemon added to REALTIME between the last two readings. */
    daemon_slew: Nullable(Type.Tuple([Rate, Rate])),
  },
  closed,
);
export type Frequency = Static<typeof Frequency>;

export const EVENT_KINDS = [
  "agent_started",
  "agent_stopping",
  "clock_stepped",
  "suspended",
  "clocksource_changed",
  "vm_disrupted",
  "ruler_jumped",
  "process_paused",
  "steal_high",
  "steal_normal",
  "clock_moved_by",
  "status_changed",
  "source_state_changed",
  "source_resolved",
  "source_denied",
  "nts_pin_mismatch",
  "grandmaster_changed",
  "grandmaster_lost_reference",
  "grandmaster_class_changed",
  "grandmaster_regained_reference",
  "probe_harms_daemon",
  "daemon_bound_violated",
  "daemon_dead",
  "daemon_in_minority_camp",
  "unsynchronised_source_in_use",
  "daemon_finding_over",
  "vote_void",
  "source_conflict",
  "bimodal",
  "stamp_mode_changed",
  "slew_assumption_broken",
  "drift_assumption_broken",
  "drift_assumption_changed",
  "frequency_or_step_change",
  "policy_applied",
  "policy_refused",
  "spool_degraded",
  "spool_gap",
  "leap_pending",
  "leap_applied",
  "leap_indicator_disagrees",
  "leap_list_refused",
  "mixed_timescales",
  "root_declared",
  "root_declaration_void",
  "rehearsal_began",
  "rehearsal_ended",
  "rehearsal_refused",
] as const;

export const BatchEvent = Type.Object(
  {
    kind: Type.Enum([...EVENT_KINDS] as unknown as typeof EVENT_KINDS),
    raw_ns: DecimalString,
    realtime_ns: DecimalString,
    boottime_ns: DecimalString,
    source: Nullable(HostText(255)),
    /** Words and figures that belong to the kind; shown, never interpreted. */
    detail: Type.Record(
      Type.String({ pattern: "^[a-z_0-9]{1,40}$" }),
      Type.Union([HostText(500), Type.Integer(), Type.Boolean(), Type.Null()]),
      { maxProperties: 64 },
    ),
  },
  closed,
);
export type BatchEvent = Static<typeof BatchEvent>;

export const Batch = Type.Object(
  {
    version: Type.Literal(BATCH_VERSION),
    agent: Uuid,
    boot_id: HostText(64),
    software: HostText(64),
    /** When the batch was closed, on the host's own clocks. Data, never a condition of acceptance. */
    sealed_boottime_ns: DecimalString,
    sealed_realtime_ns: DecimalString,
    assumptions: Assumptions,
    trusting: Type.Array(HostText(255), { maxItems: 64 }),
    policy_version: Natural,
    sources: Type.Array(BatchSource, { maxItems: MAX_SOURCES }),
    bounds: BoundColumns,
    /** Terms of the last row's bound; null when there is none. */
    terms: Nullable(Terms),
    frequency: Frequency,
    spans: SpanColumns,
    /** Over the statement of these spans (span-statement.ts); absent where there is none, and from agents that state nothing apart. */
    spans_signature: Type.Optional(base64url(64)),
    exchanges: ExchangeColumns,
    /** What sources gave that are not asked by NTP; absent where there are none, or they gave nothing. */
    intervals: Type.Optional(IntervalColumns),
    events: Type.Array(BatchEvent, { maxItems: MAX_EVENTS }),
    /** What the host's own daemon says of its clock; absent where it was not asked since the batch before, and from agents that do not ask. */
    daemon: Type.Optional(DaemonSays),
    /** Absent where the policy puts the host into no mesh. */
    mesh: Type.Optional(BatchMesh),
    /** The latest request to measure anew that its rows answer. */
    burst: Type.Optional(HostText(64)),
    /** The declared fault under which its rows were made; absent = they are real measurements. */
    rehearsal: Type.Optional(Rehearsal),
  },
  closed,
);
export type Batch = Static<typeof Batch>;

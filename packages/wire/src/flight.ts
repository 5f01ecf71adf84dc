import Type, { type Static } from "typebox";
import { BigColumn, column, MAX_ROWS } from "./columns.ts";
import { ExchangeColumns } from "./exchanges.ts";
import { IntervalColumns } from "./intervals.ts";
import { Rehearsal } from "./rehearsal.ts";
import { Assumptions, DecimalString, HostText, Instant, Natural, Nullable, Status, Timescale, Uuid } from "./schema.ts";

export const FLIGHT_PATH = "/api/v1/flights";
export const FLIGHT_TYPE = "application/vnd.truebound.flight";
/** Deflated, as it is signed and sent. */
export const MAX_FLIGHT_BYTES = 1024 * 1024;
/** Inflated; nobody takes more. */
export const MAX_FLIGHT_TEXT = 16 * 1024 * 1024;

const closed = { additionalProperties: false } as const;

const FlightSource = Type.Object(
  {
    id: HostText(255),
    address: Nullable(HostText(64)),
    timescale: Timescale,
    trusted: Type.Boolean(),
    /** Sources with the same one are not independent: they share a vote. */
    vote: HostText(255),
    /** One that was not heard for eight of these is stale, and has no vote. */
    poll_ns: DecimalString,
    /** False = it had no vote; absent = it had one. */
    counts: Type.Optional(Type.Boolean()),
  },
  closed,
);

/** Rows are all readings of the clocks, and what was published at each. */
const FlightReadings = Type.Object(
  {
    /** RAW right after the read of REALTIME. */
    raw_ns: BigColumn,
    /** How long before that RAW was read first. */
    bracket_ns: BigColumn,
    realtime_ns: BigColumn,
    status: column(Status),
    /** Guaranteed bound on the offset; null = none. */
    lo_ns: BigColumn,
    hi_ns: BigColumn,
    /** Processor time that the hypervisor withheld over the last minute, parts per million; null = not known. */
    steal_ppm: column(Nullable(Natural)),
    /** The offset injected by a simulated clock; absent on real hosts. */
    injected_ns: Type.Optional(BigColumn),
  },
  closed,
);

/** Rows are exchanges that gave no evidence. Stamps are null where no reply came that showed our nonce. */
const FlightRefusals = Type.Object(
  {
    source: column(Natural),
    /** RAW when it was over. */
    raw_ns: BigColumn,
    reason: column(HostText(40)),
    t1_raw_ns: BigColumn,
    t2_ns: BigColumn,
    t3_ns: BigColumn,
    t4_raw_ns: BigColumn,
  },
  closed,
);

const Said = Type.Union([HostText(255), Type.Number(), Type.Null()]);
/** What somebody said of the clock when RAW read so; a row for each change. */
const Sayings = Type.Array(
  Type.Object(
    { raw_ns: DecimalString, says: Type.Record(Type.String({ pattern: "^[a-z_0-9]{1,40}$" }), Said, { maxProperties: 32 }) },
    closed,
  ),
  { maxItems: MAX_ROWS },
);

/** What an agent recorded of the minutes around an incident, at full resolution. */
export const Flight = Type.Object(
  {
    version: Type.Literal(1),
    agent: Uuid,
    incident: HostText(20),
    boot_id: HostText(64),
    software: HostText(64),
    /** As they were when it was written. */
    assumptions: Assumptions,
    /** The fault that was rehearsed in these minutes, the latest where there were more; absent = none was. */
    rehearsal: Type.Optional(Rehearsal),
    /** What there was in these minutes and found no room: the oldest. */
    missing: Type.Object({ readings: Natural, exchanges: Natural }, closed),
    sources: Type.Array(FlightSource, { maxItems: 64 }),
    readings: FlightReadings,
    exchanges: ExchangeColumns,
    /** Of sources that are not asked by NTP; absent where they gave none. */
    intervals: Type.Optional(IntervalColumns),
    refusals: FlightRefusals,
    /** adjtimex(2), in the kernel's own units. */
    kernel: Sayings,
    /** The host's own time daemon. */
    daemon: Sayings,
    /** By which interface and next hop each source is reached. */
    routes: Sayings,
  },
  closed,
);
export type Flight = Static<typeof Flight>;

export const FlightReply = Type.Object({ version: Type.Literal(1), incident: HostText(20), state: Type.Literal("kept") }, closed);
export type FlightReply = Static<typeof FlightReply>;

/** As it is kept, with all that it takes to verify it. */
export const FlightView = Type.Object({
  incident: Type.String(),
  host: Uuid,
  received_at: Instant,
  /** base64 of the bytes that were signed: deflated JSON. */
  body: Type.String(),
  /** RFC 9421: the text that was signed, with the digest of these bytes. */
  signature_base: Type.String(),
  /** base64url of 64 bytes: Ed25519. */
  signature: Type.String(),
  /** base64url of the raw key of the host that it is by; null = none that is known now. */
  public_key: Nullable(Type.String()),
});
export type FlightView = Static<typeof FlightView>;

import Type, { type Static } from "typebox";
import { base64url, DecimalString, HostText, Instant, Natural, Nullable, Uuid } from "./schema.ts";

/** What an agent measured of an application's own timestamps, signed by the host's key: evidence of a stamp point. */
export const STAMP_TEST = "truebound-stamp-test/1";

const ErrorRange = Type.Object({ lo_ns: Nullable(DecimalString), hi_ns: DecimalString }, { additionalProperties: false });
const Spread = Type.Object(
  { p50_ns: DecimalString, p90_ns: DecimalString, p99_ns: DecimalString, max_ns: DecimalString },
  { additionalProperties: false },
);

export const StampStatement = Type.Object(
  {
    format: Type.Literal(STAMP_TEST),
    /** Null = the host is not enrolled. */
    agent: Nullable(Uuid),
    host: HostText(255),
    software: HostText(64),
    boot_id: HostText(64),
    command: Type.Array(Type.String({ maxLength: 4096 }), { minItems: 1, maxItems: 256 }),
    stamp_point: Nullable(HostText(500)),
    /** By the host's own clock. */
    began_at: Instant,
    ended_at: Instant,
    clock: HostText(64),
    mode: Type.Enum(["request_answer", "arrivals"]),
    rounds: Natural,
    /** Rounds before those, which do not count: an application that has just started is still loading. */
    warm_up: Natural,
    load_workers: Natural,
    processors: Natural,
    /** CLOCK_REALTIME less the stamp, over all rounds, whenever between the two reads of a round the event was. */
    error: ErrorRange,
    app_error_ns: Nullable(DecimalString),
    unseen_phase_ns: DecimalString,
    granularity: Type.Object(
      {
        format: HostText(16),
        unit_ns: DecimalString,
        effective_ns: DecimalString,
        smallest_step_ns: Nullable(DecimalString),
        repeated: Natural,
      },
      { additionalProperties: false },
    ),
    worst: Type.Object(
      { round: Natural, stamp: HostText(64), before_ns: Nullable(DecimalString), after_ns: DecimalString, error: ErrorRange },
      { additionalProperties: false },
    ),
    round_time: Nullable(Spread),
    distribution: Spread,
  },
  { additionalProperties: false },
);
export type StampStatement = Static<typeof StampStatement>;

export const SignedStampStatement = Type.Object(
  { statement: StampStatement, public_key: base64url(32), signature: base64url(64) },
  { additionalProperties: false },
);
export type SignedStampStatement = Static<typeof SignedStampStatement>;

/** The text under the signature: the name of the format, then the statement as JSON with its keys in order (RFC 8785). */
export const stampStatementText = (statement: StampStatement): string => `${STAMP_TEST}\n${ordered(statement)}`;

/** Keys are ASCII and numbers whole, so JSON.stringify writes each part as RFC 8785 does. */
function ordered(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(ordered).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, one]) => `${JSON.stringify(key)}:${ordered(one)}`).join(",")}}`;
}

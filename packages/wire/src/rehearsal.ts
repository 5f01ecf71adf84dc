import Type, { type Static } from "typebox";
import { DecimalString, HostText, Instant } from "./schema.ts";

/** Faults that can be rehearsed: each is put into what the agent measures, never into a clock. */
export const REHEARSAL_FAULTS = ["step", "drift", "lost-source", "lying-source", "silent"] as const;
export type RehearsalFault = (typeof REHEARSAL_FAULTS)[number];

/** A declared fault with an end. The agent takes it only where its own configuration allows it. */
export const Rehearsal = Type.Object(
  {
    id: HostText(64),
    fault: Type.Enum([...REHEARSAL_FAULTS] as unknown as typeof REHEARSAL_FAULTS),
    /** On the agent's monotonic clock, from when it took it up. */
    for_s: Type.Integer({ minimum: 10, maximum: 3600 }),
    /** step: the clock is shown so much ahead. lying-source: the source says so much more. */
    by_ns: Type.Optional(DecimalString),
    /** drift: the clock is shown so much too fast. */
    ppb: Type.Optional(Type.Integer({ minimum: -500_000_000, maximum: 500_000_000 })),
    /** lost-source, lying-source: by its id; absent = the first. */
    source: Type.Optional(HostText(255)),
    who: HostText(120),
  },
  { additionalProperties: false },
);
export type Rehearsal = Static<typeof Rehearsal>;

/** How a rehearsal went, for who has to show it. */
export const RehearsalReport = Type.Object({
  id: HostText(64),
  host: HostText(255),
  fault: Type.Enum([...REHEARSAL_FAULTS] as unknown as typeof REHEARSAL_FAULTS),
  asked_at: Instant,
  /** By the agent; null = it did not, and `refused` may say why. */
  taken_at: Type.Union([Instant, Type.Null()]),
  refused: Type.Union([Type.String(), Type.Null()]),
  expected: Type.Object({ rules: Type.Array(Type.String()), channel: Type.Union([Type.String(), Type.Null()]) }),
  incident: Type.Union([Type.String(), Type.Null()]),
  alerted_after_ms: Type.Union([Type.Number(), Type.Null()]),
  delivered_after_ms: Type.Union([Type.Number(), Type.Null()]),
  passed: Type.Boolean(),
});
export type RehearsalReport = Static<typeof RehearsalReport>;

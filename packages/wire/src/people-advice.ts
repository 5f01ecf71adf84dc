import Type, { type Static } from "typebox";
import { DecimalString, HostText, Instant, Natural, Nullable, Uuid } from "./schema.ts";

const Figures = {
  /** Of the worst error in each minute, the value that 99.9 % of all minutes stay within, those without a bound included; null = too many have none. */
  worst_error_p999_ns: Nullable(DecimalString),
  /** Minutes of the period, of each host while it belonged to the fleet. */
  minutes: Natural,
  /** Of these, those without a bound that is proved, or in holdover. */
  minutes_unknown: Natural,
  /** So many minutes it takes for those to be one in a thousand; null = they are no more than that. */
  needs_minutes: Nullable(Natural),
};

/** What measured minutes say of two settings that people else guess. More fields may join. */
export const Advice = Type.Object({
  from: Instant,
  to: Instant,
  ...Figures,
  /** Twice that worst error: after so long a stamp has passed on every one of these hosts. */
  commit_wait_ns: Nullable(DecimalString),
  /** The greatest difference of two of their clocks that 99.9 % of the minutes allow; of one host, with another just like it. */
  max_offset_p999_ns: Nullable(DecimalString),
  /** When both are known at the latest, if each minute until then has a bound of every host; null = they are, or waiting does not help. */
  known_at: Nullable(Instant),
  /** Limits on pairs of clocks in force at `to`, and whether that difference is within them. */
  profiles: Type.Array(Type.Object({ id: Type.String(), title: Type.String(), limit_ns: DecimalString, inside: Nullable(Type.Boolean()) })),
  hosts: Type.Array(Type.Object({ id: Uuid, name: HostText(255), ...Figures })),
  /** Sentences: what was found, and what it rests on. */
  says: Type.Array(Type.String()),
});
export type Advice = Static<typeof Advice>;

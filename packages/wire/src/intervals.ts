import Type, { type Static } from "typebox";
import { BigColumn, column } from "./columns.ts";
import { Natural, Nullable, Sha256 } from "./schema.ts";

/** Rows are intervals that sources gave of themselves: at `raw_ns` of the agent's RAW, UTC − RAW lay from `lo_ns` to `hi_ns`. */
export const IntervalColumns = Type.Object(
  {
    source: column(Natural),
    raw_ns: BigColumn,
    /** The error of the instant on RAW is in them. */
    lo_ns: BigColumn,
    hi_ns: BigColumn,
    /** SHA-256 of the document that declares the error; null = none was named. */
    document: column(Nullable(Sha256)),
  },
  { additionalProperties: false },
);
export type IntervalColumns = Static<typeof IntervalColumns>;

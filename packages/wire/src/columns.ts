import Type, { type Static } from "typebox";
import { DecimalString } from "./schema.ts";

/** No table of a batch has more rows. */
export const MAX_ROWS = 5000;
export const column = <T extends Type.TSchema>(item: T) => Type.Array(item, { maxItems: MAX_ROWS });

/**
 * A column of integers of any size: one base, and for each row the difference to it. A difference that JSON cannot carry
 * exactly is a decimal string; `null` = unknown, never zero.
 */
export const BigColumn = Type.Object(
  {
    base: DecimalString,
    d: Type.Array(
      Type.Union([Type.Integer({ minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER }), DecimalString, Type.Null()]),
    ),
  },
  { additionalProperties: false },
);
export type BigColumn = Static<typeof BigColumn>;

export function packColumn(values: readonly (bigint | null)[]): BigColumn {
  const base = values.find((value) => value !== null) ?? 0n;
  return { base: base.toString(), d: values.map((value) => (value === null ? null : packDifference(value - base))) };
}

function packDifference(difference: bigint): number | string {
  const small = Number(difference);
  return Number.isSafeInteger(small) ? small : difference.toString();
}

export function unpackColumn({ base, d }: BigColumn): (bigint | null)[] {
  const start = BigInt(base);
  return d.map((difference) => (difference === null ? null : start + BigInt(difference)));
}

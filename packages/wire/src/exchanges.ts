import Type, { type Static } from "typebox";
import { BigColumn, column, packColumn, unpackColumn } from "./columns.ts";
import { Natural, StampMode } from "./schema.ts";

/** The four stamps of an exchange: t1 and t4 on the agent's RAW, t2 and t3 on the server's clock. ns. */
export interface Stamps {
  readonly t1: bigint;
  readonly t2: bigint;
  readonly t3: bigint;
  readonly t4: bigint;
}

/** What differs little from one exchange to the next takes little room: only t1 is carried whole. */
export interface StampColumns {
  readonly t1_raw_ns: BigColumn;
  readonly t2_less_t1_ns: BigColumn;
  readonly t3_less_t2_ns: BigColumn;
  readonly t4_less_t1_ns: BigColumn;
}

export const packStamps = (exchanges: readonly Stamps[]): StampColumns => ({
  t1_raw_ns: packColumn(exchanges.map(({ t1 }) => t1)),
  t2_less_t1_ns: packColumn(exchanges.map(({ t1, t2 }) => t2 - t1)),
  t3_less_t2_ns: packColumn(exchanges.map(({ t2, t3 }) => t3 - t2)),
  t4_less_t1_ns: packColumn(exchanges.map(({ t1, t4 }) => t4 - t1)),
});

/** Of columns that are equally long and without gaps. */
export function unpackStamps(columns: StampColumns): Stamps[] {
  const [toServer, hold, roundTrip] = [columns.t2_less_t1_ns, columns.t3_less_t2_ns, columns.t4_less_t1_ns].map(unpackColumn);
  return unpackColumn(columns.t1_raw_ns).map((first, row) => {
    const t1 = first as bigint;
    const t2 = t1 + (toServer?.[row] as bigint);
    return { t1, t2, t3: t2 + (hold?.[row] as bigint), t4: t1 + (roundTrip?.[row] as bigint) };
  });
}

/** Rows are accepted exchanges (`packStamps`). `reply` says how t3 was learned. */
export const ExchangeColumns = Type.Object(
  {
    source: column(Natural),
    t1_raw_ns: BigColumn,
    t2_less_t1_ns: BigColumn,
    t3_less_t2_ns: BigColumn,
    t4_less_t1_ns: BigColumn,
    root_delay_raw: column(Natural),
    root_dispersion_raw: column(Natural),
    precision_server: column(Type.Integer({ minimum: -128, maximum: 127 })),
    precision_client: column(Type.Integer({ minimum: -128, maximum: 127 })),
    cap_ns: BigColumn,
    slack_ns: column(Natural),
    stamp_mode: column(StampMode),
    reply: column(Type.Enum(["basic", "interleaved", "provisional"])),
  },
  { additionalProperties: false },
);
export type ExchangeColumns = Static<typeof ExchangeColumns>;

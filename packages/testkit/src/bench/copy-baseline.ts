import { join } from "node:path";
import type pg from "pg";

/** One exchange a row, keyed as a table of measurements would be. */
const TABLE = `
  create table if not exists bench_measurement (
    host_id uuid not null, t_ns bigint not null, seq bigint not null, source smallint not null,
    t1_raw_ns bigint not null, t2_ns bigint not null, t3_ns bigint not null, t4_raw_ns bigint not null,
    root_delay_raw integer not null, root_dispersion_raw integer not null, precision_server smallint not null,
    precision_client smallint not null, cap_ns bigint not null, slack_ns integer not null, stamp_mode smallint not null, reply smallint not null,
    primary key (host_id, t_ns, seq))`;

/** A thousand hosts in turn, a hundred exchanges at a time, as batches would bring them. */
const FILL = `
  insert into bench_measurement
  select md5(((n / 100) % 1000)::text)::uuid, 1795685422314591929 + n * 2000000000 + (random() * 1e8)::bigint, n, n % 8,
    1041946605573 + n * 2000000000, 1795685422314591929 + n * 2000000000, 1795685422314609575 + n * 2000000000, 1041946750529 + n * 2000000000,
    20, 30, -24, -23, 400, 22889, 1, 2
  from generate_series(1, $1::bigint) as n`;

/** Rows a second of a server-side binary COPY, durable, from a file that the server wrote itself. */
export async function copyRate(client: pg.Client, rows: number): Promise<number> {
  await client.query(TABLE);
  await client.query("truncate bench_measurement");
  await client.query(FILL, [rows]);
  const file = join((await client.query<{ data_directory: string }>("show data_directory")).rows[0]?.data_directory ?? "", "bench.copy");
  await client.query(`copy bench_measurement to '${file}' (format binary)`);
  await client.query("truncate bench_measurement");
  await client.query("checkpoint");
  const started = performance.now();
  await client.query(`copy bench_measurement from '${file}' (format binary)`);
  const seconds = (performance.now() - started) / 1000;
  await client.query("truncate bench_measurement");
  return rows / seconds;
}

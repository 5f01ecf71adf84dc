import type { UtcInstant } from "@truebound/time";
import type pg from "pg";
import { EVENTS_HEEDED, type EventNews } from "../../alert/findings/event.ts";
import type { AlertLook, AlertStore, JudgesSeat } from "../../alert/ports.ts";
import { readOpenBook } from "./alert-book.ts";
import { readAlertConfig } from "./alert-config-store.ts";
import { writePlan } from "./alert-writes.ts";
import { requestMissedFlights } from "./flight-requests.ts";
import type { Queryable } from "./pool.ts";
import { transactionOn } from "./singleton.ts";

const LOCK = "truebound alerts";
const TAKE = "select pg_try_advisory_lock(hashtext($1)) as mine";
const LEAVE = "select pg_advisory_unlock(hashtext($1))";

/** As in `fleet-store.ts`: what was running when the mark was taken is asked for again next time. */
const MARK = `
  select pg_snapshot_xmin(pg_current_snapshot())::text as mark, (select mark::text from alert_progress) as seen`;
const EVENTS = `
  select host_id, epoch, seq, ordinal, at_ns, at_marked, kind, source, detail, written_xid::text as written_xid
  from host_event where written_xid >= $1::xid8 and kind = any($2) order by written_xid, host_id, epoch, seq, ordinal`;
const PROGRESS = `
  insert into alert_progress (mark) values ($1::xid8)
  on conflict (one) do update set mark = excluded.mark, judged_at = clock_timestamp()`;

/** A host whose row another transaction holds is left for the next time, so that nobody waits for anybody. */
const ASK = `
  update host_state s set burst_wanted = n.word
  from unnest($1::uuid[], $2::text[]) as n (host_id, word)
  where s.host_id = n.host_id and s.host_id in (select host_id from host_state where host_id = any($1) for update skip locked)
  returning s.host_id`;

export const alertStore = (pool: pg.Pool): AlertStore => ({
  async takeSeat() {
    const client = await pool.connect();
    try {
      const { rows } = await client.query<{ mine: boolean }>(TAKE, [LOCK]);
      if (rows[0]?.mine === true) return seatOn(client);
    } catch (error) {
      client.release(error instanceof Error ? error : true);
      throw error;
    }
    client.release();
    return null;
  },
});

/** All on the connection that holds the lock: who loses the one has lost the other. */
const seatOn = (client: pg.PoolClient): JudgesSeat => ({
  look: (mark) => look(client, mark),
  book: () => readOpenBook(client),
  write: (plan, mark) =>
    transactionOn(client, async () => {
      await writePlan(client, plan);
      await requestMissedFlights(client);
      await client.query(PROGRESS, [mark]);
    }),
  ask: async (bursts) => {
    const { rows } = await client.query<{ host_id: string }>(ASK, [[...bursts.keys()], [...bursts.values()]]);
    return rows.map(({ host_id }) => host_id);
  },
  leave: async (broken) => {
    client.release(broken ?? (await unlocked(client)));
  },
});

/** What hindered it; the connection takes the lock with it then. */
const unlocked = (client: Queryable): Promise<Error | undefined> =>
  client.query(LEAVE, [LOCK]).then(
    () => undefined,
    (cause: Error) => cause,
  );

async function look(client: Queryable, mark: string | null): Promise<AlertLook> {
  const { rows } = await client.query<{ mark: string; seen: string | null }>(MARK);
  const now = rows[0] as { mark: string; seen: string | null };
  const found = await client.query<EventRow>(EVENTS, [mark ?? now.seen ?? now.mark, EVENTS_HEEDED]);
  return { config: await readAlertConfig(client), events: found.rows.map(toNews), mark: now.mark };
}

interface EventRow {
  host_id: string;
  epoch: number;
  seq: bigint;
  ordinal: number;
  at_ns: UtcInstant;
  at_marked: boolean;
  kind: string;
  source: string | null;
  detail: EventNews["detail"];
  written_xid: string;
}

const toNews = (row: EventRow): EventNews => ({
  host: row.host_id,
  epoch: row.epoch,
  seq: Number(row.seq),
  ordinal: row.ordinal,
  at: row.at_ns,
  atMarked: row.at_marked,
  kind: row.kind,
  source: row.source,
  detail: row.detail,
  writtenXid: BigInt(row.written_xid),
});

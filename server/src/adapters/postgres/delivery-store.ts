import type { UtcInstant } from "@truebound/time";
import { type AlertSettings, type Channel, DEFAULT_ALERT_SETTINGS, type Notice } from "@truebound/wire";
import type pg from "pg";
import type { DeliveryStore, Entry, Moment, Places, Pulse, Taken, Verdict, Waiting } from "../../notify/ports.ts";
import { channelLocks } from "./channel-locks.ts";
import { sqlState } from "./pool.ts";

const PLACES = `
  select (select coalesce(json_agg(body order by name), '[]') from alert_object where kind = 'channel') as channels,
    (select body from alert_setting) as settings, utc_ns(clock_timestamp()) as now_ns`;

/** Further ahead than any pause and any lease is long: the clock was set back since. */
const DUE = `d.state = 'due' and (d.next_at <= clock_timestamp() or d.next_at > clock_timestamp() + interval '10 minutes')`;

/**
 * Of each channel and cause the first that waits: an alert of the next incident of a cause is, for others, the same as that of the one
 * before, and what is late of that one would end it. One pass over all that waits, whatever else there is.
 */
const firstOf = (channels: string): string => `
  first as materialized (
    select distinct on (d.channel, i.cause_key) d.notice_id, d.channel, d.incident_id, d.ordinal, d.next_at
    from delivery d join incident i on i.id = d.incident_id
    where d.state = 'due' and ${channels}
    order by d.channel, i.cause_key, d.incident_id, d.ordinal)`;

/** The lease is the pause until it is due again: a server that dies holds nothing longer. */
const LEASED = `
  leased as (
    update delivery d set attempts = d.attempts + 1, next_at = clock_timestamp() + $1 * interval '1 millisecond'
    from picked where d.notice_id = picked.notice_id and d.channel = picked.channel
    returning d.notice_id, d.channel, d.incident_id, d.attempts)
  select leased.*, notice.content, utc_ns(clock_timestamp()) as now_ns,
    extract(epoch from clock_timestamp() - notice.created_at)::float8 as age
  from leased join notice on notice.id = leased.notice_id
  order by leased.notice_id`;

/** By all that an index may begin with: what it finds is one row, whatever the planner knows of the tables. */
const LOCKABLE = "first join delivery d using (notice_id, channel, incident_id, ordinal)";

const TAKE = `
  with room as (select * from unnest($2::text[], $3::int[]) as room (channel, slots)),
  ${firstOf("d.channel = any ($2::text[])")},
  picked as (
    select mine.notice_id, mine.channel from room cross join lateral (
      select d.notice_id, d.channel from ${LOCKABLE}
      where first.channel = room.channel and ${DUE}
      order by first.next_at limit room.slots for update of d skip locked) mine),
  ${LEASED}`;

const MOST_ORPHANS = 100;
const TAKE_ORPHANS = `
  with ${firstOf("d.channel <> all ($2::text[])")},
  picked as (
    select d.notice_id, d.channel from ${LOCKABLE}
    where ${DUE}
    order by first.next_at limit ${MOST_ORPHANS} for update of d skip locked),
  ${LEASED}`;

/**
 * One statement: a server that dies between being heard and writing it down tells it again. Who writes the incident's story holds the
 * incident's row, so nobody is refused but who read the story before the other one had written.
 */
const SETTLE = `
  with locked as (select id from incident where id = $3 and $4::text is not null for no key update),
  settled as (
    update delivery set state = $5, error = $6,
      delivered_at = case when $5 = 'delivered' then clock_timestamp() end,
      next_at = clock_timestamp() + $7 * interval '1 millisecond'
    where notice_id = $1 and channel = $2 and state = 'due' and (attempts = $8 or $5 = 'delivered')
    returning incident_id)
  insert into incident_entry (incident_id, ordinal, kind, words)
  select settled.incident_id,
    (select coalesce(max(ordinal), 0) + 1 from incident_entry entry where entry.incident_id = settled.incident_id), $4, $9
  from settled join locked on locked.id = settled.incident_id`;

/** Of each of the incidents `open` the last that the channel took. */
const LAST_TOLD = `
  told as (
    select distinct on (d.incident_id) d.notice_id from open
    join delivery d on d.incident_id = open.id and d.channel = $1 and d.state = 'delivered'
    order by d.incident_id, d.ordinal desc)
  select notice.content from told join notice on notice.id = told.notice_id where notice.kind <> 'resolved' order by notice.id`;

/** Those that go on, and those whose end waits to be told. */
const STANDING = `
  with open as (
    select id from incident where resolved_at is null
    union select incident_id from delivery where channel = $1 and state = 'due'),
  ${LAST_TOLD}`;

/** Alerts of two incidents can have the same labels only where the name of what they are about is the same. */
const ELSEWHERE = `
  with open as (
    select other.id from incident mine
    join incident other on other.cause_name = mine.cause_name and other.id <> mine.id and other.resolved_at is null
    where mine.id = $2),
  ${LAST_TOLD}`;

const WAITING = `
  select d.channel, count(*)::int as count, max(extract(epoch from clock_timestamp() - n.created_at))::float8 as oldest
  from delivery d join notice n on n.id = d.notice_id where d.state = 'due' group by d.channel order by d.channel`;

const PULSE = `
  select (select body from alert_setting) as settings, (select judged_at::text from alert_progress) as judged,
    oldest.key, oldest.seconds
  from (select) as one left join lateral (
    select n.id || ' ' || d.channel as key, extract(epoch from clock_timestamp() - n.created_at)::float8 as seconds
    from delivery d join notice n on n.id = d.notice_id where d.state = 'due'
    order by n.created_at limit 1) oldest on true`;

interface PlacesRow {
  channels: Channel[];
  settings: Partial<AlertSettings> | null;
  now_ns: UtcInstant;
}

interface TakenRow {
  notice_id: bigint;
  channel: string;
  incident_id: bigint;
  attempts: number;
  content: Notice;
  now_ns: UtcInstant;
  age: number;
}

const takenOf = (row: TakenRow): Taken => ({
  noticeId: row.notice_id,
  incidentId: row.incident_id,
  channel: row.channel,
  notice: row.content,
  attempts: row.attempts,
  ageSeconds: row.age,
  at: row.now_ns,
});

async function readPlaces(pool: pg.Pool): Promise<Places & Moment> {
  const { rows } = await pool.query<PlacesRow>(PLACES);
  const { channels, settings, now_ns } = rows[0] as PlacesRow;
  return { channels, pageUrl: settings?.page_url ?? null, at: now_ns };
}

/** The outbox, for who empties it. */
export function deliveryStore(
  pool: pg.Pool,
  monotonic: () => number,
): DeliveryStore & { moment(): Promise<Moment>; pulse(): Promise<Pulse> } {
  return {
    places: () => readPlaces(pool),
    moment: () => readPlaces(pool),
    take: async (rooms, leaseMs) => {
      const values = [leaseMs, rooms.map(({ channel }) => channel), rooms.map(({ slots }) => slots)];
      return (await pool.query<TakenRow>(TAKE, values)).rows.map(takenOf);
    },
    takeOrphans: async (channels, leaseMs) => (await pool.query<TakenRow>(TAKE_ORPHANS, [leaseMs, channels])).rows.map(takenOf),
    settle: (taken, verdict, entry) => settle(pool, taken, verdict, entry),
    standing: async (channel) => (await pool.query<{ content: Notice }>(STANDING, [channel])).rows.map(({ content }) => content),
    elsewhere: async ({ channel, incidentId }) =>
      (await pool.query<{ content: Notice }>(ELSEWHERE, [channel, incidentId])).rows.map(({ content }) => content),
    waiting: async () =>
      (await pool.query<{ channel: string; count: number; oldest: number }>(WAITING)).rows.map(
        ({ channel, count, oldest }): Waiting => ({ channel, count, oldestSeconds: oldest }),
      ),
    ...channelLocks(pool, monotonic),
    pulse: () => readPulse(pool),
  };
}

const UNIQUE_VIOLATION = "23505";
const TRIES = 5;

/** Somebody else wrote the next line of the story meanwhile: then the one after it. */
async function settle(pool: pg.Pool, taken: Taken, verdict: Verdict, entry: Entry | null): Promise<void> {
  const { noticeId, channel, incidentId, attempts } = taken;
  const { error, pauseMs } = { error: null, pauseMs: 0, ...verdict };
  const values = [noticeId, channel, incidentId, entry?.kind ?? null, verdict.state, error, pauseMs, attempts, entry?.words ?? null];
  for (let tried = 1; ; tried++) {
    try {
      await pool.query(SETTLE, values);
      return;
    } catch (cause) {
      if (sqlState(cause) !== UNIQUE_VIOLATION || tried === TRIES) throw cause;
    }
  }
}

interface PulseRow {
  settings: Partial<AlertSettings> | null;
  judged: string | null;
  key: string | null;
  seconds: number | null;
}

async function readPulse(pool: pg.Pool): Promise<Pulse> {
  const { settings, judged, key, seconds } = (await pool.query<PulseRow>(PULSE)).rows[0] as PulseRow;
  return {
    settings: { ...DEFAULT_ALERT_SETTINGS, ...settings },
    judged,
    oldest: key === null || seconds === null ? null : { key, seconds },
  };
}

import type { UtcInstant } from "@truebound/time";
import type { Status } from "@truebound/wire";
import type pg from "pg";
import { readStoredBatch } from "../../evidence/read-batch.ts";
import type { EventRecord } from "../../fleet/host-record.ts";
import type { DaemonSaid } from "../../ingest/daemon-said.ts";
import type { Minute } from "../../ingest/rollup.ts";
import { minuteOf } from "../../ingest/rollup.ts";
import type { PolicyRule } from "../../policy/choose-policy.ts";
import type { QueryStore } from "../../query/ports.ts";
import type { Reading, StoredEvidence } from "../../query/stored-readings.ts";
import { around, between, joined } from "../../retention/archive.ts";
import { DAY_NS } from "../../retention/days.ts";
import { storedText } from "../batch-content.ts";
import { turns } from "../turns.ts";
import { readFleetMinutes } from "./fleet-minutes.ts";
import { readHoled, readHoles } from "./holes.ts";
import { HOST_COLUMNS, HOST_TABLES, type HostRow, toRecord } from "./host-row.ts";
import { LONG_BATCH } from "./long-batches.ts";
import { readStated, readStrange } from "./past-store.ts";
import { type ArchivedBatch, archivedAround } from "./retention/archive-reader.ts";
import type { Archive } from "./retention/archive-writer.ts";
import { RULES_JSON } from "./rules.ts";
import { readSparkParts } from "./spark-parts.ts";
import { readSigningKeys, readStatements } from "./statement-store.ts";
import { readTargets } from "./target-store.ts";

const NOW = "select utc_ns(clock_timestamp()) as now_ns";

/** An id wins over another host's name that looks like it. */
const HOST = `
  select ${HOST_COLUMNS}, ${RULES_JSON} as rules from ${HOST_TABLES}
  where h.id = $1::uuid or h.name = $2
  order by h.id is not distinct from $1::uuid desc, h.retired_at desc nulls first limit 1`;

/** Those that ever had the name; the name of a retired host is free for another one. */
const NAMED = "select id from host where name = $1 order by retired_at desc nulls first, id limit 20";

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

const EVENT_PAGE = `
  at_ns between $2 and $3 and ($4::bigint is null or (at_ns, epoch, seq, ordinal) < ($4, $5, $6, $7))
  order by at_ns desc, epoch desc, seq desc, ordinal desc limit $8`;

/** Conflicts of the mesh in which the host is a suspect are events of it too, and stand in a table of their own. */
const AS_EVENTS = `
  select 0 as epoch, 0::bigint as seq, (id % 1000000000)::integer as ordinal, utc_ns(first_seen) as at_ns, true as at_marked,
    'bounds_inconsistent' as kind, null as source,
    jsonb_build_object('tier', tier, 'standing', case when $1 = any(flagged) then 'flagged' else 'suspect' end,
      'suspects', cardinality(suspects), 'least_liars', least_liars, 'ended', ended_at is not null) as detail
  from peer_conflict where suspects @> array[$1::uuid]`;

const EVENTS = `
  select * from (
    (select epoch, seq, ordinal, at_ns, at_marked, kind, source, detail from host_event where host_id = $1 and ${EVENT_PAGE})
    union all
    (select * from (${AS_EVENTS}) as conflict where ${EVENT_PAGE})
  ) as event
  where ${EVENT_PAGE}`;

const EVIDENCE_COLUMNS = "epoch, seq, utc_ns(received_at) as received_at_ns, sent, body, set_aside, first_utc_ns, last_utc_ns";

/** Batches are found by where they end; the one after the range tells how the stretch across its end closes. */
const AROUND = `
  (select ${EVIDENCE_COLUMNS} from evidence where host_id = $1 and last_utc_ns < $2 order by last_utc_ns desc limit 1)
  union all
  (select ${EVIDENCE_COLUMNS} from evidence where host_id = $1 and last_utc_ns >= $2 and first_utc_ns <= $3 and last_utc_ns <= $3 order by last_utc_ns limit $4)
  union all
  (select ${EVIDENCE_COLUMNS} from evidence where host_id = $1 and last_utc_ns > $3 order by last_utc_ns limit 1)`;
/** Within the few seconds about an instant; a host reports at most every second, and a few times in haste. */
const AROUND_MOST = 200;

/** One that begins in the range may end after it: within a day, or it is one of the few that are long. */
const REACHING_INTO = (columns: string) => `
  (select ${columns} from evidence
    where host_id = $1 and last_utc_ns >= $2 and last_utc_ns <= $3::bigint + ${DAY_NS} and first_utc_ns <= $3 order by last_utc_ns limit $4)
  union all
  (select ${columns} from evidence
    where host_id = $1 and ${LONG_BATCH} and last_utc_ns >= $2 and last_utc_ns > $3::bigint + ${DAY_NS} and first_utc_ns <= $3
    order by last_utc_ns limit $4)`;

const BETWEEN = `${REACHING_INTO(EVIDENCE_COLUMNS)} order by last_utc_ns limit $4`;
/** Counted first: bodies lie apart from their rows, and their lengths are known without them. */
const COUNT_BETWEEN = `
  select count(*), coalesce(sum(bytes), 0)::bigint as bytes
  from (${REACHING_INTO("last_utc_ns, octet_length(body) as bytes")} limit $4) as found`;

/** One step of an index for each part, however many batches lie in it. */
const SPREAD = `
  select found.* from generate_series(0, $4::integer - 1) as part,
    lateral (select $2::bigint + (($3::numeric - $2::numeric) * part / $4)::bigint as begins,
      $2::bigint + (($3::numeric - $2::numeric) * (part + 1) / $4)::bigint as ends) as stretch,
    lateral (select ${EVIDENCE_COLUMNS} from evidence
      where host_id = $1 and last_utc_ns >= begins and last_utc_ns < ends order by last_utc_ns limit 1) as found
  order by found.last_utc_ns`;

const MINUTES = `
  select minute_ns, lo_ns, hi_ns, rows, status, marked, unbounded, oscillator_min_ppb, oscillator_max_ppb,
    claim_lo_ns, claim_hi_ns, claim_excluded from host_minute
  where host_id = $1 and minute_ns between $2 and $3 order by minute_ns`;

const DAEMON = "select daemon from host_state where host_id = $1";

/** Minutes of this host's past day in which the oscillator was known, and how far its frequency may have ranged in them. */
const OSCILLATOR = `
  select count(oscillator_min_ppb)::integer as minutes, min(oscillator_min_ppb) as least, max(oscillator_max_ppb) as most
  from host_minute where host_id = $1 and minute_ns > utc_ns(clock_timestamp()) - 86400000000000`;

export const PLAIN: Reading = { read: readStoredBatch, pause: turns() };

/** With `archive`, batches that were moved out of the database are found like those in it. */
export const queryStore = (pool: pg.Pool, archive: Archive | null = null, reading: Reading = PLAIN): QueryStore => ({
  now: async () => (await pool.query<{ now_ns: UtcInstant }>(NOW)).rows[0]?.now_ns as UtcInstant,
  host: async (idOrName) => {
    const row = (await pool.query<HostRow & { rules: PolicyRule[] }>(HOST, [UUID.test(idOrName) ? idOrName : null, idOrName])).rows[0];
    return row ? { record: toRecord(row), rules: row.rules } : null;
  },
  events: async (host, { from, to, before, limit }) => {
    const place = [before?.at ?? null, before?.epoch ?? null, before?.seq ?? null, before?.ordinal ?? null];
    return (await pool.query<EventRow>(EVENTS, [host, from, to, ...place, limit])).rows.map(toEvent);
  },
  evidenceAround: async (host, from, to) => {
    // In this order: a batch that leaves the database in between was in the archive before.
    const stored = (await pool.query<EvidenceRow>(AROUND, [host, from, to, AROUND_MOST])).rows.map(toArchivable);
    const archived = await archivedAround(pool, archive, host, from, to);
    return around(joined(stored, archived), from, to).map(toEvidence);
  },
  evidenceBetween: async (host, from, to, most) => {
    const { rows } = await pool.query<{ count: bigint; bytes: bigint }>(COUNT_BETWEEN, [host, from, to, most.batches + 1]);
    const { count = 0n, bytes = 0n } = rows[0] ?? {};
    if (count > BigInt(most.batches) || bytes > BigInt(most.bytes)) return null;
    const stored = (await pool.query<EvidenceRow>(BETWEEN, [host, from, to, most.batches])).rows.map(toArchivable);
    const archived = await archivedAround(pool, archive, host, from, to);
    const found = between(joined(stored, archived), from, to);
    return found.length > most.batches || bytesOf(found) > most.bytes ? null : found.map(toEvidence);
  },
  evidenceWindow: async (host, from, to, most) => {
    const { rows } = await pool.query<{ count: bigint; bytes: bigint }>(COUNT_BETWEEN, [host, from, to, most.batches + 1]);
    const { count = 0n, bytes = 0n } = rows[0] ?? {};
    if (count > BigInt(most.batches) || bytes > BigInt(most.bytes)) return null;
    const stored = (await pool.query<EvidenceRow>(AROUND, [host, from, to, most.batches])).rows.map(toArchivable);
    const archived = await archivedAround(pool, archive, host, from, to);
    const found = around(joined(stored, archived), from, to, most.batches);
    return found.length > most.batches + 2 || bytesOf(found) > most.bytes ? null : found.map(toEvidence);
  },
  evidenceSpread: async (host, from, to, parts) => {
    const { rows } = await pool.query<EvidenceRow>(SPREAD, [host, from, to, parts]);
    return rows.map((row) => ({ ...toEvidence(toArchivable(row)), lastUtc: row.last_utc_ns }));
  },
  strange: (host) => readStrange(pool, host),
  statedReadings: (host, from, to) => readStated({ client: pool, archive, reading }, host, from, to),
  named: async (name) => (await pool.query<{ id: string }>(NAMED, [name])).rows.map(({ id }) => id),
  targets: () => readTargets(pool),
  oscillator: async (host) => {
    const { rows } = await pool.query<{ minutes: number; least: number | null; most: number | null }>(OSCILLATOR, [host]);
    const { minutes = 0, least = null, most = null } = rows[0] ?? {};
    return least === null || most === null ? null : { minutes, least, most };
  },
  daemon: async (host) => (await pool.query<{ daemon: DaemonSaid | null }>(DAEMON, [host])).rows[0]?.daemon ?? null,
  statements: (host, question) => readStatements({ client: pool, archive, reading }, host, question),
  signingKeys: (host) => readSigningKeys(pool, host),
  fleetMinutes: (from, to) => readFleetMinutes(pool, minuteOf(from), to),
  minutes: async (host, from, to) => (await pool.query<MinuteRow>(MINUTES, [host, minuteOf(from), to])).rows.map(toMinute),
  holes: (host, from) => readHoles(pool, host, minuteOf(from)),
  sparkParts: (hosts, frame) => readSparkParts(pool, hosts, frame),
  holed: (hosts, from) => readHoled(pool, hosts, from),
});

const bytesOf = (batches: readonly ArchivedBatch[]): number => batches.reduce((sum, { body }) => sum + body.length, 0);

interface EventRow {
  epoch: number;
  seq: bigint;
  ordinal: number;
  at_ns: UtcInstant;
  at_marked: boolean;
  kind: string;
  source: string | null;
  detail: EventRecord["detail"];
}

const toEvent = ({ seq, at_ns, at_marked, ...row }: EventRow): EventRecord => ({
  ...row,
  seq: Number(seq),
  at: at_ns,
  atMarked: at_marked,
});

interface EvidenceRow {
  epoch: number;
  seq: bigint;
  received_at_ns: UtcInstant;
  sent: string | null;
  set_aside: number;
  body: Buffer;
  first_utc_ns: UtcInstant;
  last_utc_ns: UtcInstant;
}

const toArchivable = (row: EvidenceRow): ArchivedBatch => ({
  epoch: row.epoch,
  seq: Number(row.seq),
  receivedAt: row.received_at_ns,
  sent: row.sent,
  setAside: row.set_aside,
  firstUtc: row.first_utc_ns,
  lastUtc: row.last_utc_ns,
  body: row.body,
});

const toEvidence = ({ epoch, seq, receivedAt, sent, setAside, body }: ArchivedBatch): StoredEvidence => ({
  epoch,
  seq,
  receivedAt,
  sent,
  isWhole: setAside === 0,
  text: () => storedText(body),
});

interface MinuteRow {
  minute_ns: bigint;
  lo_ns: bigint | null;
  hi_ns: bigint | null;
  rows: number;
  status: Status;
  marked: boolean;
  unbounded: boolean;
  oscillator_min_ppb: number | null;
  oscillator_max_ppb: number | null;
  claim_lo_ns: bigint | null;
  claim_hi_ns: bigint | null;
  claim_excluded: boolean;
}

const toMinute = ({ minute_ns, lo_ns, hi_ns, rows, status, marked, unbounded, ...row }: MinuteRow): Minute => ({
  minute: minute_ns,
  bound: lo_ns === null || hi_ns === null ? null : { lo: lo_ns, hi: hi_ns },
  unbounded,
  rows,
  status,
  marked,
  oscillator: row.oscillator_min_ppb === null || row.oscillator_max_ppb === null ? null : [row.oscillator_min_ppb, row.oscillator_max_ppb],
  claim:
    row.claim_lo_ns === null || row.claim_hi_ns === null
      ? null
      : { interval: { lo: row.claim_lo_ns, hi: row.claim_hi_ns }, isExcluded: row.claim_excluded },
});

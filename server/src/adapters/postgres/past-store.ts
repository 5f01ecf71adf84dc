import { utc } from "@truebound/time";
import type { Assumptions, StatedSpan } from "@truebound/wire";
import { type Far, NEAR, type PastStore, type Silence } from "../../query/host-past.ts";
import type { FoundStatement } from "../../query/spans.ts";
import type { StoredReading } from "../../query/stored-readings.ts";
import { placeOf } from "../../retention/audit-row.ts";
import type { Queryable } from "./pool.ts";
import { readStatements, type StatementPorts } from "./statement-store.ts";

/** Minutes far from UTC in any part of them, as the index host_minute_far has them; joined where one follows the other and is about as far. */
const FAR = `
  with far as (select minute_ns, lo_ns, hi_ns from host_minute where host_id = $1 and (lo_ns < -${NEAR} or hi_ns > ${NEAR})),
  begun as (select *, (minute_ns - lag(minute_ns) over time is distinct from 60000000000
    or div(lo_ns, 30000000000) is distinct from div(lag(lo_ns) over time, 30000000000)) as begins from far window time as (order by minute_ns)),
  numbered as (select *, count(*) filter (where begins) over (order by minute_ns) as stretch from begun)
  select min(minute_ns) as from_ns, max(minute_ns) + 60000000000 as to_ns, min(lo_ns) as lo_ns, max(hi_ns) as hi_ns
  from numbered group by stretch order by 1 limit $2`;

/** Between two minutes that are not neighbours, each with a bound for some part of it. */
const SILENCES = `
  with known as (select minute_ns, lag(minute_ns) over (order by minute_ns) as before_ns
    from host_minute where host_id = $1 and lo_ns is not null)
  select k.minute_ns, a.lo_ns, a.hi_ns, k.before_ns, b.lo_ns as before_lo_ns, b.hi_ns as before_hi_ns
  from known k
    join host_minute a on a.host_id = $1 and a.minute_ns = k.minute_ns
    join host_minute b on b.host_id = $1 and b.minute_ns = k.before_ns
  where k.minute_ns - k.before_ns > 60000000000 order by k.minute_ns limit $2`;

const MINUTE_NS = 60_000_000_000n;
const MOST = 20_000;
const MOST_STATEMENTS = 1000;

interface SilenceRow {
  minute_ns: bigint;
  lo_ns: bigint;
  hi_ns: bigint;
  before_ns: bigint;
  before_lo_ns: bigint;
  before_hi_ns: bigint;
}

export async function readStrange(client: Queryable, host: string): ReturnType<PastStore["strange"]> {
  const far = await client.query<{ from_ns: bigint; to_ns: bigint; lo_ns: bigint; hi_ns: bigint }>(FAR, [host, MOST + 1]);
  const silences = await client.query<SilenceRow>(SILENCES, [host, MOST + 1]);
  if (far.rows.length > MOST || silences.rows.length > MOST) return null;
  return {
    far: far.rows.map(({ from_ns, to_ns, lo_ns, hi_ns }) => ({ from: from_ns, to: to_ns, lo: lo_ns, hi: hi_ns })),
    silences: silences.rows.map(toSilence),
  };
}

const minute = (from: bigint, lo: bigint, hi: bigint): Far => ({ from, to: from + MINUTE_NS, lo, hi });

const toSilence = (row: SilenceRow): Silence => ({
  before: minute(row.before_ns, row.before_lo_ns, row.before_hi_ns),
  after: minute(row.minute_ns, row.lo_ns, row.hi_ns),
});

/** What hosts signed of their minutes says the same as readings at both ends of each span, with the bound throughout. */
export async function readStated(ports: StatementPorts, host: string, from: bigint, to: bigint): Promise<StoredReading[]> {
  const { statements, contexts } = await readStatements(ports, host, {
    from: utc(from - 2n * MINUTE_NS),
    to: utc(to + 2n * MINUTE_NS),
    place: { shelf: "apart", carrier: null, given: null },
    limit: MOST_STATEMENTS,
  });
  const readings: StoredReading[] = [];
  for (const [statement, span] of inOrder(statements)) readings.push(...endsOf(statement, span, contexts, readings.at(-1)));
  return readings;
}

const inOrder = (statements: readonly FoundStatement[]): [FoundStatement, StatedSpan][] =>
  statements
    .flatMap((statement) => statement.spans.map((span): [FoundStatement, StatedSpan] => [statement, span]))
    .sort(([a, x], [b, y]) => a.epoch - b.epoch || a.seq - b.seq || (x.fromRaw < y.fromRaw ? -1 : 1));

/** As `contextText` of the wire wrote it, and the host signed it. */
interface Context {
  readonly assumptions: Assumptions;
  readonly boot_id: string;
}

function endsOf(
  { epoch, seq, context }: FoundStatement,
  span: StatedSpan,
  contexts: ReadonlyMap<string, string>,
  before: StoredReading | undefined,
): StoredReading[] {
  const text = contexts.get(context);
  if (text === undefined) return [];
  const { assumptions, boot_id } = JSON.parse(text) as Context;
  const bound = { lo: span.lo, hi: span.hi };
  const place = placeOf(span);
  const common = { ...NOT_STATED, epoch, seq, bootId: boot_id, assumptions, bound, since: bound, throughout: bound, status: span.status };
  const joins = before !== undefined && before.bootId === boot_id && before.raw === span.fromRaw;
  return [
    { ...common, raw: span.fromRaw, boottime: span.fromRaw, realtime: span.fromRealtime, at: utc(place.from), follows: joins },
    { ...common, raw: span.toRaw, boottime: span.toRaw, realtime: span.toRealtime, at: utc(place.to), follows: true },
  ];
}

const NOT_STATED = { reason: null, tight: null, gap: null, votes: 0, need: 0, agree: [], injected: null, marked: false };

import { formatUtc, type UtcInstant } from "@truebound/time";
import type { Alert, Matchers, Silence, SilenceMade, SilenceRequest } from "@truebound/wire";
import type pg from "pg";
import { type SilenceableIncident, wouldSilence } from "../../alert/silencing.ts";
import type { NotDone, OfFile } from "../../query/alert-ports.ts";
import { ALERT, type AlertRow, INCIDENT, type IncidentRow, toAlert, toIncident } from "./incident-rows.ts";
import { inTransaction, type Queryable } from "./pool.ts";

const SILENCE = `id, name, matchers, utc_ns(from_at) as from_ns, utc_ns(to_at) as to_ns, who, comment, origin,
  from_at <= clock_timestamp() and to_at > clock_timestamp() as active`;
const MOST = 1_000;
const SILENCES = `select ${SILENCE} from silence where to_at > clock_timestamp() - interval '7 days' order by id desc limit ${MOST}`;

interface Row {
  readonly id: bigint;
  readonly name: string | null;
  readonly matchers: Matchers;
  readonly from_ns: UtcInstant;
  readonly to_ns: UtcInstant;
  readonly who: string;
  readonly comment: string;
  readonly origin: "file" | "person";
  readonly active: boolean;
}

const toSilence = ({ id, matchers, from_ns, to_ns, who, comment, origin, active }: Row): Silence => ({
  id: id.toString(),
  matchers,
  from: formatUtc(from_ns),
  to: formatUtc(to_ns),
  who,
  comment,
  origin,
  active,
});

export const readSilences = async (client: Queryable): Promise<Silence[]> => (await client.query<Row>(SILENCES)).rows.map(toSilence);

const ADD = `
  insert into silence (matchers, from_at, to_at, who, comment, origin)
  select $1, now, now + $2 * interval '1 second', $3, $4, 'person' from clock_timestamp() as now
  returning ${SILENCE}`;

export const addSilence = (pool: pg.Pool, { matchers, for_s, who, comment }: SilenceRequest): Promise<SilenceMade> =>
  inTransaction(pool, async (client) => {
    const { rows } = await client.query<Row>(ADD, [JSON.stringify(matchers), for_s, who, comment]);
    const open = await readOpen(client);
    return { ...toSilence(rows[0] as Row), silences_now: open.filter((incident) => wouldSilence(incident, matchers)).length };
  });

const OPEN = `select ${INCIDENT} from incident i where i.resolved_at is null`;
const GOING_ON = `select ${ALERT} from alert a where a.ended_at is null`;

async function readOpen(client: Queryable): Promise<SilenceableIncident[]> {
  const incidents = (await client.query<IncidentRow>(OPEN)).rows.map(toIncident);
  const alerts = new Map<string, Alert[]>(incidents.map(({ id }) => [id, []]));
  for (const alert of (await client.query<AlertRow>(GOING_ON)).rows.map(toAlert)) alerts.get(alert.incident)?.push(alert);
  return incidents.map(({ id, cause, rules }) => ({ cause, rules, alerts: alerts.get(id) ?? [] }));
}

const HOLD = `select ${SILENCE} from silence where id = $1 for update`;
const END = `update silence set to_at = greatest(from_at, least(to_at, clock_timestamp())) where id = $1 returning ${SILENCE}`;

export const endSilence = (pool: pg.Pool, id: string): Promise<Silence | NotDone | OfFile> =>
  inTransaction(pool, async (client) => {
    const [row] = (await client.query<Row>(HOLD, [id])).rows;
    if (row === undefined) return { notDone: "missing" };
    if (row.origin === "file" && row.name !== null) return { notDone: "of_file", name: row.name, file: row.who };
    const { rows } = await client.query<Row>(END, [id]);
    return toSilence(rows[0] as Row);
  });

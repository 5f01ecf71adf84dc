import type pg from "pg";
import type { FlightQuestion, KeptRecord, RecordStore } from "../../flight/kept-record.ts";
import type { FlightStore, RecordingHost } from "../../flight/receive-flight.ts";
import { inTransaction } from "./pool.ts";

const RECORDING = "select state, public_key, next_public_key from host where id = $1";

/** It was asked for now, or an alert of that incident is on the host: another incident may have taken its place since. */
const IS_WANTED = `
  select exists (select from host_state where host_id = $1 and flight_wanted = $2)
    or exists (select from alert where about_host = $1 and incident_id = $2)
    or exists (select from flight where host_id = $1 and incident_id = $2) as wanted`;

const KEEP = `
  insert into flight (host_id, incident_id, body, signature_base, signature) values ($1, $2, $3, $4, $5)
  on conflict (host_id, incident_id) do nothing`;

const ANSWERED = "update host_state set flight_wanted = null where host_id = $1 and flight_wanted = $2";

/** By the host's id or name. All keys that it ever had: which of them signed is seen by trying. */
const FOUND = `
  select f.incident_id::text as incident, f.host_id as host, h.name,
    to_char(f.received_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as received_at,
    f.body, f.signature_base, f.signature,
    array(select k.public_key from host_key k where k.host_id = f.host_id
      union select h.public_key union select h.next_public_key where h.next_public_key is not null) as keys
  from flight f join host h on h.id = f.host_id
  where f.incident_id = $1 and ($2::text is null or h.id::text = $2 or h.name = $2)
  order by h.name, h.id`;

interface KeysRow {
  state: RecordingHost["state"];
  public_key: Buffer;
  next_public_key: Buffer | null;
}

export const flightStore = (pool: pg.Pool): FlightStore => ({
  recordingHost: async (agent) => {
    const row = (await pool.query<KeysRow>(RECORDING, [agent])).rows[0];
    if (row === undefined) return null;
    return { state: row.state, keys: row.next_public_key === null ? [row.public_key] : [row.next_public_key, row.public_key] };
  },
  keep: (agent, incident, { body, signatureBase, signature }) =>
    inTransaction(pool, async (client) => {
      const { rows } = await client.query<{ wanted: boolean }>(IS_WANTED, [agent, incident]);
      if (rows[0]?.wanted !== true) return false;
      await client.query(KEEP, [agent, incident, body, signatureBase, signature]);
      await client.query(ANSWERED, [agent, incident]);
      return true;
    }),
});

interface FoundRow {
  incident: string;
  host: string;
  name: string;
  received_at: string;
  body: Buffer;
  signature_base: string;
  signature: Buffer;
  keys: Buffer[];
}

export const recordStore = (pool: pg.Pool): RecordStore => ({
  records: async ({ incident, host }: FlightQuestion): Promise<KeptRecord[]> => {
    const { rows } = await pool.query<FoundRow>(FOUND, [incident, host]);
    return rows.map(({ received_at, signature_base, ...row }) => ({ ...row, receivedAt: received_at, signatureBase: signature_base }));
  },
});

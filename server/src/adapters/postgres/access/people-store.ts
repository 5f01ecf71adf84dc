import { formatUtc, type UtcInstant } from "@truebound/time";
import type { ApiTokenView, Grant, PersonView } from "@truebound/wire";
import type pg from "pg";
import type { PeopleStore } from "../../../access/ports.ts";
import { inTransaction, type Queryable } from "../pool.ts";
import { GRANTS_JSON, OPEN } from "./session-store.ts";
import { setGrants } from "./set-grants.ts";

const VIEW = `
  select p.id, p.name, ${GRANTS_JSON} as grants, p.password_hash is not null as has_password, p.oidc_issuer, p.oidc_subject,
    utc_ns(p.created_at) as created_at_ns, utc_ns(p.disabled_at) as disabled_at_ns,
    (select count(*)::integer from person_session s where s.person_id = p.id and p.disabled_at is null and ${OPEN}) as sessions
  from person p`;
const PEOPLE = `${VIEW} order by p.name`;
const PERSON = `${VIEW} where p.id = $1`;
const BY_WORD =
  "select id, disabled_at is null as is_enabled from person where name = $1 or id::text = $1 order by (name = $1) desc limit 1";
const ADD = "insert into person (name) values ($1) on conflict (name) do nothing returning id";
const DISABLE = "update person set disabled_at = coalesce(disabled_at, clock_timestamp()) where id = $1";
const ENABLE = "update person set disabled_at = null where id = $1";
const END_SESSIONS = "delete from person_session where person_id = $1";
const DROP_LINKS = "delete from sign_in_link where person_id = $1 and used_at is null";
const ADD_LINK = "insert into sign_in_link (hash, person_id, expires_at) values ($1, $2, clock_timestamp() + make_interval(secs => $3))";
/** Two who take each other's role away at once take turns. */
const ONE_AT_A_TIME = "lock table person_grant in share row exclusive mode";
const ADMINS = `
  select count(distinct p.id)::integer as admins from person p join person_grant g on g.person_id = p.id
  where p.disabled_at is null and g.role = 'admin' and g.labels = '{}'`;

const TOKEN_VIEW = `
  select t.id, t.name, p.name as owner, t.role, t.labels, utc_ns(t.made_at) as made_at_ns, utc_ns(t.expires_at) as expires_at_ns,
    utc_ns(t.last_used_at) as last_used_at_ns, utc_ns(t.revoked_at) as revoked_at_ns
  from api_token t left join person p on p.id = t.owner_id`;
const TOKENS = `${TOKEN_VIEW} order by t.made_at desc limit 1000`;
const ADD_TOKEN = `
  insert into api_token (hash, name, owner_id, role, labels, expires_at)
  values ($1, $2, $3, $4, $5, clock_timestamp() + make_interval(days => $6)) returning id`;
const REVOKE_TOKEN = "update api_token set revoked_at = clock_timestamp() where id::text = $1 and revoked_at is null returning id";

interface PersonRow {
  readonly id: string;
  readonly name: string;
  readonly grants: Grant[];
  readonly has_password: boolean;
  readonly oidc_issuer: string | null;
  readonly oidc_subject: string | null;
  readonly created_at_ns: UtcInstant;
  readonly disabled_at_ns: UtcInstant | null;
  readonly sessions: number;
}
interface TokenRow extends Grant {
  readonly id: string;
  readonly name: string;
  readonly owner: string | null;
  readonly made_at_ns: UtcInstant;
  readonly expires_at_ns: UtcInstant | null;
  readonly last_used_at_ns: UtcInstant | null;
  readonly revoked_at_ns: UtcInstant | null;
}

export const peopleStore = (pool: pg.Pool): PeopleStore => ({
  people: async () => (await pool.query<PersonRow>(PEOPLE)).rows.map(personView),
  addPerson: ({ name, grants }) =>
    inTransaction(pool, async (client) => {
      const added = (await client.query<{ id: string }>(ADD, [name])).rows[0];
      if (added === undefined) return null;
      await setGrants(client, added.id, grants);
      return personOf(client, added.id);
    }),
  changePerson: (word, { grants, disabled }) =>
    inTransaction(pool, async (client) => {
      await client.query(ONE_AT_A_TIME);
      const id = await idOf(client, word);
      if (id === null) return null;
      const before = await admins(client);
      if (grants !== undefined) await setGrants(client, id, grants);
      if (disabled !== undefined) await client.query(disabled ? DISABLE : ENABLE, [id]);
      if (disabled === true) for (const drop of [END_SESSIONS, DROP_LINKS]) await client.query(drop, [id]);
      if (before > 0 && (await admins(client)) === 0) throw new LastAdmin();
      return personOf(client, id);
    }).catch((error: unknown) => {
      if (error instanceof LastAdmin) return "last_admin" as const;
      throw error;
    }),
  addLink: (word, hash, ttlSeconds) =>
    inTransaction(pool, async (client) => {
      const id = await idOf(client, word, true);
      if (id === null) return null;
      await client.query(ADD_LINK, [hash, id, ttlSeconds]);
      return (await personOf(client, id)).name;
    }),
  endSessions: async (word) => {
    const id = await idOf(pool, word);
    return id === null ? null : ((await pool.query(END_SESSIONS, [id])).rowCount ?? 0);
  },
  tokens: async () => (await pool.query<TokenRow>(TOKENS)).rows.map(tokenView),
  addToken: async ({ hash, name, owner, grant, days }) => {
    const { rows } = await pool.query<{ id: string }>(ADD_TOKEN, [hash, name, owner, grant.role, JSON.stringify(grant.labels), days]);
    return tokenOf(pool, rows[0]?.id as string);
  },
  revokeToken: async (id) => {
    const row = (await pool.query<{ id: string }>(REVOKE_TOKEN, [id])).rows[0];
    return row === undefined ? null : tokenOf(pool, row.id);
  },
});

/** Undoes what was done so far. */
class LastAdmin extends Error {}

async function idOf(client: Queryable, word: string, enabled = false): Promise<string | null> {
  const row = (await client.query<{ id: string; is_enabled: boolean }>(BY_WORD, [word])).rows[0];
  return row === undefined || (enabled && !row.is_enabled) ? null : row.id;
}

const admins = async (client: Queryable): Promise<number> => (await client.query<{ admins: number }>(ADMINS)).rows[0]?.admins ?? 0;
const personOf = async (client: Queryable, id: string): Promise<PersonView> =>
  personView((await client.query<PersonRow>(PERSON, [id])).rows[0] as PersonRow);
const tokenOf = async (client: Queryable, id: string): Promise<ApiTokenView> =>
  tokenView((await client.query<TokenRow>(`${TOKEN_VIEW} where t.id = $1`, [id])).rows[0] as TokenRow);

const said = (at: UtcInstant | null): string | null => at && formatUtc(at);

const personView = (row: PersonRow): PersonView => ({
  id: row.id,
  name: row.name,
  grants: row.grants,
  has_password: row.has_password,
  oidc: row.oidc_issuer === null || row.oidc_subject === null ? null : { issuer: row.oidc_issuer, subject: row.oidc_subject },
  created_at: formatUtc(row.created_at_ns),
  disabled_at: said(row.disabled_at_ns),
  sessions: row.sessions,
});

const tokenView = (row: TokenRow): ApiTokenView => ({
  id: row.id,
  name: row.name,
  owner: row.owner,
  grant: { role: row.role, labels: row.labels },
  made_at: formatUtc(row.made_at_ns),
  expires_at: said(row.expires_at_ns),
  last_used_at: said(row.last_used_at_ns),
  revoked_at: said(row.revoked_at_ns),
});

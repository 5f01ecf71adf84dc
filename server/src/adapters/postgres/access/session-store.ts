import type { Grant } from "@truebound/wire";
import type pg from "pg";
import type { KnownPerson, SessionStore, UsedToken } from "../../../access/ports.ts";
import { inTransaction } from "../pool.ts";
import { setGrants } from "./set-grants.ts";

/** Used within the last half day, and begun within the last week. */
export const OPEN = "s.seen_at > clock_timestamp() - interval '12 hours' and s.began_at > clock_timestamp() - interval '7 days'";
export const GRANTS_JSON = `
  coalesce((select json_agg(json_build_object('role', g.role, 'labels', g.labels) order by g.role, g.labels)
    from person_grant g where g.person_id = p.id), '[]')`;
const FACTS = `p.id, p.name, p.password_hash, ${GRANTS_JSON} as grants`;

const PERSON = `select ${FACTS} from person p where p.name = $1 and p.disabled_at is null`;
const BEGIN = "insert into person_session (hash, person_id, began_by, address) values ($1, $2, $3, $4)";
/** Those that are past use, a few at a time. */
const SWEEP = `delete from person_session where hash in (select s.hash from person_session s where not (${OPEN}) limit 100)`;
const SESSION = `
  select ${FACTS}, s.seen_at < clock_timestamp() - interval '1 minute' as is_stale
  from person_session s join person p on p.id = s.person_id where s.hash = $1 and p.disabled_at is null and ${OPEN}`;
const SEEN = "update person_session set seen_at = clock_timestamp() where hash = $1";
const END = "delete from person_session where hash = $1";
const USE_LINK = `
  update sign_in_link set used_at = clock_timestamp() where hash = $1 and used_at is null and expires_at > clock_timestamp()
  returning person_id`;
const PERSON_BY_ID = `select ${FACTS} from person p where p.id = $1 and p.disabled_at is null`;
const TOKEN = `
  select t.id, t.name, t.role, t.labels, t.owner_id, case when p.id is null then null else ${GRANTS_JSON} end as owner,
    t.last_used_at is null or t.last_used_at < clock_timestamp() - interval '1 minute' as is_stale
  from api_token t left join person p on p.id = t.owner_id and p.disabled_at is null
  where t.hash = $1 and t.revoked_at is null and (t.expires_at is null or t.expires_at > clock_timestamp())
    and (t.owner_id is null or p.id is not null)`;
const TOKEN_USED = "update api_token set last_used_at = clock_timestamp() where id = $1";
const BY_SUBJECT = "select id, disabled_at is not null as is_disabled from person where oidc_issuer = $1 and oidc_subject = $2 for update";
const ADD_SUBJECT = `
  insert into person (name, oidc_issuer, oidc_subject) values ($1, $2, $3) on conflict do nothing returning id, false as is_disabled`;
const SET_PASSWORD = "update person set password_hash = $2 where id = $1";
const END_OTHERS = "delete from person_session where person_id = $1 and hash is distinct from $2";
const DROP_LINKS = "delete from sign_in_link where person_id = $1 and used_at is null";

interface PersonRow {
  readonly id: string;
  readonly name: string;
  readonly password_hash: string | null;
  readonly grants: readonly Grant[];
}
interface SubjectRow {
  readonly id: string;
  readonly is_disabled: boolean;
}
interface TokenRow extends Grant {
  readonly id: string;
  readonly name: string;
  readonly owner: readonly Grant[] | null;
  readonly is_stale: boolean;
}

const knownPerson = ({ id, name, password_hash: passwordHash, grants }: PersonRow): KnownPerson => ({ id, name, passwordHash, grants });

export const sessionStore = (pool: pg.Pool): SessionStore => ({
  person: async (name) => {
    const row = (await pool.query<PersonRow>(PERSON, [name])).rows[0];
    return row === undefined ? null : knownPerson(row);
  },
  begin: async ({ hash, person, by, address }) => {
    await pool.query(SWEEP);
    await pool.query(BEGIN, [hash, person, by, address]);
  },
  session: async (hash) => {
    const row = (await pool.query<PersonRow & { is_stale: boolean }>(SESSION, [hash])).rows[0];
    if (row?.is_stale === true) await pool.query(SEEN, [hash]);
    return row === undefined ? null : { person: knownPerson(row) };
  },
  end: async (hash) => void (await pool.query(END, [hash])),
  useLink: (hash) =>
    inTransaction(pool, async (client) => {
      const used = (await client.query<{ person_id: string }>(USE_LINK, [hash])).rows[0];
      const row = used && (await client.query<PersonRow>(PERSON_BY_ID, [used.person_id])).rows[0];
      return row === undefined ? null : knownPerson(row);
    }),
  token: async (hash) => {
    const row = (await pool.query<TokenRow>(TOKEN, [hash])).rows[0];
    if (row?.is_stale === true) await pool.query(TOKEN_USED, [row.id]);
    return row === undefined ? null : usedToken(row);
  },
  oidcPerson: ({ issuer, subject, name, grants }) =>
    inTransaction(pool, async (client) => {
      const known = (await client.query<SubjectRow>(BY_SUBJECT, [issuer, subject])).rows[0];
      const row = known ?? (await client.query<SubjectRow>(ADD_SUBJECT, [name, issuer, subject])).rows[0];
      if (row === undefined) return "name_taken";
      if (row.is_disabled) return "disabled";
      await setGrants(client, row.id, grants);
      return knownPerson((await client.query<PersonRow>(PERSON_BY_ID, [row.id])).rows[0] as PersonRow);
    }),
  setPassword: (person, hash, but) =>
    inTransaction(pool, async (client) => {
      await client.query(SET_PASSWORD, [person, hash]);
      await client.query(END_OTHERS, [person, but]);
      await client.query(DROP_LINKS, [person]);
    }),
});

const usedToken = ({ id, name, role, labels, owner }: TokenRow): UsedToken => ({ id, name, grant: { role, labels }, owner });

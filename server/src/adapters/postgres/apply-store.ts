import type { DeclaredEntry } from "@truebound/audit";
import { formatUtc, type UtcInstant } from "@truebound/time";
import type pg from "pg";
import type { ApplyStore } from "../../apply/apply.ts";
import type { Change, SetThing } from "../../apply/changes.ts";
import { selectorKey, type ThingKind } from "../../apply/document.ts";
import type { Body } from "../../apply/fields.ts";
import type { Json } from "../../apply/kinds.ts";
import { calendarVersions } from "./audit-scope-store.ts";
import { appendToLog, digestOf } from "./log/log-queue.ts";
import { inTransaction, type Queryable } from "./pool.ts";
import { databaseNow, readDocuments } from "./traceability-store.ts";

const LOCK = "select pg_advisory_xact_lock(hashtext('truebound apply'))";

const RULES = "select name, body, origin from alert_rule";
/** What people did and is over is nothing that a file would leave alone. */
const OBJECTS = `
  select kind, name, body, origin from alert_object
  where not (kind = 'maintenance' and origin = 'person' and (body #>> '{once,to}')::timestamptz <= clock_timestamp())`;
const SILENCES = `
  select coalesce(name, id::text) as key, matchers, utc_ns(from_at) as from_ns, utc_ns(to_at) as to_ns, comment, origin from silence
  where (origin = 'file' and name is not null) or (origin = 'person' and to_at > clock_timestamp())`;
/** Whoever changes a policy meanwhile waits. */
const POLICIES = "select selector, block from policy for update";
const SETTING = "select body from alert_setting for update";
const TARGETS = "select name, address, port, domain, labels from target where removed_at is null for update";
/** The latest of each name; one that ended is none. */
const SCOPES = `
  select name, body from (select distinct on (name) name, body from audit_scope order by name, id desc) latest where body is not null`;
const APPLIED = "select kind, key from applied";

/** Of a policy and of the settings a file sets some fields, and people others. */
const policyField = (selector: string, field: string): string => JSON.stringify([selector, field]);

type Origin = SetThing["origin"];
interface Applied {
  has(kind: string, key: string): boolean;
}

/** `truebound apply`: one at a time on a database. */
export const applyStore = (pool: pg.Pool): ApplyStore => ({
  stampTests: async () => ({ documents: await readDocuments(pool), now: await databaseNow(pool) }),
  calendarForms: async (names) =>
    new Map(await Promise.all(names.map(async (name) => [name, await calendarVersions(pool, name)] as const))),
  apply: (plan, { dryRun, who }) =>
    inTransaction(pool, async (client) => {
      await client.query(LOCK);
      const applied = await readApplied(client);
      const planned = plan(await readThings(client, applied));
      if (!dryRun)
        for (const change of planned.changes) {
          await WRITERS[change.kind](client, change, who);
          await appendToLog(client, { ...entryOf(change, who), ...(await datedAs(client, change)) });
        }
      return planned;
    }),
});

/** The log says what was set. Of a channel only the digest: its address may hold what is secret. */
function entryOf({ kind, key, thing: kept }: Change, who: string): DeclaredEntry {
  const body = kept?.body ?? null;
  const entry = { what: `${kind} ${key}`.trimEnd(), sha256: digestOf(body), who, ...(kind === "channel" ? {} : { body }) };
  return { kind: kind === "profile" || kind === "scope" ? kind : "rule", ...entry };
}

const DATED: Partial<Record<ThingKind, string>> = {
  scope: "select utc_ns(at)::text as at_ns from audit_scope where name = $1 order by id desc limit 1",
  profile: "select utc_ns(at)::text as at_ns from audit_version where kind = 'profile' and name = $1 order by id desc limit 1",
  calendar: "select utc_ns(at)::text as at_ns from audit_version where kind = 'calendar' and name = $1 order by id desc limit 1",
};

/** What reports rest on has the date of its row, so that nobody can give it another one afterwards. */
async function datedAs(client: Queryable, { kind, key }: Change): Promise<{ readonly at_ns?: string }> {
  const query = DATED[kind];
  return query === undefined ? {} : ((await client.query<{ at_ns: string }>(query, [key])).rows[0] ?? {});
}

async function readApplied(client: Queryable): Promise<Applied> {
  const { rows } = await client.query<{ kind: string; key: string }>(APPLIED);
  const all = new Set(rows.map(({ kind, key }) => `${kind} ${key}`));
  return { has: (kind, key) => all.has(`${kind} ${key}`) };
}

async function readThings(client: Queryable, applied: Applied): Promise<SetThing[]> {
  const rules = await client.query<{ name: string; body: Body; origin: Origin }>(RULES);
  const scopes = await client.query<{ name: string; body: Body }>(SCOPES);
  const objects = await client.query<{ kind: ThingKind; name: string; body: Body; origin: Origin }>(OBJECTS);
  return [
    ...rules.rows.map(({ name, body, origin }) => thing("rule", name, body, origin)),
    ...objects.rows.map(({ kind, name, body, origin }) => thing(kind, name, body, origin)),
    // Nobody else sets one.
    ...scopes.rows.map(({ name, body }) => thing("scope", name, body, "file")),
    ...(await readSilences(client)),
    ...(await readPolicies(client, applied)),
    ...(await readSettings(client, applied)),
    ...(await readTargetThings(client, applied)),
  ];
}

/** The key stands in the body too, for whoever reads it by itself. */
const KEYED: Partial<Record<ThingKind, string>> = { profile: "id" };
const keyed = (kind: ThingKind): string => KEYED[kind] ?? "name";

function thing(kind: ThingKind, key: string, body: Body, origin: Origin): SetThing {
  const { [keyed(kind)]: _, ...rest } = body;
  return { kind, key, body: rest, origin };
}

async function readSilences(client: Queryable): Promise<SetThing[]> {
  interface Row {
    readonly key: string;
    readonly matchers: Body;
    readonly from_ns: UtcInstant;
    readonly to_ns: UtcInstant;
    readonly comment: string;
    readonly origin: Origin;
  }
  const { rows } = await client.query<Row>(SILENCES);
  return rows.map(({ key, matchers, from_ns, to_ns, comment, origin }) => ({
    kind: "silence",
    key,
    body: { matchers, from: formatUtc(from_ns), to: formatUtc(to_ns), comment },
    origin,
  }));
}

async function readPolicies(client: Queryable, applied: Applied): Promise<SetThing[]> {
  const { rows } = await client.query<{ selector: Body; block: Body }>(POLICIES);
  return rows.flatMap(({ selector, block }) => {
    const key = selectorKey(selector);
    return parted("policy", key, withoutDraw(block), (field) => applied.has("policy", policyField(key, field)));
  });
}

/** The word by which neighbours are drawn is no part of what people write. */
function withoutDraw({ mesh, ...block }: Body): Body {
  if (mesh === undefined || mesh === null) return mesh === undefined ? block : { ...block, mesh };
  const { draw: _, ...rule } = mesh as Body;
  return { ...block, mesh: rule };
}

async function readSettings(client: Queryable, applied: Applied): Promise<SetThing[]> {
  const { rows } = await client.query<{ body: Body }>(SETTING);
  return parted("settings", "", rows[0]?.body ?? {}, (field) => applied.has("settings", field));
}

/** What a file set of it, and beside that what people did. */
function parted(kind: ThingKind, key: string, all: Body, isFiles: (field: string) => boolean): SetThing[] {
  const fields = Object.entries(all);
  if (fields.length === 0) return [];
  const body = Object.fromEntries(fields.filter(([field]) => isFiles(field)));
  const beside = Object.fromEntries(fields.filter(([field]) => !isFiles(field)));
  return [{ kind, key, body, beside, origin: Object.keys(body).length > 0 ? "file" : "person" }];
}

async function readTargetThings(client: Queryable, applied: Applied): Promise<SetThing[]> {
  const { rows } = await client.query<{ name: string } & Body>(TARGETS);
  return rows.map(({ name, ...body }) => ({ kind: "target", key: name, body, origin: applied.has("target", name) ? "file" : "person" }));
}

type Writer = (client: Queryable, change: Change, who: string) => Promise<void>;

const SET_RULE = `
  insert into alert_rule (name, body, origin, who) values ($1, $2, 'file', $3)
  on conflict (name) do update set body = excluded.body, origin = 'file', who = excluded.who, changed_at = clock_timestamp()`;
const REMOVE_RULE = "delete from alert_rule where name = $1";

const writeRule: Writer = async (client, { key, thing: kept }, who) => {
  if (kept === null) await client.query(REMOVE_RULE, [key]);
  else await client.query(SET_RULE, [key, JSON.stringify({ name: key, ...kept.body }), who]);
};

const SET_OBJECT = `
  insert into alert_object (kind, name, body, origin, who) values ($1, $2, $3, 'file', $4)
  on conflict (kind, name) do update set body = excluded.body, origin = 'file', who = excluded.who, changed_at = clock_timestamp()`;
const REMOVE_OBJECT = "delete from alert_object where kind = $1 and name = $2";

const writeObject: Writer = async (client, { kind, key, thing: kept }, who) => {
  const body = kept === null ? null : JSON.stringify({ [keyed(kind)]: key, ...kept.body });
  if (body === null) await client.query(REMOVE_OBJECT, [kind, key]);
  else await client.query(SET_OBJECT, [kind, key, body, who]);
  if (VERSIONED.includes(kind)) await client.query(ADD_VERSION, [kind, key, body, who]);
};

/** What reports of a past period rest on: what was set then must be found again. */
const VERSIONED: readonly ThingKind[] = ["profile", "calendar"];
const ADD_VERSION = "insert into audit_version (kind, name, body, who) values ($1, $2, $3, $4)";

const ADD_SILENCE = `
  insert into silence (name, matchers, from_at, to_at, who, comment, origin)
  values ($1, $2, least(coalesce($3::timestamptz, clock_timestamp()), $4::timestamptz), $4, $5, $6, 'file')`;
const CHANGE_SILENCE = `
  update silence set matchers = $2, from_at = least(coalesce($3::timestamptz, from_at), $4::timestamptz), to_at = $4, who = $5, comment = $6
  where origin = 'file' and name = $1`;
/** It stays to be seen, under no name: one of the same name may come again. */
const END_SILENCE = `
  update silence set name = null, to_at = greatest(from_at, least(to_at, clock_timestamp())) where origin = 'file' and name = $1`;

const writeSilence: Writer = async (client, { change, key, thing: kept }, who) => {
  if (kept === null) return void (await client.query(END_SILENCE, [key]));
  const { matchers, from = null, to, comment } = kept.body;
  await client.query(change === "add" ? ADD_SILENCE : CHANGE_SILENCE, [key, JSON.stringify(matchers), from, to, who, comment]);
};

const NAME_FIELD = "insert into applied (kind, key) values ($1, $2) on conflict do nothing";
const FORGET_FIELD = "delete from applied where kind = $1 and key = $2";

/** Other fields stay as they are, and so does the word by which a mesh is drawn. */
const SET_POLICY = `
  insert into policy (selector, block) values ($1, $2)
  on conflict (selector) do update set version = nextval('policy_version'), block = (policy.block - $3::text[]) || case
    when jsonb_typeof($2::jsonb -> 'mesh') = 'object' and policy.block #> '{mesh,draw}' is not null
    then jsonb_set($2::jsonb, '{mesh,draw}', policy.block #> '{mesh,draw}')
    else excluded.block end`;

const writePolicy: Writer = async (client, change) => {
  const { key } = change;
  const { set, gone } = fieldsOf(change);
  await client.query(SET_POLICY, [key, JSON.stringify(set), gone]);
  for (const field of Object.keys(set)) await client.query(NAME_FIELD, ["policy", policyField(key, field)]);
  for (const field of gone) await client.query(FORGET_FIELD, ["policy", policyField(key, field)]);
};

const SET_SETTINGS = `
  insert into alert_setting (one, body) values (true, $1)
  on conflict (one) do update set body = (alert_setting.body - $2::text[]) || excluded.body`;

const writeSettings: Writer = async (client, change) => {
  const { set, gone } = fieldsOf(change);
  await client.query(SET_SETTINGS, [JSON.stringify(set), gone]);
  for (const field of Object.keys(set)) await client.query(NAME_FIELD, ["settings", field]);
  for (const field of gone) await client.query(FORGET_FIELD, ["settings", field]);
};

/** Of a thing in parts: what is set, and which fields a file set before and does no more. */
function fieldsOf({ thing: kept, was }: Change): { readonly set: Body; readonly gone: string[] } {
  const set: Readonly<Record<string, Json>> = kept?.body ?? {};
  return { set, gone: Object.keys(was?.body ?? {}).filter((field) => !(field in set)) };
}

const ADD_TARGET = `
  insert into target (id, name, address, port, domain, labels) values (gen_random_uuid(), $1, $2, $3, $4, $5)
  on conflict (name) where removed_at is null do update set labels = excluded.labels`;
/** What answers elsewhere is another clock. */
const REMOVE_MOVED = `
  update target set removed_at = clock_timestamp()
  where name = $1 and removed_at is null and (address, port, domain) is distinct from ($2, $3::integer, $4)`;

const writeTarget: Writer = async (client, { key, thing: kept }) => {
  const { address = null, port = null, domain = null, labels = {} } = kept?.body ?? {};
  await client.query(REMOVE_MOVED, [key, address, port, domain]);
  if (kept === null) return void (await client.query(FORGET_FIELD, ["target", key]));
  await client.query(ADD_TARGET, [key, address, port, domain, JSON.stringify(labels)]);
  await client.query(NAME_FIELD, ["target", key]);
};

const DECLARE_SCOPE = "insert into audit_scope (name, body, who) values ($1, $2, $3)";

/** What was declared before stays to be seen; from now on this one counts. */
const writeScope: Writer = async (client, { key, thing: kept }, who) => {
  await client.query(DECLARE_SCOPE, [key, kept === null ? null : JSON.stringify(kept.body), who]);
};

const WRITERS: Readonly<Record<ThingKind, Writer>> = {
  rule: writeRule,
  group: writeObject,
  calendar: writeObject,
  maintenance: writeObject,
  channel: writeObject,
  profile: writeObject,
  silence: writeSilence,
  policy: writePolicy,
  settings: writeSettings,
  target: writeTarget,
  scope: writeScope,
};

const IS_POLICY_OF_FILE = "select exists (select from applied where kind = 'policy' and key = $1) as is";

/** Whether a file set this field of the policy of exactly these labels. */
export const isPolicyOfFile = async (client: Queryable, selector: Readonly<Record<string, string>>, field: string): Promise<boolean> =>
  (await client.query<{ is: boolean }>(IS_POLICY_OF_FILE, [policyField(selectorKey(selector), field)])).rows[0]?.is === true;

const TARGET_OF_FILE = `
  select t.name from target t join applied a on a.kind = 'target' and a.key = t.name
  where t.removed_at is null and (t.name = $1 or t.id::text = $1) order by (t.name = $1) desc limit 1`;

/** The name of a target that a file set, by its name or id; null = no file did. */
export const targetOfFile = async (client: Queryable, nameOrId: string): Promise<string | null> =>
  (await client.query<{ name: string }>(TARGET_OF_FILE, [nameOrId])).rows[0]?.name ?? null;

import type pg from "pg";
import type { Endorsement, HeldKeys, KeyStore } from "../../enrol/rotate.ts";
import { spendChallenge } from "./challenges.ts";
import { noteHostEvent } from "./host-event.ts";
import { lockHost } from "./host-lock.ts";
import { appendToLog } from "./log/log-queue.ts";
import { inTransaction, type Queryable } from "./pool.ts";

/** Two who would use one key take turns, although there may be no row yet to lock. */
const LOCK_KEY = "select pg_advisory_xact_lock(hashtextextended(encode($1, 'hex'), 0))";

const HOLD = "select state, public_key, next_public_key from host where id = $1";

const IS_TAKEN = `
  select exists (select from host where public_key = $1 or next_public_key = $1) or exists (select from host_key where public_key = $1) as taken`;

/** One that was agreed on before and has signed nothing is nobody's any more. */
const FORGET_UNUSED = "delete from host_key where host_id = $1 and from_seq is null";
const ENDORSE = "insert into host_key (host_id, public_key, challenge, old_signature, new_signature) values ($1, $2, $3, $4, $5)";
const SET_NEXT = "update host set next_public_key = $2 where id = $1";

const TAKE_NEXT = `
  update host set public_key = next_public_key, next_public_key = null, key_since = clock_timestamp(), rotation_wanted = false
  where id = $1 and next_public_key = $2`;
const BEGIN_RANGE = "update host_key set from_epoch = $3, from_seq = $4 where host_id = $1 and public_key = $2";

export const KEY_EVENT = "key_agreed";

export const keyStore = (pool: pg.Pool): KeyStore => ({
  withKeys: (agent, work) =>
    inTransaction(pool, async (client) => {
      await lockHost(client, agent);
      const row = (await client.query<KeysRow>(HOLD, [agent])).rows[0];
      return row === undefined ? null : work(heldKeys(client, agent, row));
    }),
});

interface KeysRow {
  state: HeldKeys["state"];
  public_key: Buffer;
  next_public_key: Buffer | null;
}

const heldKeys = (client: Queryable, agent: string, { state, public_key, next_public_key }: KeysRow): HeldKeys => ({
  state,
  present: public_key,
  next: next_public_key,
  spendChallenge: (challenge) => spendChallenge(client, challenge),
  isTaken: async (publicKey) => {
    await lockKey(client, publicKey);
    return (await client.query<{ taken: boolean }>(IS_TAKEN, [publicKey])).rows[0]?.taken ?? true;
  },
  agree: (endorsement) => agree(client, agent, endorsement),
});

export const lockKey = async (client: Queryable, publicKey: Uint8Array): Promise<void> => void (await client.query(LOCK_KEY, [publicKey]));

async function agree(client: Queryable, agent: string, { publicKey, challenge, oldSignature, newSignature }: Endorsement): Promise<void> {
  await client.query(FORGET_UNUSED, [agent]);
  await client.query(ENDORSE, [agent, publicKey, challenge, oldSignature, newSignature]);
  await client.query(SET_NEXT, [agent, publicKey]);
  await noteHostEvent(client, agent, KEY_EVENT, { public_key: base64url(publicKey) });
  await appendToLog(client, {
    kind: "key",
    host: agent,
    public_key: base64url(publicKey),
    challenge: base64url(challenge),
    old_signature: base64url(oldSignature),
    new_signature: base64url(newSignature),
  });
}

const base64url = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64url");

/** The first batch by the next key: from here on it is the one in use, and the old one is refused. The host's row must be locked. */
export async function takeNextKey(
  client: Queryable,
  { agent, epoch, seq, key }: { readonly agent: string; readonly epoch: number; readonly seq: number; readonly key: Uint8Array },
): Promise<void> {
  await client.query(TAKE_NEXT, [agent, key]);
  await client.query(BEGIN_RANGE, [agent, key, epoch, seq]);
  await appendToLog(client, { kind: "key_use", host: agent, public_key: base64url(key), epoch, seq });
}

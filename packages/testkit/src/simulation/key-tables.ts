import type { HeldKeys, KeyStore } from "@truebound/server";
import { type UtcInstant, utc } from "@truebound/time";
import type { Session, SimDatabase, Transaction } from "./database.ts";
import type { HostRow, Tables } from "./tables.ts";

const SECOND = 1_000_000_000n;

const nameOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
const isSame = (a: Uint8Array | null, b: Uint8Array): boolean => a !== null && Buffer.compare(a, b) === 0;

/** Somebody has or had this key. */
export const hostOfKey = ({ hosts }: Tables, key: Uint8Array): HostRow | null =>
  [...hosts.values()].find(({ publicKey, nextKey }) => isSame(publicKey, key) || isSame(nextKey, key)) ?? null;

export const wasReplaced = ({ hosts }: Tables, key: Uint8Array): boolean =>
  [...hosts.values()].some(({ formerKeys }) => formerKeys.some((one) => isSame(one, key)));

/** A random number that was given out, for one try within so many seconds of the database's clock. */
export const openChallenge = async (database: SimDatabase, session: Session, challenge: Uint8Array, seconds: number): Promise<boolean> => {
  await database.transaction(session, async (transaction) => {
    const until = database.clock + BigInt(seconds) * SECOND;
    transaction.write((tables) => void tables.challenges.set(nameOf(challenge), until));
  });
  return true;
};

/** Until when it would have been valid, by the clock of the database; null = it is not. Said once of each. */
export async function spendChallenge(database: SimDatabase, transaction: Transaction, challenge: Uint8Array): Promise<UtcInstant | null> {
  const name = nameOf(challenge);
  await transaction.hold([`challenge ${name}`], true);
  await transaction.statement();
  const until = transaction.tables.challenges.get(name);
  if (until === undefined || until <= database.clock) return null;
  transaction.write((tables) => void tables.challenges.delete(name));
  return utc(until);
}

/** What a change of keys asks of the database. */
export const keyTables = (database: SimDatabase, session: Session): KeyStore => ({
  withKeys: (agent, work) =>
    database.transaction(session, async (transaction) => {
      await transaction.hold([agent], true);
      await transaction.statement();
      const row = transaction.tables.hosts.get(agent);
      return row === undefined ? null : work(heldKeys(database, transaction, row));
    }),
});

const heldKeys = (database: SimDatabase, transaction: Transaction, { record, publicKey, nextKey }: HostRow): HeldKeys => ({
  state: record.state,
  present: publicKey,
  next: nextKey,
  spendChallenge: (challenge) => spendChallenge(database, transaction, challenge),
  isTaken: async (key) => {
    await transaction.hold([`key ${nameOf(key)}`], true);
    await transaction.statement();
    return hostOfKey(transaction.tables, key) !== null || wasReplaced(transaction.tables, key);
  },
  agree: async (endorsement) => {
    await transaction.statement();
    transaction.write((tables) => {
      const row = tables.hosts.get(record.id) as HostRow;
      tables.hosts.set(record.id, { ...row, nextKey: endorsement.publicKey });
    });
  },
});

/** The first batch by the next key: from here on it is the one in use, and the old one is refused. */
export const takeNextKey = (row: HostRow): HostRow =>
  row.nextKey === null
    ? row
    : { ...row, publicKey: row.nextKey, nextKey: null, rotationWanted: false, formerKeys: [...row.formerKeys, row.publicKey] };

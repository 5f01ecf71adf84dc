import type { Enrolment, EnrolStore, PolicyRule } from "@truebound/server";
import { utc } from "@truebound/time";
import type { Session, SimDatabase, Transaction } from "./database.ts";
import { newHostRow } from "./host-row.ts";
import { hostOfKey, openChallenge, spendChallenge, wasReplaced } from "./key-tables.ts";
import type { HostRow } from "./tables.ts";

/** What enrolments ask of the database: hosts are let in by the operator's list alone, and none is ever retired here. */
export const enrolTables = (database: SimDatabase, session: Session, rules: readonly PolicyRule[]): EnrolStore => ({
  openChallenge: (challenge, seconds) => openChallenge(database, session, challenge, seconds),
  enrol: (work) => database.transaction(session, (transaction) => work(enrolmentOn(database, transaction, rules))),
  insertToken: () => Promise.reject(new Error("No token is made in this world")),
});

const none = (what: string) => () => Promise.reject(new Error(`There is no ${what} in this world`));

const enrolmentOn = (database: SimDatabase, transaction: Transaction, rules: readonly PolicyRule[]): Enrolment => ({
  spendChallenge: (challenge) => spendChallenge(database, transaction, challenge),
  nowSeconds: async () => Number(database.clock / 1_000_000n) / 1000,
  isUsedByAnother: none("service account"),
  spendToken: none("token"),
  revive: none("retired host"),
  hostOfKey: async (key) => {
    await transaction.hold([`key ${Buffer.from(key).toString("hex")}`], true);
    await transaction.statement();
    const row = hostOfKey(transaction.tables, key);
    return row && knownHost(row);
  },
  wasReplaced: async (key) => {
    await transaction.statement();
    return wasReplaced(transaction.tables, key);
  },
  insertHost: async ({ id, name, publicKey, enrolledWith }) => {
    await transaction.hold([`name ${name}`], true);
    await transaction.statement();
    if ([...transaction.tables.hosts.values()].some(({ record }) => record.name === name)) return false;
    const at = utc(database.clock);
    transaction.write((tables) => void tables.hosts.set(id, newHostRow({ id, name, publicKey, enrolledWith, at })));
    return true;
  },
  noteRenamed: async () => undefined,
  startEpoch: async (host, epoch, genesis, enrolledWith) => {
    await transaction.hold([host], true);
    await transaction.statement();
    transaction.write((tables) => {
      const row = tables.hosts.get(host) as HostRow;
      tables.epochEnds.set(`${host}/${row.record.epoch}`, row.record.seq);
      const record = { ...row.record, epoch, seq: 0, changedXid: tables.xid };
      tables.hosts.set(host, { ...row, record, chainHash: genesis, checkpointedSeq: 0, uncheckpointedSince: null, enrolledWith });
    });
  },
  policyOf: async () => {
    await transaction.statement();
    return { labels: {}, rules };
  },
});

const knownHost = ({ record: { id, name, epoch, seq, state, receivedAt }, enrolledWith }: HostRow) => ({
  id,
  name,
  epoch,
  nextSeq: seq + 1,
  heardAt: receivedAt,
  state,
  enrolledWith,
  ephemeralHours: null,
});

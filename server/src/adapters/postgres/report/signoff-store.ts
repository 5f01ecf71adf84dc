import {
  consistencyProof,
  inclusionProof,
  type Json,
  type ManifestHead,
  type SignoffStatement,
  signerEntry,
  signoffEntry,
  tilesFrom,
  tilesOfConsistency,
} from "@truebound/audit";
import type { UtcInstant } from "@truebound/time";
import type pg from "pg";
import type { EntryLeaf, HeadSigner, SignedHead as LoggedHead, LogProof } from "../../../log-book/ports.ts";
import { followingKeys } from "../../../report/signoff/following-keys.ts";
import type { KeptSignoff, ProvedLeaf, Signer, Signing, SignoffBook, SignoffProofs, Unproved } from "../../../report/signoff/ports.ts";
import { provedRegistration } from "../../../report/signoff/registration.ts";
import { logCrypto } from "../log/log-crypto.ts";
import { appendToLog, digestOf } from "../log/log-queue.ts";
import { entryLeaves, proofFor } from "../log/log-reader.ts";
import { seal } from "../log/log-store.ts";
import { readTiles } from "../log/tile-store.ts";
import { inTransaction, type Queryable } from "../pool.ts";
import { receiptKeyChanges, sinceLoss } from "../receipt-key-store.ts";
import { sayHead } from "./report-log.ts";

const NOW = "select utc_ns(clock_timestamp()) as now_ns";
const SIGNERS = `
  select name, public_key, who, at_ns from (
    select distinct on (name) name, public_key, who, utc_ns(at) as at_ns from report_signer order by name, id desc) latest
  where public_key is not null order by name`;
/** Until the transaction ends. A lock of the table would ask for the right to change it. */
const IN_TURN = "select pg_advisory_xact_lock(hashtext($1))";
const ADD_SIGNER = "insert into report_signer (name, public_key, who) values ($1, $2, $3)";
/** By its number: a key that took the place of a lost one signs the same size again. */
const LAST_KEYS = "select distinct on (shard) shard, public_key from log_head order by shard, number desc";
const OF_REPORT = "select statement, signature, encode(sha256, 'hex') as digest from report_signoff where report = $1 order by id";
const ADD_SIGNOFF = "insert into report_signoff (report, statement, signature, sha256) values ($1, $2, $3, decode($4, 'hex'))";

interface SignerRow {
  readonly name: string;
  readonly public_key: Buffer;
  readonly who: string;
  readonly at_ns: UtcInstant;
}

interface SignoffRow {
  readonly statement: SignoffStatement;
  readonly signature: Buffer;
  readonly digest: string;
}

export const signoffBook = (pool: pg.Pool, signer: HeadSigner): SignoffBook => ({
  now: async () => ((await pool.query<{ now_ns: UtcInstant }>(NOW)).rows[0] as { now_ns: UtcInstant }).now_ns,
  signers: () => signersOf(pool),
  setSigner: (name, publicKey, who) => inTransaction(pool, (client) => setSigner(client, name, publicKey, who)),
  of: (report) => signoffsOf(pool, report),
  add: (signoff) => inTransaction(pool, (client) => addSignoff(client, signoff)),
  followingKeys: async (issuer) =>
    followingKeys(issuer, Buffer.from(signer.publicKey).toString("base64url"), await receiptKeyChanges(pool)),
  unproved: (people) => onSealed(pool, signer, (client) => firstUnproved(client, signer, people)),
  proofs: (signoffs, before) => onSealed(pool, signer, (client) => proofsOf(client, signer, signoffs, before)),
});

/** As of one instant: the log may grow meanwhile. */
async function onSealed<T>(pool: pg.Pool, signer: HeadSigner, look: (client: Queryable) => Promise<T>): Promise<T> {
  await seal(pool, signer);
  return inTransaction(pool, async (client) => {
    await client.query("set transaction isolation level repeatable read, read only");
    return look(client);
  });
}

const signersOf = async (client: Queryable): Promise<Signer[]> =>
  (await client.query<SignerRow>(SIGNERS)).rows.map(({ name, public_key, who, at_ns }) => ({
    name,
    publicKey: public_key.toString("base64url"),
    since: at_ns,
    who,
  }));

async function setSigner(client: Queryable, name: string, publicKey: string | null, who: string): Promise<boolean> {
  await client.query(IN_TURN, ["truebound signers"]);
  if ((await signersOf(client)).some((one) => one.name !== name && one.publicKey === publicKey)) return false;
  await client.query(ADD_SIGNER, [name, publicKey === null ? null : Buffer.from(publicKey, "base64url"), who]);
  const entry = publicKey === null ? { kind: "signer", what: `signer ${name}`, name, public_key: null } : signerEntry(name, publicKey);
  await appendToLog(client, {
    ...entry,
    kind: "signer",
    sha256: publicKey === null ? null : digestOf({ name, public_key: publicKey }),
    who,
  });
  return true;
}

export const signoffsOf = async (client: Queryable, report: string): Promise<KeptSignoff[]> =>
  (await client.query<SignoffRow>(OF_REPORT, [report])).rows.map(({ statement, signature, digest }) => ({
    statement,
    signature: signature.toString("base64url"),
    digest,
  }));

async function addSignoff(client: Queryable, { statement, signature, digest }: KeptSignoff): Promise<boolean> {
  // One at a time: each is over all that were before it.
  await client.query(IN_TURN, ["truebound signoffs"]);
  const before = await signoffsOf(client, statement.report);
  if (before.map((one) => one.digest).join() !== statement.over.join()) return false;
  await client.query(ADD_SIGNOFF, [statement.report, JSON.stringify(statement), Buffer.from(signature, "base64url"), digest]);
  await appendToLog(client, { ...signoffEntry(statement, digest), kind: "signoff", sha256: digest });
  return true;
}

async function firstUnproved(client: Queryable, signer: HeadSigner, people: readonly Signing[]): Promise<Unproved | null> {
  const left = await leftShards(client, signer);
  for (const one of people) {
    const found = await registrationOf(client, one, left);
    if (found.signer !== null && "leftMonth" in found.signer) return { ...one, ...found.signer };
  }
  return null;
}

async function proofsOf(
  client: Queryable,
  signer: HeadSigner,
  signoffs: readonly KeptSignoff[],
  before: ManifestHead,
): Promise<SignoffProofs> {
  const left = await leftShards(client, signer);
  const places: Places[] = [];
  for (const signoff of signoffs) places.push(await leavesOf(client, signoff, left));
  const proof = await proofFor(
    client,
    places.flatMap(({ signer, leaf }) => [signer, leaf]),
  );
  return {
    heads: proof.heads.map(sayHead),
    leaves: places.map(({ signer, leaf }) => ({ signer: proved(signer, proof), leaf: proved(leaf, proof) })),
    consistency: await consistencyOf(client, before, proof.heads),
  };
}

interface Places {
  readonly signer: EntryLeaf;
  readonly leaf: EntryLeaf;
}

/** Months whose last head is by no key that the one in use goes back to. */
async function leftShards(client: Queryable, signer: HeadSigner): Promise<ReadonlySet<string>> {
  const vouched = sinceLoss(await receiptKeyChanges(client)).filter(({ signature }) => signature !== null);
  const trusted = new Set([Buffer.from(signer.publicKey).toString("base64url"), ...vouched.map(({ before }) => before)]);
  const { rows } = await client.query<{ shard: string; public_key: Buffer }>(LAST_KEYS);
  return new Set(rows.filter((row) => !trusted.has(row.public_key.toString("base64url"))).map(({ shard }) => shard));
}

/** Where the log has what somebody signed, null = they sign next or it has not, and the registration of their key. */
async function registrationOf(client: Queryable, { name, publicKey, signed }: Signing, left: ReadonlySet<string>) {
  const of = signed === null ? [] : await entryLeaves(client, ["signoff"], `report ${signed.report}`);
  const leaf = of.find(({ entry }) => says(entry, "sha256", signed?.digest ?? null)) ?? null;
  const all = (await entryLeaves(client, ["signer"], `signer ${name}`)).filter(({ entry }) => says(entry, "public_key", publicKey));
  return { leaf, signer: provedRegistration(all, leaf, left) };
}

async function leavesOf(client: Queryable, { statement, digest }: KeptSignoff, left: ReadonlySet<string>): Promise<Places> {
  const { name, report, public_key } = statement;
  const { leaf, signer } = await registrationOf(client, { name, publicKey: public_key, signed: { report, digest } }, left);
  if (leaf === null || signer === null || "leftMonth" in signer)
    throw new Error(`Cannot prove what ${name} signed of report ${report}: the log has no leaf of it; truebound log verify looks into it`);
  return { signer, leaf };
}

const says = (entry: object, name: string, value: Json): boolean => (entry as Readonly<Record<string, Json>>)[name] === value;

function proved({ shard, index, salt, entry }: EntryLeaf, { heads, tiles }: LogProof): ProvedLeaf {
  const { head } = heads.find((one) => one.head.shard === shard) as LoggedHead;
  const known = tilesFrom(tiles.filter((tile) => tile.shard === shard));
  return {
    shard,
    index,
    salt,
    entry: entry as unknown as ProvedLeaf["entry"],
    proof: inclusionProof(index, head.size, known, logCrypto.sha256),
  };
}

async function consistencyOf(client: Queryable, before: ManifestHead, heads: readonly LoggedHead[]): Promise<Uint8Array[]> {
  const head = heads.find((one) => one.head.shard === before.shard)?.head;
  if (head === undefined || head.size === before.size) return [];
  const tiles = await readTiles(client, before.shard, tilesOfConsistency(before.size, head.size));
  return consistencyProof(before.size, head.size, tilesFrom(tiles), logCrypto.sha256);
}

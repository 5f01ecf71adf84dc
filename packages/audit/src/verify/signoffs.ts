import { canonicalJson, type Json } from "../canonical-json.ts";
import { entryHash, HASH_BYTES, headText, SALT_BYTES, verifyConsistency, verifyInclusion } from "../log/index.ts";
import type { LeafPlace } from "../report-manifest.ts";
import {
  SIGNOFF_ACTS,
  SIGNOFF_SHEETS,
  type SignoffStatement,
  signedStatementText,
  signerEntry,
  signoffEntry,
  signoffFileText,
  signoffText,
} from "../signoff.ts";
import { bytes, count, type Fields, fieldsOf, isObject, ns, object, text } from "./fields.ts";
import { followChain, isSignedBy, type KeyChain, type TrustedKey } from "./key-chain.ts";
import { BundleFault, type VerifyPorts } from "./ports.ts";
import { lineOf, type SignedManifest } from "./signature.ts";

const fault = (rule: string, detail: string): BundleFault => new BundleFault("signoff", rule, detail);

interface Head extends LeafPlace {
  readonly root: Uint8Array;
}

export interface SignedOff {
  /** In the order in which they signed. */
  readonly people: readonly SignoffStatement[];
  /** Of the key by which signoff.json is signed: the issuer's, or one that follows it; null = there is none. */
  readonly keyId: string | null;
}

/** Step 8, where somebody signed the report off: who did, and that the log knows them and what they signed. None = nobody did. */
export async function checkSignoffs(ports: VerifyPorts, signed: SignedManifest, keys: KeyChain): Promise<SignedOff> {
  const raw = await ports.files.read("signoff.json");
  if (raw === null) {
    await checkNoSheet(ports);
    return { people: [], keyId: null };
  }
  const file = fieldsOf(lineOf(ports.crypto.text(raw)), "signoff");
  const people: SignoffStatement[] = [];
  const digests: string[] = [];
  const all = listed(file, "signed");
  for (const one of all) {
    const statement = checkStatement(ports, one, signed);
    checkPerson(statement, people, digests);
    people.push(statement);
    digests.push(digestOf(ports, statement, one));
  }
  if (people.length === 0) throw fault("malformed", "signoff.json holds no sign-off");
  const chain = file.line.keys === undefined ? keys : followChain(keys, listed(file, "keys"), signed, ports);
  const heads = checkedHeads(ports, file, signed, chain);
  for (const [at, one] of all.entries())
    checkLeaves(ports, one, heads, { statement: people[at] as SignoffStatement, digest: digests[at] as string });
  const inUse = chain.keys.at(-1) as TrustedKey;
  await checkSheets(ports, file, { issuer: inUse.publicKey, sha256: signed.sha256 }, digests);
  return { people, keyId: inUse.keyId };
}

/** A sheet that says who signed means nothing by itself. */
async function checkNoSheet({ files }: VerifyPorts): Promise<void> {
  const sheet = (await files.list("")).find((name) => SIGNOFF_SHEETS.some((one) => one === name));
  if (sheet !== undefined) throw fault("missing", `${sheet} is there, and signoff.json, which it is made of, is not`);
}

function listed(fields: Fields, name: string): Fields[] {
  const value = fields.line[name];
  if (!Array.isArray(value) || !value.every(isObject)) throw fault("malformed", `${name} of signoff.json is no list of objects`);
  return value.map((line) => ({ ...fields, line }));
}

/** Signed by keys of the chain, and going on from the head of the report where they are of its month. */
function checkedHeads({ crypto }: VerifyPorts, file: Fields, { manifest }: SignedManifest, chain: KeyChain): ReadonlyMap<string, Head> {
  const heads = new Map<string, Head>();
  for (const fields of listed(file, "heads")) {
    const [shard, size] = [text(fields, "shard"), count(fields, "size")];
    const said = {
      installation: manifest.issuer.installation,
      shard,
      size,
      root: text(fields, "root"),
      timestamp: BigInt(ns(fields, "timestamp_ns")),
      previous: text(fields, "previous"),
    };
    const signature = bytes(fields, "signature", crypto.fromBase64url, 64);
    const head = { keyId: text(fields, "key_id"), timestamp: said.timestamp, text: headText(said), signature };
    if (!isSignedBy(chain, head, crypto))
      throw fault("head_signature", `The head of ${shard} with ${size} leaves is not signed by the issuer of the report`);
    heads.set(shard, { shard, index: size, root: bytes(fields, "root", crypto.fromHex, HASH_BYTES) });
  }
  checkGoesOn(crypto, file, manifest.log.head, heads);
  return heads;
}

function checkGoesOn(
  crypto: VerifyPorts["crypto"],
  file: Fields,
  before: SignedManifest["manifest"]["log"]["head"],
  heads: ReadonlyMap<string, Head>,
): void {
  const head = heads.get(before.shard);
  if (head === undefined) return;
  const [fromRoot, proof] = [crypto.fromHex(before.root), hashes(crypto, file, "consistency")];
  const holds =
    fromRoot !== null && verifyConsistency({ from: before.size, to: head.index, fromRoot, toRoot: head.root, proof }, crypto.sha256);
  if (!holds) throw fault("consistency", `The log of ${before.shard} does not go on from the ${before.size} leaves of the report`);
}

function hashes(crypto: VerifyPorts["crypto"], fields: Fields, name: string): Uint8Array[] {
  const value = fields.line[name];
  if (!Array.isArray(value)) throw fault("malformed", `${name} of signoff.json is no list of hashes`);
  return value.map((hash) => bytes({ ...fields, line: { hash } }, "hash", crypto.fromHex, HASH_BYTES));
}

const MEMBERS = ["act", "manifest_sha256", "name", "over", "public_key", "report", "role", "signed_at", "words"].join();

function checkStatement({ crypto }: VerifyPorts, one: Fields, { manifest, sha256 }: SignedManifest): SignoffStatement {
  const fields = object(one, "statement");
  for (const name of ["name", "role", "words", "signed_at"]) text(fields, name);
  const statement = fields.line as unknown as SignoffStatement;
  if (Object.keys(statement).sort().join() !== MEMBERS || !SIGNOFF_ACTS.includes(statement.act) || !Array.isArray(statement.over))
    throw fault("malformed", "A statement of signoff.json has not the members that one has");
  if (statement.manifest_sha256 !== sha256 || statement.report !== manifest.id)
    throw fault(
      "signoff_manifest",
      `What ${statement.name} signed is report ${text(fields, "report")}, SHA-256 ${text(fields, "manifest_sha256")}`,
    );
  const key = bytes(fields, "public_key", crypto.fromBase64url, 32);
  if (!crypto.verifyEd25519(key, signoffText(statement), bytes(one, "signature", crypto.fromBase64url, 64)))
    throw fault("signoff_signature", `The statement of ${statement.name} is not signed by the key that it names`);
  return statement;
}

/** Each person once, in the order in which they signed; who countersigns has somebody to countersign. */
function checkPerson(statement: SignoffStatement, before: readonly SignoffStatement[], digests: readonly string[]): void {
  const { name, public_key, act, over } = statement;
  if (before.some((one) => one.name === name || one.public_key === public_key))
    throw fault("same_person", `${name} signed more than once; a countersignature is that of somebody else`);
  if (over.length !== digests.length || over.some((digest, at) => digest !== digests[at]))
    throw fault("signoff_order", `What ${name} signed is not over just the statements before it`);
  if (act === "countersign" && before.length === 0) throw fault("signoff_order", `${name} countersigned what nobody had signed`);
}

const digestOf = ({ crypto }: VerifyPorts, statement: SignoffStatement, one: Fields): string =>
  crypto.hex(crypto.sha256(signedStatementText({ statement, signature: text(one, "signature") })));

interface Logged extends LeafPlace {
  readonly entry: Readonly<Record<string, unknown>>;
}

/** The key was registered under that name before it signed, and what it signed is in the log. */
function checkLeaves(
  ports: VerifyPorts,
  one: Fields,
  heads: ReadonlyMap<string, Head>,
  { statement, digest }: { readonly statement: SignoffStatement; readonly digest: string },
): void {
  const { name, public_key } = statement;
  const signer = checkedLeaf(ports, object(one, "signer"), heads, "signer");
  if (!says(signer.entry, signerEntry(name, public_key)))
    throw fault("signer", `The log does not know the key of ${name} as one of a person of that name`);
  const leaf = checkedLeaf(ports, object(one, "leaf"), heads, "signoff_leaf");
  if (!says(leaf.entry, signoffEntry(statement, digest))) throw fault("signoff_leaf", `The log does not know what ${name} signed`);
  if (signer.shard > leaf.shard || (signer.shard === leaf.shard && signer.index > leaf.index))
    throw fault("signer", `The key of ${name} was registered after it had signed`);
}

const says = (entry: Logged["entry"], wanted: Readonly<Record<string, string>>): boolean =>
  Object.entries(wanted).every(([name, value]) => entry[name] === value);

function checkedLeaf({ crypto }: VerifyPorts, fields: Fields, heads: ReadonlyMap<string, Head>, rule: string): Logged {
  const [shard, index] = [text(fields, "shard"), count(fields, "index")];
  const entry = object(fields, "entry").line;
  const salt = bytes(fields, "salt", crypto.fromHex, SALT_BYTES);
  const leaf = entryHash(salt, crypto.utf8(canonicalJson(entry as unknown as Json)), crypto.sha256);
  const head = heads.get(shard);
  const proof = hashes(crypto, fields, "proof");
  const isIn = head !== undefined && verifyInclusion({ index, size: head.index, leaf, root: head.root, proof }, crypto.sha256);
  if (!isIn) throw fault(rule, `Leaf ${index} of ${shard} is not this ${String(entry.kind)}`);
  return { shard, index, entry };
}

async function checkSheets(
  { files, crypto }: VerifyPorts,
  file: Fields,
  { issuer, sha256 }: Pick<SignedManifest, "issuer" | "sha256">,
  digests: readonly string[],
): Promise<void> {
  const named = object(file, "files").line as Readonly<Record<string, string>>;
  const signature = bytes(file, "signature", crypto.fromBase64url, 64);
  if (!crypto.verifyEd25519(issuer, signoffFileText(sha256, digests, named), signature))
    throw fault("sheet_signature", "The sign-offs and their sheets are not signed by the issuer of the report");
  const there = await files.list("");
  for (const name of SIGNOFF_SHEETS) {
    const found = there.includes(name) ? await files.read(name) : null;
    if ((found === null ? undefined : crypto.hex(crypto.sha256(found))) !== named[name])
      throw fault("sheet", `${name} is not the one that was made of these sign-offs`);
  }
}

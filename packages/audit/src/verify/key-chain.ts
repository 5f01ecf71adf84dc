import { maxOf } from "@truebound/time";
import { bytes, type Fields, ns, text } from "./fields.ts";
import { BundleFault, type VerifyPorts } from "./ports.ts";
import { keyId, type SignedManifest } from "./signature.ts";

/** A key by which the server signed, as far as the issuer's key goes back to it. */
export interface TrustedKey {
  readonly keyId: string;
  readonly publicKey: Uint8Array;
  /** It signed no head that is later, ns; null = it is the issuer's, and in use. */
  readonly until: bigint | null;
}

export interface KeyChain {
  /** The oldest first; the last is the issuer's. */
  readonly keys: readonly TrustedKey[];
  /** The id of the key that was lost before the first of them; null = none was. */
  readonly lost: string | null;
}

type Ports = Pick<VerifyPorts, "crypto" | "wire">;

/** Of step 1: each key is vouched for by the one before, and the last is the one that signed the manifest. */
export function checkKeyChain(lines: readonly Fields[], signed: SignedManifest, ports: Ports): KeyChain {
  let chain: KeyChain = { keys: [], lost: null };
  let [last, since]: [string | null, bigint | null] = [null, null];
  const seen = new Set<string>();
  for (const line of lines) {
    const change = readChange(line, signed, ports);
    if ((last !== null && change.before.keyId !== last) || (since !== null && change.since < since))
      throw fault(line, `Key ${change.keyId} does not follow the key that was announced before it`);
    checkNew(line, change.keyId, seen.add(change.before.keyId));
    chain = change.isLost
      ? { keys: [], lost: change.before.keyId }
      : { ...chain, keys: [...chain.keys, { ...change.before, until: change.since }] };
    [last, since] = [change.keyId, change.since];
  }
  if (last !== null && last !== signed.keyId)
    throw new BundleFault("signature", "key_chain", `The last key that was announced is ${last}, and ${signed.keyId} signed the report`);
  return { ...chain, keys: [...chain.keys, { keyId: signed.keyId, publicKey: signed.issuer, until: null }] };
}

/** Of step 8: with the keys that followed the issuer's when the report was signed off, each vouched for by the one before. The last is the one in use then. */
export function followChain({ keys, lost }: KeyChain, lines: readonly Fields[], signed: SignedManifest, ports: Ports): KeyChain {
  const followed = [...keys];
  const seen = new Set(keys.map(({ keyId }) => keyId));
  // The issuer's key signed the head of the report, so nothing followed it before that.
  let since = maxOf(BigInt(signed.manifest.log.head.timestamp_ns), keys.at(-2)?.until ?? 0n);
  for (const line of lines) {
    const change = readChange(line, signed, ports);
    const last = followed.at(-1) as TrustedKey;
    if (change.isLost) throw fault(line, `Nobody vouches for key ${change.keyId}: key ${change.before.keyId} was lost`);
    if (change.before.keyId !== last.keyId || change.since < since)
      throw fault(line, `Key ${change.keyId} does not follow ${last.keyId}, which the chain has come to`);
    checkNew(line, change.keyId, seen);
    seen.add(change.keyId);
    followed.splice(-1, 1, { ...last, until: change.since }, { keyId: change.keyId, publicKey: change.publicKey, until: null });
    since = change.since;
  }
  return { keys: followed, lost };
}

/** Signed by a key of the chain while that one was in use. */
export function isSignedBy(
  { keys }: KeyChain,
  { keyId: id, timestamp, text: said, signature }: SignedHeadText,
  { verifyEd25519 }: Pick<VerifyPorts["crypto"], "verifyEd25519">,
): boolean {
  const key = keys.find((one) => one.keyId === id);
  return key !== undefined && (key.until === null || timestamp <= key.until) && verifyEd25519(key.publicKey, said, signature);
}

interface SignedHeadText {
  readonly keyId: string;
  /** ns of the database's clock. */
  readonly timestamp: bigint;
  readonly text: string;
  readonly signature: Uint8Array;
}

const fault = ({ step }: Fields, detail: string): BundleFault => new BundleFault(step, "key_chain", detail);

/** A key that comes back would be in use at two times. */
function checkNew(line: Fields, id: string, seen: ReadonlySet<string>): void {
  if (seen.has(id)) throw fault(line, `Key ${id} was in use before`);
}

function readChange(line: Fields, { manifest }: SignedManifest, { crypto, wire }: Ports) {
  const [before, after] = (["before", "public_key"] as const).map((name) => bytes(line, name, crypto.fromBase64url, 32)) as [
    Uint8Array,
    Uint8Array,
  ];
  const isLost = line.line.signature === null;
  const since_ns = ns(line, "since_ns");
  const said = wire.keyChangeText({
    installation: manifest.issuer.installation,
    before: text(line, "before"),
    public_key: text(line, "public_key"),
    since_ns,
    isLost,
  });
  const id = keyId(after, crypto);
  const holds = (key: Uint8Array, name: string) => crypto.verifyEd25519(key, said, bytes(line, name, crypto.fromBase64url, 64));
  if (!holds(after, "proof")) throw fault(line, `Key ${id} did not sign that it follows another`);
  if (!isLost && !holds(before, "signature"))
    throw fault(line, `Nobody vouches for key ${id}: the key before did not sign that it follows`);
  return { keyId: id, publicKey: after, before: { keyId: keyId(before, crypto), publicKey: before }, since: BigInt(since_ns), isLost };
}

/** Of step 1: the reader's own record of the issuer's key. A key that follows the one he knows is as good. */
export function checkExpected({ keys }: KeyChain, issuer: string, expected: string | null): void {
  if (expected !== null && !keys.some((one) => one.keyId === expected))
    throw new BundleFault(
      "signature",
      "expected_key",
      `The report is signed by key ${issuer}, which is not ${expected} and does not follow it`,
    );
}

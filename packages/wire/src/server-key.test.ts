import { createPublicKey, generateKeyPairSync, type KeyObject, sign, verify } from "node:crypto";
import { expect, it } from "vitest";
import { type KeyChange, keyChangeText, keysAfter, readKeyChanges, sayKeyChanges } from "./server-key.ts";

const PREFIX = Buffer.from("302a300506032b6570032100", "hex");
const made = () => {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  return { privateKey, text: publicKey.export({ format: "jwk" }).x as string };
};
const checked = (key: string, text: string, signature: string): boolean => {
  const publicKey = createPublicKey({ key: Buffer.concat([PREFIX, Buffer.from(key, "base64url")]), format: "der", type: "spki" });
  return verify(null, Buffer.from(text), publicKey, Buffer.from(signature, "base64url"));
};
const [a, b, c, thief] = [made(), made(), made(), made()] as const;

function change(before: typeof a, next: typeof a, by: KeyObject | null = before.privateKey): KeyChange {
  const said = { installation: "one", before: before.text, public_key: next.text, since_ns: "17" };
  const text = keyChangeText({ ...said, isLost: by === null });
  const signed = (key: KeyObject) => sign(null, Buffer.from(text), key).toString("base64url");
  return { ...said, signature: by && signed(by), proof: signed(next.privateKey) };
}

it("a key is followed as far as each was vouched for by the one before", () => {
  const changes = [change(a, b), change(b, c)];
  expect(keysAfter(a.text, changes, checked)).toEqual([b.text, c.text]);
  expect(keysAfter(b.text, changes, checked)).toEqual([c.text]);
  expect(keysAfter(thief.text, changes, checked)).toEqual([]);
});
it.each([
  ["somebody else signed for it", [change(a, thief, thief.privateKey)]],
  ["it never signed itself", [{ ...change(a, thief), proof: change(a, b).proof }]],
  ["the one before was lost", [change(a, b, null)]],
  ["it leads back", [change(a, a)]],
])("a key is not followed where %s", (_, changes) => {
  expect(keysAfter(a.text, changes, checked)).toEqual([]);
});
it("what is said in a header is read from it, and what is no change is passed over", () => {
  const changes = [change(a, b), change(b, c, null)];
  expect(readKeyChanges(sayKeyChanges(changes))).toEqual(changes);
  expect(readKeyChanges(`nonsense, ${sayKeyChanges([change(a, b)]).slice(4)}`)).toHaveLength(0);
});

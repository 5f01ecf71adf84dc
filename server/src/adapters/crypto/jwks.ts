import { createPublicKey, type JsonWebKey, type KeyObject, verify } from "node:crypto";
import type { Algorithm, Verified } from "../../enrol/service-account.ts";

/** The keys of a cluster that can be used, by their ids. */
export type Jwks = ReadonlyMap<string, { readonly algorithm: Algorithm; readonly key: KeyObject }>;

const RSA_BITS_MIN = 2048;

/** The keys of a JSON Web Key Set (RFC 7517); a text = why there are none. Keys of other kinds are passed over. */
export function readJwks(text: string): Jwks | string {
  const keys = keysIn(text);
  if (keys === null) return "it is no JSON Web Key Set; kubectl get --raw /openid/v1/jwks prints the cluster's";
  const usable = keys.flatMap((jwk) => usableKey(jwk));
  return usable.length === 0 ? "it holds no RS256 or ES256 key that has an id (kid)" : new Map(usable);
}

function keysIn(text: string): JsonWebKey[] | null {
  try {
    const { keys } = JSON.parse(text) as { keys?: unknown };
    return Array.isArray(keys) ? (keys as JsonWebKey[]) : null;
  } catch {
    return null; // no JSON
  }
}

type Entry = readonly [string, { readonly algorithm: Algorithm; readonly key: KeyObject }];

function usableKey(jwk: JsonWebKey): Entry[] {
  const { kid, use, alg } = jwk ?? {};
  if (typeof kid !== "string" || (use !== undefined && use !== "sig")) return [];
  try {
    const key = createPublicKey({ key: jwk, format: "jwk" });
    const algorithm = algorithmOf(key);
    return algorithm === null || (alg !== undefined && alg !== algorithm) ? [] : [[kid, { algorithm, key }]];
  } catch {
    return []; // no key, or of a kind that Node does not know
  }
}

function algorithmOf({ asymmetricKeyType: kind, asymmetricKeyDetails: details = {} }: KeyObject): Algorithm | null {
  if (kind === "rsa") return (details.modulusLength ?? 0) >= RSA_BITS_MIN ? "RS256" : null;
  return kind === "ec" && details.namedCurve === "prime256v1" ? "ES256" : null;
}

/** A key signs by its own algorithm and no other, whatever a token says. */
export function verifyByJwks(keys: Jwks, algorithm: Algorithm, keyId: string, text: string, signature: Uint8Array): Verified {
  const known = keys.get(keyId);
  if (known === undefined || known.algorithm !== algorithm) return "unknown_key";
  const key = algorithm === "ES256" ? ({ key: known.key, dsaEncoding: "ieee-p1363" } as const) : known.key;
  return verify("sha256", Buffer.from(text), key, signature) ? "signed" : "not_signed";
}

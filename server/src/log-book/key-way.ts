import type { ServerKeyEntry } from "@truebound/audit";
import { isProved, type KeyChange, keysAfter } from "@truebound/wire";
import type { LogCrypto, SignedHead } from "./ports.ts";

/** As entries name it. */
export const keyText = ({ publicKey }: Pick<SignedHead, "publicKey">): string => Buffer.from(publicKey).toString("base64url");

type Verify = Pick<LogCrypto, "verifyEd25519">;

export const verifying =
  ({ verifyEd25519 }: Verify) =>
  (key: string, text: string, signature: string): boolean =>
    verifyEd25519(Buffer.from(key, "base64url"), text, Buffer.from(signature, "base64url"));

/** Whether each key on the way is vouched for by the one before; "lost" = one was lost, and the next stands for itself. */
export function wayTo(key: string, known: string, changes: readonly KeyChange[], crypto: Verify): "vouched" | "lost" | null {
  const verify = verifying(crypto);
  const after = [known, ...keysAfter(known, changes, verify)];
  if (after.includes(key)) return "vouched";
  const anew = changes.find((one) => one.signature === null && after.includes(one.before) && isProved(one, verify));
  const rest = changes.filter((one) => one !== anew);
  return anew !== undefined && (anew.public_key === key || wayTo(key, anew.public_key, rest, crypto) !== null) ? "lost" : null;
}

export const keyChangesOf = (entries: readonly ServerKeyEntry[], installation: string): KeyChange[] =>
  entries.flatMap(({ before, public_key, since_ns, signature, proof }) =>
    before === undefined || since_ns === undefined || signature === undefined || proof === undefined
      ? []
      : [{ installation, before, public_key, since_ns, signature, proof }],
  );

/**
 * One key of the server takes the place of another: its receipts, the heads of its log and its reports are signed by it from then
 * on. The key before vouches for it; where that one was lost nobody does, and trust in the server begins anew.
 */
export interface KeyChange {
  readonly installation: string;
  /** Raw Ed25519, base64url: the key before, and the one that follows it. */
  readonly before: string;
  readonly public_key: string;
  /** ns of the database's clock, a decimal string: the key before signs no head that is later. */
  readonly since_ns: string;
  /** By the key before, base64url; null = it was lost. */
  readonly signature: string | null;
  /** By the new one: whoever announces it holds it. */
  readonly proof: string;
}

/** The text under both signatures. */
export const keyChangeText = ({
  installation,
  before,
  public_key,
  since_ns,
  isLost,
}: Pick<KeyChange, "installation" | "before" | "public_key" | "since_ns"> & { readonly isLost: boolean }): string =>
  [isLost ? "truebound-server-key-lost/1" : "truebound-server-key/1", installation, before, public_key, since_ns].join("\n");

export type VerifyText = (publicKey: string, text: string, signature: string) => boolean;

export function isProved(change: KeyChange, verify: VerifyText): boolean {
  const text = keyChangeText({ ...change, isLost: change.signature === null });
  return verify(change.public_key, text, change.proof) && (change.signature === null || verify(change.before, text, change.signature));
}

/** The keys that follow a known one, each vouched for by the one before, in order. */
export function keysAfter(known: string, changes: readonly KeyChange[], verify: VerifyText): string[] {
  const keys: string[] = [];
  for (let last = known; ; last = keys.at(-1) as string) {
    const next = changes.find(({ before, signature }) => before === last && signature !== null);
    if (next === undefined || next.public_key === known || keys.includes(next.public_key) || !isProved(next, verify)) return keys;
    keys.push(next.public_key);
  }
}

/** In a request: the id of the server's key that the agent knows. */
export const KNOWN_KEY_HEADER = "truebound-server-key";
/** In the answer, where that is not the one that signs: how the one follows the other. */
export const KEY_CHANGES_HEADER = "truebound-server-keys";

const MOST_CHANGES = 16;

export const sayKeyChanges = (changes: readonly KeyChange[]): string =>
  changes
    .slice(-MOST_CHANGES)
    .map(({ installation, before, public_key, since_ns, signature, proof }) =>
      [installation, before, public_key, since_ns, signature ?? "", proof].join(" "),
    )
    .join(", ");

const FORM = /^([!-+\--~]{1,200}) ([\w-]{43}) ([\w-]{43}) (-?\d{1,19}) ([\w-]{86})? ([\w-]{86})$/;

/** What is no change of a key is passed over: it vouches for nothing. */
export const readKeyChanges = (text: string): KeyChange[] =>
  text
    .split(", ")
    .slice(-MOST_CHANGES)
    .flatMap((one) => {
      const [, installation = "", before = "", public_key = "", since_ns = "", signature = null, proof = ""] = FORM.exec(one) ?? [];
      return proof === "" ? [] : [{ installation, before, public_key, since_ns, signature, proof }];
    });

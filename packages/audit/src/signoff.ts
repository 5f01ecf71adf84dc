import { canonicalJson, type Json } from "./canonical-json.ts";

export const SIGNOFF_ACTS = ["sign", "countersign"] as const;
export type SignoffAct = (typeof SIGNOFF_ACTS)[number];

/** What a person says of a report, and signs with a key of their own. */
export interface SignoffStatement {
  readonly act: SignoffAct;
  readonly report: string;
  readonly manifest_sha256: string;
  readonly name: string;
  readonly role: string;
  readonly words: string;
  /** RFC 3339, by the clock of the database. */
  readonly signed_at: string;
  /** Raw Ed25519, base64url. */
  readonly public_key: string;
  /** Digests of all that was signed of this report before, in its order. */
  readonly over: readonly string[];
}

export interface SignedStatement {
  readonly statement: SignoffStatement;
  /** base64url. */
  readonly signature: string;
}

/** The text that a person signs. */
export const signoffText = (statement: SignoffStatement): string =>
  ["truebound-signoff/1", canonicalJson(statement as unknown as Json)].join("\n");

/** What its digest is the SHA-256 of. */
export const signedStatementText = ({ statement, signature }: SignedStatement): string =>
  canonicalJson({ statement: statement as unknown as Json, signature });

/** The leaf by which the log knows a person's key. */
export const signerEntry = (name: string, publicKey: string) => ({ kind: "signer", what: `signer ${name}`, name, public_key: publicKey });

/** The leaf of a sign-off. */
export const signoffEntry = ({ report, manifest_sha256, name }: SignoffStatement, digest: string) => ({
  kind: "signoff",
  what: `report ${report}`,
  sha256: digest,
  manifest_sha256,
  who: name,
});

/** What the issuer signs of signoff.json: which statements there are, and the sheets that were made of them. */
export const signoffFileText = (manifestSha256: string, digests: readonly string[], files: Readonly<Record<string, string>>): string =>
  [
    "truebound-signoffs/1",
    manifestSha256,
    ...digests,
    ...Object.keys(files)
      .sort()
      .map((name) => `${name} ${files[name]}`),
  ].join("\n");

/** Sheets for people, beside the report: the report itself is of the manifest alone, which cannot name who signs it later. */
export const SIGNOFF_SHEETS = ["signoff.html", "signoff.pdf"] as const;

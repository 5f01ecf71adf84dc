import { type ReportManifest, signoffFileText } from "@truebound/audit";
import type { KeyChange } from "@truebound/wire";
import type { SignedHead } from "../ports.ts";
import { htmlOf } from "../render/html.ts";
import type { DrawPdf } from "../render-report.ts";
import type { KeptSignoff, ProvedLeaf, SignoffBook } from "./ports.ts";
import { layOutSignoffs } from "./sheet.ts";

export interface WritePorts {
  readonly book: SignoffBook;
  readonly drawPdf: DrawPdf;
  readonly sha256: (data: Uint8Array | string) => Uint8Array;
  /** The issuer's key. */
  readonly signer: { sign(text: string): Uint8Array };
  /** Each is there as it was before or as a whole; in this order. */
  readonly write: (folder: string, files: readonly (readonly [name: string, bytes: Uint8Array | string])[]) => Promise<void>;
}

export interface SignedReport {
  readonly folder: string;
  readonly manifest: ReportManifest;
  readonly sha256: string;
}

/** signoff.json and its sheets, made anew of all that the database holds. `keys` are those that followed the report's. */
export async function writeSignoffs(
  ports: WritePorts,
  { folder, manifest, sha256 }: SignedReport,
  signoffs: readonly KeptSignoff[],
  keys: readonly KeyChange[],
): Promise<void> {
  const { heads, leaves, consistency } = await ports.book.proofs(signoffs, manifest.log.head);
  const sheet = layOutSignoffs(manifest, sha256, signoffs);
  const sheets: [string, Uint8Array][] = [
    ["signoff.html", new TextEncoder().encode(htmlOf(sheet))],
    ["signoff.pdf", await ports.drawPdf(sheet)],
  ];
  const files = Object.fromEntries(sheets.map(([name, bytes]) => [name, hex(ports.sha256(bytes))]));
  const digests = signoffs.map(({ digest }) => digest);
  const file = {
    ...(keys.length === 0 ? {} : { keys: keys.map(sayKeyChange) }),
    heads: heads.map(sayHead),
    consistency: consistency.map(hex),
    signed: signoffs.map(({ statement, signature }, at) => ({
      statement,
      signature,
      signer: sayLeaf(leaves[at]?.signer),
      leaf: sayLeaf(leaves[at]?.leaf),
    })),
    files,
    signature: Buffer.from(ports.signer.sign(signoffFileText(sha256, digests, files))).toString("base64url"),
  };
  await ports.write(folder, [...sheets, ["signoff.json", `${JSON.stringify(file)}\n`]]);
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

const sayKeyChange = ({ before, public_key, since_ns, signature, proof }: KeyChange) => ({
  before,
  public_key,
  since_ns,
  signature,
  proof,
});

const sayHead = ({ shard, size, root, timestamp_ns, previous, signature, key_id }: SignedHead) => ({
  shard,
  size,
  root,
  timestamp_ns,
  previous,
  signature: Buffer.from(signature).toString("base64url"),
  key_id,
});

const sayLeaf = (leaf: ProvedLeaf | undefined) =>
  leaf && { shard: leaf.shard, index: leaf.index, salt: hex(leaf.salt), entry: leaf.entry, proof: leaf.proof.map(hex) };

import { canonicalJson, type Json } from "../canonical-json.ts";
import type { ReportManifest } from "../report-manifest.ts";
import { bytes, fieldsOf, hasWholeNumbers, isObject, isShallow, object, parsed, text } from "./fields.ts";
import { misfitOf } from "./manifest-form.ts";
import { BundleFault, type BundleFiles, type VerifyCrypto } from "./ports.ts";

/** The text that the issuer signs of a manifest. */
export const reportText = (sha256: string): string => ["truebound-report/1", sha256].join("\n");

/** The text that the issuer signs of what was made from it. */
export const renderedText = (sha256: string, files: Readonly<Record<string, string>>): string =>
  [
    "truebound-rendered/1",
    sha256,
    ...Object.keys(files)
      .sort()
      .map((name) => `${name} ${files[name]}`),
  ].join("\n");

export const keyId = (publicKey: Uint8Array, { sha256, base64url }: Pick<VerifyCrypto, "sha256" | "base64url">): string =>
  base64url(sha256(publicKey)).slice(0, 16);

export interface SignedManifest {
  readonly manifest: ReportManifest;
  readonly sha256: string;
  readonly issuer: Uint8Array;
  readonly keyId: string;
}

/** Of step 1: the manifest is signed by the key that it names. */
export async function checkSignature(files: BundleFiles, crypto: VerifyCrypto): Promise<SignedManifest> {
  const raw = await required(files, "manifest.json");
  const written = crypto.text(raw);
  const manifest = written === null ? null : canonicalOf(written);
  if (manifest === null) throw fault("canonical", "manifest.json is not canonical JSON with whole numbers only");
  if (manifest.format !== "truebound-report/1")
    throw fault("format", `manifest.json is of the format ${JSON.stringify(manifest.format)}, not truebound-report/1`);
  const odd = misfitOf(manifest);
  if (odd !== null) throw fault("format", `manifest.json has not the form of truebound-report/1: ${odd} is missing or of another type`);
  const signed = fieldsOf(lineOf(crypto.text(await required(files, "manifest.sig"))), "signature");
  const issuer = bytes(signed, "public_key", crypto.fromBase64url, 32);
  const sha256 = crypto.hex(crypto.sha256(raw));
  const id = keyId(issuer, crypto);
  if (!crypto.verifyEd25519(issuer, reportText(sha256), bytes(signed, "signature", crypto.fromBase64url, 64)))
    throw fault("manifest_signature", `manifest.sig is not over manifest.json, whose SHA-256 is ${sha256}`);
  if (text(signed, "key_id") !== id || manifest.issuer.key_id !== id || manifest.issuer.public_key !== crypto.base64url(issuer))
    throw fault("issuer_key", `manifest.sig is by key ${id}, but the manifest is issued by ${manifest.issuer.key_id}`);
  return { manifest, sha256, issuer, keyId: id };
}

/** Null for one that is written in another way. */
function canonicalOf(written: string): ReportManifest | null {
  const value = parsed(written);
  return isObject(value) && isShallow(value) && hasWholeNumbers(value) && canonicalJson(value as Json) === written
    ? (value as unknown as ReportManifest)
    : null;
}

const fault = (rule: string, detail: string): BundleFault => new BundleFault("signature", rule, detail);

async function required(files: BundleFiles, name: string): Promise<Uint8Array> {
  const found = await files.read(name);
  if (found === null) throw fault("missing", `${name} is not there`);
  return found;
}

/** The only line of a file, with its end or without. */
export const lineOf = (text: string | null): string => (text ?? "").replace(/\n$/, "");

const RENDERED = ["report.csv", "report.html", "report.pdf"];

/** Step 7: what people read is what was made from the manifest. */
export async function checkRendered(files: BundleFiles, crypto: VerifyCrypto, { sha256, issuer }: SignedManifest): Promise<void> {
  const there = (await files.list("")).filter((name) => RENDERED.includes(name)).sort();
  const signed = await files.read("rendered.json");
  if (signed === null) throw new BundleFault("rendered", "missing", "rendered.json is not there");
  const fields = fieldsOf(lineOf(crypto.text(signed)), "rendered");
  const named = object(fields, "files").line as Readonly<Record<string, string>>;
  if (!crypto.verifyEd25519(issuer, renderedText(sha256, named), bytes(fields, "signature", crypto.fromBase64url, 64)))
    throw new BundleFault("rendered", "rendered_signature", "rendered.json is not signed by the issuer for this manifest");
  for (const name of new Set([...there, ...Object.keys(named).sort()])) {
    const found = RENDERED.includes(name) ? await files.read(name) : null;
    if (found === null) throw new BundleFault("rendered", "rendered_file", `${name} is not there, and rendered.json names it`);
    if (crypto.hex(crypto.sha256(found)) !== named[name])
      throw new BundleFault("rendered", "rendered_file", `${name} is not the one that was made from this manifest`);
  }
}

import { createPublicKey } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { inflate } from "node:zlib";
import { MAX_FLIGHT_TEXT } from "@truebound/wire";

const inflated: (body: Uint8Array, limits: { readonly maxOutputLength: number }) => Promise<Buffer> = promisify(inflate);

/** The text of a record; null = it is not deflated, or longer than a record may be. */
export async function inflateFlight(body: Uint8Array): Promise<string | null> {
  try {
    return (await inflated(body, { maxOutputLength: MAX_FLIGHT_TEXT })).toString("utf8");
  } catch {
    return null; // whoever asked refuses it by name
  }
}

/** As openssl reads it. */
export const pemOf = (publicKey: Uint8Array): string =>
  createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x: Buffer.from(publicKey).toString("base64url") }, format: "jwk" })
    .export({ type: "spki", format: "pem" })
    .toString();

/** Each file is new: what is there already is never written over. What is in the way, or null. */
export function writeFolder(out: string, folder: string, files: Readonly<Record<string, string | Uint8Array>>): string | null {
  try {
    mkdirSync(join(out, folder), { recursive: true });
    for (const [name, content] of Object.entries(files)) writeFileSync(join(out, folder, name), content, { flag: "wx", mode: 0o600 });
    return null;
  } catch (error) {
    if (!(error instanceof Error) || !("code" in error)) throw error;
    return error.code === "EEXIST" ? `${join(out, folder)} holds some already` : error.message;
  }
}

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Pin } from "./architecture.ts";
import { run } from "./run.ts";

/** The pin's tarball in the cache, fetched by npm where it is not there yet. Throws unless its content is what the pin says. */
export function fetched(pin: Pin, cache: string): string {
  const path = join(cache, tarballName(pin));
  if (!existsSync(path)) download(pin, cache, path);
  const found = integrityOf(readFileSync(path));
  if (found === pin.integrity) return path;
  rmSync(path);
  throw new Error(
    `Cannot use ${pin.name}@${pin.version}: its tarball is ${found}, and ${pin.integrity} is pinned; it was removed from the cache`,
  );
}

/** As npm writes it: SHA-512 in base64. */
export const integrityOf = (bytes: Uint8Array): string => `sha512-${createHash("sha512").update(bytes).digest("base64")}`;

/** As `npm pack` names it. */
export const tarballName = ({ name, version }: Pin): string => `${name.replace(/^@/, "").replace("/", "-")}-${version}.tgz`;

function download(pin: Pin, cache: string, path: string): void {
  // Two that fetch at once must not read each other's half.
  const draft = join(cache, `draft-${process.pid}`);
  mkdirSync(draft, { recursive: true });
  run("npm", ["pack", "--silent", `${pin.name}@${pin.version}`, "--pack-destination", draft], { cwd: draft });
  renameSync(join(draft, tarballName(pin)), path);
  rmSync(draft, { recursive: true });
}

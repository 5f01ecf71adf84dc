import { readFile } from "node:fs/promises";

/** A secret is read anew each time that it is used, so that a new one counts at once. */
export class SecretUnreadable extends Error {}

export async function readSecret(path: string, what: string): Promise<string> {
  const text = await readFile(path, "utf8").catch((cause: NodeJS.ErrnoException) => {
    const why = cause.code ?? "it cannot be read";
    throw new SecretUnreadable(`Cannot read ${what} ${path}: ${why}; let the server's user read that file`, { cause });
  });
  const secret = text.trim();
  if (secret === "") throw new SecretUnreadable(`Cannot read ${what} ${path}: it is empty; put the secret there`);
  return secret;
}

import type { Environment } from "./config.ts";

/** What a file holds; throws with a reason. */
export type ReadText = (path: string) => string;
type Report = (why: string) => null;

/** Settings that hold a secret, and those that name a file with it. One of the two is set, never both: which counts would be a guess. */
const FROM_FILES = [
  ["DATABASE_URL", "TRUEBOUND_DATABASE_URL_FILE"],
  ["TRUEBOUND_TSA_URL", "TRUEBOUND_TSA_URL_FILE"],
] as const;
const PASSWORD_FILE = "TRUEBOUND_DATABASE_PASSWORD_FILE";

/** The environment with what its files hold in the place of their names. A secret is never repeated in a problem. */
export function withSecrets(environment: Environment, read: ReadText, report: Report): Environment {
  const filled: Record<string, string | undefined> = { ...environment };
  for (const [name, fileName] of FROM_FILES) {
    const file = environment[fileName];
    if (!file) continue;
    if (environment[name]) report(`Cannot use ${fileName} beside ${name}: set one of them`);
    else filled[name] = secretOf(fileName, file, read, report) ?? undefined;
  }
  const file = environment[PASSWORD_FILE];
  if (file) filled.DATABASE_URL = withPassword(filled.DATABASE_URL, file, read, report);
  return filled;
}

/** The address with the password that the file holds, for whoever keeps only that secret. */
function withPassword(url: string | undefined, file: string, read: ReadText, report: Report): string | undefined {
  const parsed = url !== undefined && URL.canParse(url) ? new URL(url) : null;
  const trouble =
    url === undefined || url === ""
      ? "there is no DATABASE_URL to which the password belongs"
      : parsed !== null && parsed.password !== ""
        ? "DATABASE_URL has a password already; take one of them away"
        : parsed !== null && parsed.username === ""
          ? "DATABASE_URL names no user; write postgres://user@host:port/database"
          : null;
  if (trouble !== null) report(`Cannot use ${PASSWORD_FILE}: ${trouble}`);
  const secret = trouble === null ? secretOf(PASSWORD_FILE, file, read, report) : null;
  if (secret === null || parsed === null) return url;
  parsed.password = encodeURIComponent(secret);
  return parsed.href;
}

function secretOf(name: string, file: string, read: ReadText, report: Report): string | null {
  // Whoever takes the name for that of the secret has written the secret there.
  if (!file.startsWith("/")) return report(`Cannot use ${name}: what is set is no absolute path; name the file that holds the secret`);
  try {
    const text = read(file).trim();
    return text === "" ? report(`Cannot use ${name}: ${file} is empty; put the secret there`) : text;
  } catch (error) {
    const why = error instanceof Error && "code" in error ? String(error.code) : "it cannot be read";
    return report(`Cannot use ${name}: ${file}: ${why}; let the server's user read that file`);
  }
}

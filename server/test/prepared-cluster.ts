import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { startEmbeddedPostgres } from "../src/adapters/embedded-postgres/index.ts";
import { migrate } from "../src/adapters/postgres/migrate.ts";
import { quiet } from "./quiet.ts";

/** In every copy: a database with this version's schema, to be cloned. */
export const TEMPLATE = "truebound_template";

const ROOT = join(import.meta.dirname, "../..");

/** A folder like no other, so that a changed migration or another PostgreSQL is never met by an old copy. */
function preparedFolder(): string {
  const hash = createHash("sha256");
  const migrations = join(ROOT, "migrations");
  for (const name of readdirSync(migrations).sort()) hash.update(name).update(readFileSync(join(migrations, name)));
  for (const file of ["server/package.json", "server/src/adapters/postgres/migrate.ts"]) hash.update(readFileSync(join(ROOT, file)));
  return join(tmpdir(), `truebound-prepared-${userInfo().uid}-${hash.digest("hex").slice(0, 16)}`);
}

/** The data folder of an embedded PostgreSQL that was set up and migrated once on this machine, copied. Whoever starts it removes it. */
export async function preparedCluster(): Promise<string> {
  const prepared = preparedFolder();
  if (!existsSync(prepared)) await prepare(prepared);
  const copy = newFolder("truebound-test-");
  // Owners stay: as root the files belong to another user.
  execFileSync("cp", ["-a", "--reflink=auto", `${prepared}/.`, copy]);
  return copy;
}

/** Two that come at once both do it, and one of them in vain. */
async function prepare(prepared: string): Promise<void> {
  const making = newFolder("truebound-preparing-");
  const postgres = await startEmbeddedPostgres({ dataDir: making, log: () => {} });
  try {
    const client = new pg.Client({ connectionString: postgres.url });
    await client.connect();
    await client.query(`create database ${TEMPLATE}`).finally(() => client.end());
    const url = new URL(postgres.url);
    url.pathname = `/${TEMPLATE}`;
    await migrate(url.href, quiet);
  } finally {
    await postgres.stop();
  }
  try {
    renameSync(making, prepared);
  } catch (cause) {
    rmSync(making, { recursive: true, force: true });
    if (!existsSync(prepared)) throw cause;
  }
}

function newFolder(prefix: string): string {
  const folder = mkdtempSync(join(tmpdir(), prefix));
  // The user as whom PostgreSQL runs must be able to pass through.
  chmodSync(folder, 0o711);
  return folder;
}

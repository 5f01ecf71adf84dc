import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { freePort } from "@truebound/testkit";

const VERSIONS = "/usr/lib/postgresql";
const newest = existsSync(VERSIONS) ? readdirSync(VERSIONS).sort((a, b) => Number(b) - Number(a))[0] : undefined;
/** The folder of Debian's programs, with pg_dump and pg_basebackup; null = they are not installed. */
export const DEBIAN_POSTGRES = newest === undefined ? null : join(VERSIONS, newest, "bin");

/** A cluster of its own on a free port; as root it runs as the user postgres, as it must. */
export interface DebianPostgres {
  readonly pgdata: string;
  url(database: string): string;
  /** Runs commands as the cluster's user, with its programs first. Throws with what they said. */
  run(commands: string, env?: Readonly<Record<string, string>>): string;
  stop(): void;
}

const idOf = (what: "-u" | "-g"): number => Number(execFileSync("id", [what, "postgres"], { encoding: "utf8" }));

export async function debianPostgres(folder: string): Promise<DebianPostgres> {
  const port = await freePort();
  const pgdata = join(folder, "pgdata");
  const user = process.getuid?.() === 0 ? { uid: idOf("-u"), gid: idOf("-g") } : {};
  mkdirSync(folder, { recursive: true });
  if ("uid" in user) execFileSync("chown", ["postgres", folder]);
  const run = (commands: string, env: Readonly<Record<string, string>> = {}): string => {
    const PATH = `${env.TOOLS ?? ""}:${DEBIAN_POSTGRES}:/usr/bin:/bin`;
    return execFileSync("sh", ["-ec", commands], {
      ...user,
      cwd: folder,
      env: { ...env, PATH, PGDATA: pgdata, HOME: folder },
      encoding: "utf8",
      stdio: "pipe",
    });
  };
  run(`initdb --pgdata="$PGDATA" --username=truebound --auth=trust --no-sync --encoding=UTF8 --locale=C >"$PGDATA.log"`);
  run(`echo "port = ${port}\nlisten_addresses = '127.0.0.1'\nunix_socket_directories = ''\nfsync = off" >> "$PGDATA/postgresql.conf"`);
  run(`pg_ctl --pgdata="$PGDATA" --wait --log="$PGDATA.log" start`);
  return {
    pgdata,
    url: (database) => `postgres://truebound@127.0.0.1:${port}/${database}`,
    run,
    stop: () => void run(`pg_ctl --pgdata="$PGDATA" --wait --mode=immediate stop || true`),
  };
}

import { readFileSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";
import { type RunAs, runProgram } from "./run-program.ts";
import { messageOf, StartupError } from "./startup-error.ts";
import { statIfAny } from "./stat-if-any.ts";

/** Tried in this order; the second is the one that we make when neither exists. */
const NAMES = ["postgres", "truebound"] as const;
const NEW_USER = NAMES[1];
const USERADD_TIMEOUT_MS = 20_000;

/** PostgreSQL refuses to run as root. Data that exist keep their owner, so that no start has to change it. */
export async function chooseRunAs(cluster: string, log: (message: string) => void): Promise<RunAs | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const users = parsePasswd(readFileSync("/etc/passwd", "utf8"));
  return ownerOfData(cluster, users) ?? firstNamed(users, NAMES) ?? createUser(log);
}

function ownerOfData(cluster: string, users: readonly RunAs[]): RunAs | undefined {
  const file = statIfAny(join(cluster, "PG_VERSION"));
  if (file === undefined) return undefined;
  if (file.uid === 0) {
    throw new StartupError(`Cannot use ${cluster}: it belongs to root; give it to its user: chown -R postgres ${cluster}`, 78);
  }
  return users.find((user) => user.uid === file.uid) ?? { uid: file.uid, gid: file.gid, name: `uid ${file.uid}` };
}

export const firstNamed = (users: readonly RunAs[], names: readonly string[]): RunAs | undefined =>
  names.map((name) => users.find((user) => user.name === name && user.uid !== 0)).find((user) => user !== undefined);

/** passwd(5): name:password:uid:gid:... */
export function parsePasswd(text: string): readonly RunAs[] {
  return text.split("\n").flatMap((line) => {
    const [, name, uid, gid] = /^([^:#]+):[^:]*:(\d+):(\d+):/.exec(line) ?? [];
    return name === undefined ? [] : [{ name, uid: Number(uid), gid: Number(gid) }];
  });
}

async function createUser(log: (message: string) => void): Promise<RunAs> {
  const args = ["--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent", "--shell", "/usr/sbin/nologin", NEW_USER];
  const made = await runProgram("useradd", args, { timeoutMs: USERADD_TIMEOUT_MS });
  const user = firstNamed(parsePasswd(readFileSync("/etc/passwd", "utf8")), [NEW_USER]);
  if (!made.ok || user === undefined) {
    throw new StartupError(
      `Cannot start the embedded PostgreSQL as root: there is no user postgres, and useradd ${NEW_USER} failed (${made.text}); ` +
        "create the user postgres, run Truebound as an ordinary user, or set DATABASE_URL",
      78,
    );
  }
  log(`Created the system user ${NEW_USER} (uid ${user.uid}), because PostgreSQL refuses to run as root`);
  return user;
}

/** initdb looks its user up by name; the server itself does not. */
export function requireNamedUser(runAs: RunAs | undefined): void {
  if (runAs !== undefined) return;
  try {
    userInfo();
  } catch (cause) {
    throw new StartupError(
      `Cannot create the embedded database as uid ${process.getuid?.()}: it has no entry in /etc/passwd and initdb needs one ` +
        `(${messageOf(cause)}); add the entry, run as another user, or set DATABASE_URL`,
      78,
      { cause },
    );
  }
}

/** For messages: "user postgres", or ourselves. */
export const nameOf = (runAs: RunAs | undefined): string => `user ${runAs?.name ?? `uid ${process.getuid?.()}`}`;

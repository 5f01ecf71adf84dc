import { fail, pass, type SystemCheck, secondsSince, unknown, warn } from "./check.ts";
import type { DatabaseFacts, ServerSeen, SystemFacts } from "./facts.ts";

const GIB = 1024 ** 3;
const sizeWords = (bytes: number): string =>
  bytes < GIB ? `${Math.ceil(bytes / 1024 ** 2)} MiB` : `${(Math.ceil((bytes / GIB) * 10) / 10).toFixed(1)} GiB`;

/** For a dozen small questions, one after the other. */
const SLOW_MS = 2_000;

export const databaseCheck = ({ version, schema, bytes, isStandby, tookMs }: DatabaseFacts): SystemCheck => {
  const said = `PostgreSQL ${version}, ${sizeWords(bytes)}`;
  if (isStandby) return fail("database", `${said}, is a standby and takes no writes`, "point DATABASE_URL at the primary");
  if (schema === "behind") return fail("database", `${said}; its schema is older than this software`, "truebound migrate");
  if (schema === "newer")
    return fail("database", `${said}; its schema is newer than this software`, "run the Truebound that made it, or a later one");
  if (tookMs > SLOW_MS)
    return warn(
      "database",
      `${said}; slow: the questions of this page took it ${(Math.ceil(tookMs / 100) / 10).toFixed(1)} s`,
      "see its load, its disk, and what waits: select * from pg_stat_activity where state <> 'idle'",
    );
  return pass("database", `${said}; its schema is that of this software`);
};

const LAG_S = 300;

export function replicationCheck({ standbys }: DatabaseFacts): SystemCheck {
  if (standbys.length === 0) return pass("replication", "No standby follows the database: backups alone protect it");
  if (standbys.some(({ state }) => state === null))
    return unknown(
      "replication",
      `${countOf(standbys.length, "standby", "standbys")}; our role may not see how they do`,
      "grant pg_monitor to the role of DATABASE_URL",
    );
  const behind = standbys.filter(({ state, lagSeconds }) => state !== "streaming" || (lagSeconds ?? 0) > LAG_S);
  if (behind.length === 0) return pass("replication", `${countOf(standbys.length, "standby follows", "standbys follow")} the database`);
  const named = behind.map(({ name, state, lagSeconds }) => `${name} (${state}, ${Math.ceil(lagSeconds ?? 0)} s behind)`).join(", ");
  return warn("replication", `Behind the database: ${named}`, "see the log of the standby and of the network between");
}

export function diskCheck({ disk }: Pick<SystemFacts, "disk">): SystemCheck {
  if (disk === null) return unknown("disk", "The database is not on this machine: how full its disk is cannot be seen from here");
  const words = `${sizeWords(disk.free)} of ${sizeWords(disk.total)} are free where the database lies`;
  const mend = "make room, or let evidence go sooner: truebound evidence set";
  if (disk.free < disk.total * 0.03) return fail("disk", words, mend);
  return disk.free < disk.total * 0.1 ? warn("disk", words, mend) : pass("disk", words);
}

const GONE_S = 120;
const isThere = ({ seenAt }: ServerSeen, now: DatabaseFacts["now"]): boolean => secondsSince(seenAt, now) <= GONE_S;
export const serversThere = ({ servers, now }: DatabaseFacts): ServerSeen[] => servers.filter((server) => isThere(server, now));

export function serversCheck(database: DatabaseFacts): SystemCheck {
  const there = serversThere(database);
  if (there.length === 0) {
    const last = database.servers.toSorted((a, b) => Number(b.seenAt - a.seenAt))[0];
    return fail(
      "servers",
      last === undefined ? "No server was ever seen" : `No server runs; ${last.name} was seen last`,
      "truebound serve",
      last?.seenAt ?? null,
    );
  }
  const versions = [...new Set(there.map(({ version }) => version))].toSorted();
  const said = `${countOf(there.length, "server runs", "servers run")}: ${there.map(({ name, version }) => `${name} (${version})`).join(", ")}`;
  return versions.length === 1
    ? pass("servers", said)
    : warn("servers", `${said}; they are of several versions`, "bring all of them to one version");
}

const LATE_S = 30;
const LOST_S = 120;

export function judgeCheck(database: DatabaseFacts): SystemCheck {
  const { judgedAt, now } = database;
  if (judgedAt === null) return unknown("judge", "Alerts were never judged", "truebound serve");
  const age = secondsSince(judgedAt, now);
  const judge = serversThere(database).find(({ judges }) => judges);
  const by = judge === undefined ? "no server says that it judges" : `${judge.name} judges`;
  if (age <= LATE_S)
    return judge === undefined ? pass("judge", "Alerts were judged within the last 30 s") : pass("judge", `${by}, within the last 30 s`);
  const mend = "see the server's log; a server that hangs keeps the seat until it ends";
  return (age > LOST_S ? fail : warn)("judge", `Alerts were not judged lately: ${by}`, mend, judgedAt);
}

export const countOf = (count: number, one: string, more: string): string => `${count} ${count === 1 ? one : more}`;

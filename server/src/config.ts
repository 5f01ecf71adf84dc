import { settingNameProblems } from "@truebound/wire";
import { type ArchivePlace, readArchive } from "./archive-place.ts";
import { type PeopleSettings, readPeople } from "./people-settings.ts";
import { REPORT_RHYTHMS, type ReportRhythm } from "./report/schedule.ts";
import { type ReadText, withSecrets } from "./secret-settings.ts";

/** All settings of the server, read once. Everything wrong is reported together; a name that nobody knows is refused. */
export interface Config {
  /** Port of the people's listener. */
  readonly httpPort: number;
  readonly people: PeopleSettings;
  readonly agents: { readonly host: string; readonly port: number };
  /** Absolute. */
  readonly dataDir: string;
  /** Null = the embedded PostgreSQL. */
  readonly databaseUrl: string | null;
  /** A server brings an older schema up to its own before it serves. */
  readonly migrateOnStart: boolean;
  /** Absolute; null = the leap list that came with this version. */
  readonly leapFile: string | null;
  /** Files of the agents' listener; null = it speaks plain HTTP, on the loopback or behind a TLS proxy. */
  readonly tls: { readonly certFile: string; readonly keyFile: string; readonly nextKeyFile: string | null } | null;
  /** A proxy that was declared terminates TLS before the agents' listener. */
  readonly tlsProxy: boolean;
  /** Absolute: the key by which replies are signed; it is made on first use. */
  readonly receiptKeyFile: string;
  /** Days after which an agent is asked for another key; 0 = never for its age. */
  readonly keyDays: number;
  /** Pods that a cluster vouches for are let in; null = none. `jwksFile` is absolute. */
  readonly kubernetes: {
    readonly jwksFile: string;
    readonly issuer: string;
    readonly audience: string;
    readonly subjects: readonly string[];
  } | null;
  /** Hosts that an operator listed are let in; null = none. `file` is absolute, `key` the operator's, raw and base64url. */
  readonly hostList: { readonly file: string; readonly key: string } | null;
  /** Days for which minutes and events are kept. */
  readonly rollupDays: number;
  /** Where evidence that is past its age moves; null = it goes. */
  readonly archive: ArchivePlace | null;
  /** Absolute: where reports that a schedule or the API asks for are written. */
  readonly reportsDir: string;
  /** How often reports are made of themselves; none = only when they are asked for. */
  readonly reports: readonly ReportRhythm[];
  /** The authority that stamps heads of the log; null = none does. `caFile` is absolute, null = who vouches for it is not judged here. */
  readonly tsa: { readonly url: string; readonly allowPrivate: boolean; readonly caFile: string | null } | null;
}

export interface Surroundings {
  readonly home: string;
  readonly isRoot: boolean;
  /** Of a file with a secret. */
  readonly read: ReadText;
}

export type Environment = Readonly<Record<string, string | undefined>>;

export function readConfig(
  given: Environment,
  surroundings: Surroundings,
): { readonly config: Config } | { readonly problems: readonly string[] } {
  const problems: string[] = settingNameProblems(Object.keys(given));
  const report = (problem: string): null => {
    problems.push(problem);
    return null;
  };
  const environment = withSecrets(given, surroundings.read, report);
  const httpPort = readPort(environment.TRUEBOUND_HTTP_PORT ?? "8123", (why) => report(`Cannot use TRUEBOUND_HTTP_PORT: ${why}`));
  const path = (name: string): string | null => {
    const text = environment[name];
    return text === undefined || text === "" ? null : readPath(text, (why) => report(`Cannot use ${name}: ${why}`));
  };
  const tls = readTls(path, environment, report);
  const tlsProxy = readFlag(environment.TRUEBOUND_TLS_PROXY, (why) => report(`Cannot use TRUEBOUND_TLS_PROXY: ${why}`));
  const people = readPeople(path, environment, report);
  const agents = readListen(environment.TRUEBOUND_LISTEN ?? "127.0.0.1:8125", tls !== null || tlsProxy, (why) =>
    report(`Cannot use TRUEBOUND_LISTEN: ${why}`),
  );
  const dataDir = readPath(environment.TRUEBOUND_DATA_DIR ?? defaultDataDir(environment, surroundings), (why) =>
    report(`Cannot use TRUEBOUND_DATA_DIR: ${why}`),
  );
  const databaseUrl = environment.DATABASE_URL
    ? readDatabaseUrl(environment.DATABASE_URL, (why) => report(`Cannot use DATABASE_URL: ${why}`))
    : null;
  const migrateOnStart = readFlag(environment.MIGRATE_ON_START, (why) => report(`Cannot use MIGRATE_ON_START: ${why}`));
  const leapFile = path("TRUEBOUND_LEAP_FILE");
  const receiptKeyFile = path("TRUEBOUND_RECEIPT_KEY_FILE") ?? `${dataDir ?? ""}/receipt-key.pem`;
  const keyDays = readCount(environment.TRUEBOUND_KEY_DAYS ?? "90", 0, 3650, (why) => report(`Cannot use TRUEBOUND_KEY_DAYS: ${why}`));
  const archive = readArchive(path, environment, report);
  const tsa = readTsa(path, environment, report);
  const rollupDays = readCount(environment.TRUEBOUND_ROLLUP_DAYS ?? "400", 1, 36_500, (why) =>
    report(`Cannot use TRUEBOUND_ROLLUP_DAYS: ${why}`),
  );
  const reportsDir = path("TRUEBOUND_REPORTS_DIR") ?? `${dataDir ?? ""}/reports`;
  const reports = readRhythms(environment.TRUEBOUND_REPORTS ?? "", (why) => report(`Cannot use TRUEBOUND_REPORTS: ${why}`));
  const kubernetes = readKubernetes(path, environment, report);
  const hostList = readHostList(path, environment, report);
  if (
    problems.length > 0 ||
    httpPort === null ||
    people === null ||
    agents === null ||
    dataDir === null ||
    keyDays === null ||
    rollupDays === null ||
    reports === null
  )
    return { problems };
  return {
    config: Object.freeze({
      httpPort,
      people,
      agents: Object.freeze(agents),
      dataDir,
      databaseUrl,
      migrateOnStart,
      leapFile,
      tls,
      tlsProxy,
      receiptKeyFile,
      keyDays,
      kubernetes,
      hostList,
      rollupDays,
      archive,
      reportsDir,
      reports: Object.freeze(reports),
      tsa,
    }),
  };
}

type Report = (why: string) => null;

function readPort(text: string, report: Report): number | null {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : -1;
  return port >= 0 && port <= 65_535 ? port : report(`${JSON.stringify(text)} is no port from 0 to 65535`);
}

function readRhythms(text: string, report: Report): ReportRhythm[] | null {
  const words = text.split(",").map((word) => word.trim());
  const odd = words.find((word) => word !== "" && !REPORT_RHYTHMS.some((rhythm) => rhythm === word));
  if (odd !== undefined) return report(`${JSON.stringify(odd)} is none of ${REPORT_RHYTHMS.join(", ")}`);
  return REPORT_RHYTHMS.filter((rhythm) => words.includes(rhythm));
}

function readCount(text: string, least: number, most: number, report: Report): number | null {
  const count = /^\d{1,9}$/.test(text) ? Number(text) : -1;
  return count >= least && count <= most ? count : report(`${JSON.stringify(text)} is no whole number from ${least} to ${most}`);
}

const LISTEN = /^(\[[0-9a-fA-F:]+\]|[^:[\]]+):(\d+)$/;
const LOOPBACK = new Set(["127.0.0.1", "localhost", "::1"]);

/** Certificate and key come together. */
function readTls(path: (name: string) => string | null, environment: Environment, report: Report): Config["tls"] {
  const [certFile, keyFile, nextKeyFile] = [
    path("TRUEBOUND_TLS_CERT_FILE"),
    path("TRUEBOUND_TLS_KEY_FILE"),
    path("TRUEBOUND_TLS_NEXT_KEY_FILE"),
  ];
  if (certFile !== null && keyFile !== null) return { certFile, keyFile, nextKeyFile };
  const named = (name: string) => environment[name] !== undefined && environment[name] !== "";
  if (named("TRUEBOUND_TLS_CERT_FILE") !== named("TRUEBOUND_TLS_KEY_FILE"))
    report("Cannot serve TLS by one of TRUEBOUND_TLS_CERT_FILE and TRUEBOUND_TLS_KEY_FILE: set both, or neither");
  return null;
}

const KUBERNETES = ["TRUEBOUND_KUBERNETES_JWKS_FILE", "TRUEBOUND_KUBERNETES_ISSUER", "TRUEBOUND_KUBERNETES_SUBJECTS"] as const;
const SUBJECT = /^system:serviceaccount:[a-z0-9.*-]+:[a-z0-9.*-]+$/;

/** Keys, issuer and subjects come together: without subjects every workload of the cluster would be let in. */
function readKubernetes(path: (name: string) => string | null, environment: Environment, report: Report): Config["kubernetes"] {
  const missing = KUBERNETES.filter((name) => !environment[name]);
  if (missing.length === KUBERNETES.length) return null;
  if (missing.length > 0)
    return report(`Cannot let in pods without ${missing.join(" and ")}: set ${KUBERNETES.join(", ")}, or none of them`);
  const subjects = (environment.TRUEBOUND_KUBERNETES_SUBJECTS ?? "").split(",").map((subject) => subject.trim());
  const odd = subjects.find((subject) => !SUBJECT.test(subject));
  if (odd !== undefined)
    return report(
      `Cannot use TRUEBOUND_KUBERNETES_SUBJECTS: ${JSON.stringify(odd)} is not of the form system:serviceaccount:NAMESPACE:NAME (* stands for any run of characters)`,
    );
  const jwksFile = path("TRUEBOUND_KUBERNETES_JWKS_FILE");
  if (jwksFile === null) return null;
  const { TRUEBOUND_KUBERNETES_ISSUER: issuer = "", TRUEBOUND_KUBERNETES_AUDIENCE: audience } = environment;
  return { jwksFile, issuer, audience: audience || "truebound", subjects };
}

function readHostList(path: (name: string) => string | null, environment: Environment, report: Report): Config["hostList"] {
  const { TRUEBOUND_HOST_LIST_FILE: named, TRUEBOUND_HOST_LIST_KEY: key } = environment;
  if (!named && !key) return null;
  if (!named || !key)
    return report("Cannot let in listed hosts by one of TRUEBOUND_HOST_LIST_FILE and TRUEBOUND_HOST_LIST_KEY: set both, or neither");
  if (!/^[A-Za-z0-9_-]{43}$/.test(key))
    return report("Cannot use TRUEBOUND_HOST_LIST_KEY: it is no Ed25519 public key in base64url; truebound host-list sign prints it");
  const file = path("TRUEBOUND_HOST_LIST_FILE");
  return file === null ? null : { file, key };
}

/** RFC 3161 over HTTP. The address may hold a password, so it is not repeated. */
function readTsa(path: (name: string) => string | null, environment: Environment, report: Report): Config["tsa"] {
  const allowPrivate = readFlag(environment.TRUEBOUND_TSA_ALLOW_PRIVATE, (why) => report(`Cannot use TRUEBOUND_TSA_ALLOW_PRIVATE: ${why}`));
  const caFile = path("TRUEBOUND_TSA_CA_FILE");
  const { TRUEBOUND_TSA_URL: url = "" } = environment;
  if (url === "") return null;
  if (URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)) return { url, allowPrivate, caFile };
  return report("Cannot use TRUEBOUND_TSA_URL: it is no http:// or https:// address of a time-stamping authority");
}

function readFlag(text: string | undefined, report: Report): boolean {
  if (text !== undefined && !["", "0", "1"].includes(text)) report(`${JSON.stringify(text)} is neither 1 nor 0`);
  return text === "1";
}

function readListen(text: string, mayLeave: boolean, report: Report): Config["agents"] | null {
  const [, bracketed, portText] = LISTEN.exec(text) ?? [];
  if (bracketed === undefined || portText === undefined) return report(`${JSON.stringify(text)} is not host:port`);
  const host = bracketed.replace(/^\[|\]$/g, "");
  if (!LOOPBACK.has(host) && !mayLeave)
    return report(
      `${host} is off the loopback, which needs TLS: set TRUEBOUND_TLS_CERT_FILE and TRUEBOUND_TLS_KEY_FILE, or TRUEBOUND_TLS_PROXY=1 where a proxy terminates it; or use 127.0.0.1:8125`,
    );
  const port = readPort(portText, report);
  return port === null ? null : { host, port };
}

const readPath = (text: string, report: Report): string | null =>
  text.startsWith("/") ? text : report(`${JSON.stringify(text)} is no absolute path`);

function readDatabaseUrl(text: string, report: Report): string | null {
  // The text may hold a password, so it is not repeated.
  const whole = URL.canParse(text) && /^postgres(ql)?:$/.test(new URL(text).protocol);
  return whole ? text : report("it is no URL of the form postgres://user:password@host:port/database");
}

const defaultDataDir = ({ XDG_STATE_HOME }: Environment, { home, isRoot }: Surroundings): string =>
  isRoot ? "/var/lib/truebound" : `${XDG_STATE_HOME?.startsWith("/") ? XDG_STATE_HOME : `${home}/.local/state`}/truebound`;

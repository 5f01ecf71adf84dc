import { settingNameProblems } from "@truebound/wire";

/** All settings of the server, read once. Everything wrong is reported together; a name that nobody knows is refused. */
export interface Config {
  /** Port of the people's listener, on 127.0.0.1. */
  readonly httpPort: number;
  readonly agents: { readonly host: string; readonly port: number };
  /** Absolute. */
  readonly dataDir: string;
  /** Null = the embedded PostgreSQL. */
  readonly databaseUrl: string | null;
  /** Absolute; null = the leap list that came with this version. */
  readonly leapFile: string | null;
}

export interface Surroundings {
  readonly home: string;
  readonly isRoot: boolean;
}

export type Environment = Readonly<Record<string, string | undefined>>;

export function readConfig(
  environment: Environment,
  surroundings: Surroundings,
): { readonly config: Config } | { readonly problems: readonly string[] } {
  const problems: string[] = settingNameProblems(Object.keys(environment));
  const report = (problem: string): null => {
    problems.push(problem);
    return null;
  };
  const httpPort = readPort(environment.TRUEBOUND_HTTP_PORT ?? "8123", (why) => report(`Cannot use TRUEBOUND_HTTP_PORT: ${why}`));
  const agents = readListen(environment.TRUEBOUND_LISTEN ?? "127.0.0.1:8125", (why) => report(`Cannot use TRUEBOUND_LISTEN: ${why}`));
  const dataDir = readPath(environment.TRUEBOUND_DATA_DIR ?? defaultDataDir(environment, surroundings), (why) =>
    report(`Cannot use TRUEBOUND_DATA_DIR: ${why}`),
  );
  const databaseUrl = environment.DATABASE_URL
    ? readDatabaseUrl(environment.DATABASE_URL, (why) => report(`Cannot use DATABASE_URL: ${why}`))
    : null;
  const leapFile = environment.TRUEBOUND_LEAP_FILE
    ? readPath(environment.TRUEBOUND_LEAP_FILE, (why) => report(`Cannot use TRUEBOUND_LEAP_FILE: ${why}`))
    : null;
  if (problems.length > 0 || httpPort === null || agents === null || dataDir === null) return { problems };
  return { config: Object.freeze({ httpPort, agents: Object.freeze(agents), dataDir, databaseUrl, leapFile }) };
}

type Report = (why: string) => null;

function readPort(text: string, report: Report): number | null {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : -1;
  return port >= 0 && port <= 65_535 ? port : report(`${JSON.stringify(text)} is no port from 0 to 65535`);
}

const LISTEN = /^(\[[0-9a-fA-F:]+\]|[^:[\]]+):(\d+)$/;
const LOOPBACK = new Set(["127.0.0.1", "localhost", "::1"]);

function readListen(text: string, report: Report): Config["agents"] | null {
  const [, bracketed, portText] = LISTEN.exec(text) ?? [];
  if (bracketed === undefined || portText === undefined) return report(`${JSON.stringify(text)} is not host:port`);
  const host = bracketed.replace(/^\[|\]$/g, "");
  if (!LOOPBACK.has(host)) return report(`${host} is off the loopback, which needs TLS, and that is not built yet; use 127.0.0.1:8125`);
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

import { isIP } from "node:net";
import { hostname } from "node:os";
import { join } from "node:path";
import { CARRIER_ORIGIN, CARRIER_SCHEME, settingNameProblems } from "@truebound/wire";
import { isSame } from "./interval-source/interval-sources.ts";
import { parseSource, type Source } from "./probe/source.ts";
import { NO_PROXY, type ProxySettings, proxySettings, proxyVariables } from "./proxy/proxy-settings.ts";
import { PUBLISH_NOTHING, type PublishSettings, publishSettings } from "./publish/publish-settings.ts";
import { NO_PEERS, type PeerSettings, peerSettings } from "./responder/peer-settings.ts";

/** What the agent is told by its environment. Read once; every field has a unit, a range and a default. */
export interface Config {
  readonly dataDir: string;
  /** null = unenrolled: measures and says so, reports to nobody. */
  readonly server: URL | null;
  readonly tokenFile: string | null;
  /** Pins of the server's TLS keys, for who comes without a join token that names them. */
  readonly serverPins: readonly string[];
  /** Through which the server is reached, if through any. */
  readonly proxy: ProxySettings;
  /** True for a token that others will use too: it is left where it is after enrolment. */
  readonly keepTokenFile: boolean;
  readonly name: string;
  readonly labels: Record<string, string>;
  /** null = what the host already uses. */
  readonly sources: readonly Source[] | null;
  /** Seconds, 1 to 3600; null = the policy's. */
  readonly probeIntervalS: number | null;
  /** null = the policy's. */
  readonly rhoPpb: number | null;
  readonly faults: number | null;
  /** Only authenticated sources count; null = as the policy says. */
  readonly authenticated: "required" | null;
  /** Sources whose error is declared, by id, that count beside those of the policy. */
  readonly declared?: readonly string[];
  /** A network card's stamps are taken where it stamps by itself. */
  readonly hardwareStamps: boolean;
  /** PEM; authorities for NTS beside the public ones. Null = those alone. */
  readonly ntsCaFile: string | null;
  /** Faults may be rehearsed in what this host measures. */
  readonly rehearsals: boolean;
  /** Its part in a mesh, where the policy gives it one. */
  readonly peers: PeerSettings;
  /** What it tells on its own machine. */
  readonly publish: PublishSettings;
  /** A leap list of its own, for a demo host; no setting names one: real hosts have it from the server. */
  readonly leapList?: string;
}

export type Environment = Readonly<Record<string, string | undefined>>;

export class ConfigError extends Error {
  readonly exitCode: number = 78;
}

/** It passes by itself (EX_TEMPFAIL of sysexits.h): whoever starts the agent may start it again. */
export class PassingError extends ConfigError {
  override readonly exitCode = 75;
}

/** Reads the whole environment and reports everything that is wrong with it at once. */
export function readConfig(env: Environment): Config {
  const problems: string[] = settingNameProblems(Object.keys(env));
  const take = <T>(value: T | Problem): T | null => {
    if (!(value instanceof Problem)) return value;
    problems.push(value.text);
    return null;
  };
  const config: Config = {
    dataDir: env.TRUEBOUND_AGENT_DATA_DIR ?? join(env.TRUEBOUND_DATA_DIR ?? defaultDataDir(env), "agent"),
    server: take(serverUrl(env.TRUEBOUND_SERVER_URL)),
    tokenFile: env.TRUEBOUND_TOKEN_FILE || null,
    serverPins: take(pins(env.TRUEBOUND_SERVER_PINS)) ?? [],
    proxy: take(proxy(env)) ?? NO_PROXY,
    keepTokenFile: false,
    name: take(hostName(env.TRUEBOUND_HOST_NAME ?? hostname())) ?? "",
    labels: take(labels(env.TRUEBOUND_LABELS)) ?? {},
    sources: take(sources(env.TRUEBOUND_SOURCES)),
    probeIntervalS: take(duration("TRUEBOUND_PROBE_INTERVAL", env.TRUEBOUND_PROBE_INTERVAL, 1, 3600)),
    rhoPpb: take(integer("TRUEBOUND_RHO_PPB", env.TRUEBOUND_RHO_PPB, 1_000, 1_000_000)),
    faults: take(integer("TRUEBOUND_FAULTS", env.TRUEBOUND_FAULTS, 0, 10)),
    authenticated: take(requirement(env.TRUEBOUND_AUTHENTICATED)),
    declared: take(declared(env.TRUEBOUND_DECLARED)) ?? [],
    hardwareStamps: take(hardwareStamps(env.TRUEBOUND_HARDWARE_STAMPS)) ?? true,
    ntsCaFile: env.TRUEBOUND_NTS_CA_FILE || null,
    rehearsals: take(flag("TRUEBOUND_REHEARSALS", env.TRUEBOUND_REHEARSALS)) ?? false,
    peers: take(peers(env)) ?? NO_PEERS,
    publish: take(publish(env)) ?? PUBLISH_NOTHING,
  };
  if (problems.length > 0) throw new ConfigError(problems.join("\n"));
  return Object.freeze(config);
}

class Problem {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

function defaultDataDir(env: Environment): string {
  if (process.getuid?.() === 0) return "/var/lib/truebound";
  return join(env.XDG_STATE_HOME ?? join(env.HOME ?? ".", ".local/state"), "truebound");
}

function serverUrl(text: string | undefined): URL | null | Problem {
  if (text === undefined || text === "") return null;
  const url = parseServer(text);
  return typeof url === "string" ? new Problem(`Cannot use TRUEBOUND_SERVER_URL "${text}": ${url}`) : url;
}

/** Where reports go, or why not there: plain HTTP never leaves this machine. `carrier`: to nowhere, but into files. */
export function parseServer(text: string): URL | string {
  if (text === CARRIER_SCHEME) return new URL(CARRIER_ORIGIN);
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !["http:", "https:"].includes(url.protocol) || url.pathname !== "/")
    return "write https://host:8125, or http://127.0.0.1:8125 for a server on this machine";
  if (url.protocol === "http:" && !["127.0.0.1", "localhost", "[::1]"].includes(url.hostname))
    return "without TLS the server must be on this machine (127.0.0.1, localhost or [::1]); write https://";
  return url;
}

function pins(text: string | undefined): readonly string[] | Problem {
  const all = (text ?? "").split(",").filter((pin) => pin.trim() !== "");
  const wrong = all.find((pin) => !/^[A-Za-z0-9_-]{43}$/.test(pin.trim()));
  if (wrong !== undefined)
    return new Problem(`Cannot use "${wrong}" of TRUEBOUND_SERVER_PINS: a pin is the SHA-256 of a public key, 43 characters of base64url`);
  return all.map((pin) => pin.trim());
}

function hostName(name: string): string | Problem {
  return /^[\u0020-\u007e\u00a0-\ud7ff\ue000-\ufffd]{1,255}$/.test(name)
    ? name
    : new Problem("Cannot use TRUEBOUND_HOST_NAME: it must be 1 to 255 printable characters");
}

function labels(text: string | undefined): Record<string, string> | Problem {
  const found: Record<string, string> = {};
  for (const pair of (text ?? "").split(",").filter((one) => one.trim() !== "")) {
    const match = /^\s*([a-zA-Z_][a-zA-Z0-9_]{0,62})=([\u0020-\u007e]{1,200})$/.exec(pair);
    if (match === null) return new Problem(`Cannot read label "${pair}" of TRUEBOUND_LABELS: write name=value,name=value`);
    found[match[1] as string] = match[2] as string;
  }
  return found;
}

function sources(text: string | undefined): readonly Source[] | null | Problem {
  if (text === undefined || text.trim() === "") return null;
  const parsed = text
    .split(",")
    .filter((one) => one.trim() !== "")
    .map((one) => parseSource(one));
  const wrong = parsed.filter((one) => typeof one === "string");
  if (wrong.length > 0) return new Problem(`${wrong.join("; ")} (TRUEBOUND_SOURCES)`);
  const good = parsed.filter((one) => typeof one !== "string");
  if (good.length > 31) return new Problem(`Cannot use ${good.length} sources of TRUEBOUND_SOURCES: 31 at most`);
  const other = good.find((one) => good.some((source) => source.id === one.id && !isSame(source, one)));
  if (other !== undefined)
    return new Problem(`Cannot tell two sources of TRUEBOUND_SOURCES apart that are both ${other.id}: give each a name= of its own`);
  return [...new Map(good.map((source) => [source.id, source])).values()];
}

function declared(text: string | undefined): readonly string[] | Problem {
  const ids = (text ?? "").split(",").flatMap((id) => (id.trim() === "" ? [] : [id.trim()]));
  const wrong = ids.find((id) => !/^(ptp|phc|external):[!-~]{1,240}$/.test(id));
  if (wrong !== undefined)
    return new Problem(
      `Cannot use "${wrong}" of TRUEBOUND_DECLARED: write the id of a source of kind ptp, phc or external, e.g. external:gps`,
    );
  if (ids.length > 16) return new Problem(`Cannot use ${ids.length} sources of TRUEBOUND_DECLARED: 16 at most`);
  return [...new Set(ids)];
}

function proxy(env: Environment): ProxySettings | Problem {
  const read = proxySettings(proxyVariables(env));
  return typeof read === "string" ? new Problem(read) : read;
}

function peers({ TRUEBOUND_PEERS, TRUEBOUND_PEER_LISTEN, TRUEBOUND_PEER_ADDRESS }: Environment): PeerSettings | Problem {
  const read = peerSettings({ TRUEBOUND_PEERS, TRUEBOUND_PEER_LISTEN, TRUEBOUND_PEER_ADDRESS }, isIP);
  return Array.isArray(read) ? new Problem(read.join("\n")) : read;
}

function publish(env: Environment): PublishSettings | Problem {
  const { TRUEBOUND_AGENT_HTTP_PORT, TRUEBOUND_AGENT_HTTP_ADDRESS, TRUEBOUND_AGENT_TLS_CERT_FILE, TRUEBOUND_AGENT_TLS_KEY_FILE } = env;
  const {
    TRUEBOUND_AGENT_SOCKET,
    TRUEBOUND_TEXTFILE,
    TRUEBOUND_CHRONY_METRICS,
    TRUEBOUND_SEGMENT,
    TRUEBOUND_CLOCKBOUND_DIR,
    TRUEBOUND_CLOCKBOUND_LIMIT,
  } = env;
  // Where systemd made the agent a folder on its tmpfs, the segment lies there; of several, the first is its own.
  const runtime = env.RUNTIME_DIRECTORY?.split(":")[0] || null;
  const read = publishSettings(
    {
      TRUEBOUND_AGENT_HTTP_PORT,
      TRUEBOUND_AGENT_HTTP_ADDRESS,
      TRUEBOUND_AGENT_TLS_CERT_FILE,
      TRUEBOUND_AGENT_TLS_KEY_FILE,
      TRUEBOUND_AGENT_SOCKET,
      TRUEBOUND_TEXTFILE,
      TRUEBOUND_CHRONY_METRICS,
      TRUEBOUND_SEGMENT: TRUEBOUND_SEGMENT || (runtime === null ? undefined : join(runtime, "segment")),
      TRUEBOUND_CLOCKBOUND_DIR,
      TRUEBOUND_CLOCKBOUND_LIMIT,
    },
    (text) => isIP(text) > 0,
  );
  return Array.isArray(read) ? new Problem(read.join("\n")) : read;
}

const UNIT_SECONDS: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3600 };

function duration(name: string, text: string | undefined, least: number, most: number): number | null | Problem {
  if (text === undefined || text === "") return null;
  const seconds = parseDuration(text);
  if (seconds === null || seconds < least || seconds > most)
    return new Problem(`Cannot use ${name}=${text}: write a number with its unit between ${least}s and ${most}s, e.g. 16s`);
  return seconds;
}

/** "16s", "500ms", "1m", "2h" in seconds; a number without its unit is no duration. */
export function parseDuration(text: string): number | null {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(text.trim());
  return match === null ? null : Number(match[1]) * (UNIT_SECONDS[match[2] as string] as number);
}

function requirement(text: string | undefined): "required" | null | Problem {
  if (text === undefined || text === "") return null;
  return text === "required"
    ? text
    : new Problem(`Cannot use TRUEBOUND_AUTHENTICATED=${text}: write required to let only authenticated sources count, or nothing`);
}

function hardwareStamps(text: string | undefined): boolean | Problem {
  if (text === undefined || text === "" || text === "auto") return true;
  return text === "off"
    ? false
    : new Problem(`Cannot use TRUEBOUND_HARDWARE_STAMPS=${text}: write auto to take a card's stamps where they are on, or off`);
}

function flag(name: string, text: string | undefined): boolean | Problem {
  if (text === undefined || text === "" || text === "0") return false;
  return text === "1" ? true : new Problem(`Cannot use ${name}=${text}: write 1 to allow it, or 0`);
}

function integer(name: string, text: string | undefined, least: number, most: number): number | null | Problem {
  if (text === undefined || text === "") return null;
  const value = Number(text);
  if (!Number.isInteger(value) || value < least || value > most)
    return new Problem(`Cannot use ${name}=${text}: it must be a whole number from ${least} to ${most}`);
  return value;
}

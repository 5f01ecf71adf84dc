/** What a host tells on its own machine, beside its reports. */
export interface PublishSettings {
  /** 0 = no listener. */
  readonly port: number;
  /** Numeric. */
  readonly address: string;
  /** Absent on the loopback only. */
  readonly tls: { readonly certFile: string; readonly keyFile: string } | null;
  /** A Unix socket that answers the same as the port; null = none. */
  readonly socket: string | null;
  /** A file for node_exporter's textfile collector; null = none. */
  readonly textfile: string | null;
  /** chrony_exporter's names beside ours. */
  readonly chrony: boolean;
  /** The file that applications read; null = none. */
  readonly segment: string | null;
  /** Where clients of ClockBound are told, and up to which error they are told synchronized in holdover; null = nowhere, or never. */
  readonly clockBound: { readonly folder: string; readonly limitNs: bigint | null } | null;
}

export const PUBLISH_NOTHING: PublishSettings = {
  port: 0,
  address: "127.0.0.1",
  tls: null,
  socket: null,
  textfile: null,
  chrony: false,
  segment: null,
  clockBound: null,
};

const DEFAULT_PORT = 8124;

type Words = Readonly<
  Record<
    | "TRUEBOUND_AGENT_HTTP_PORT"
    | "TRUEBOUND_AGENT_HTTP_ADDRESS"
    | "TRUEBOUND_AGENT_TLS_CERT_FILE"
    | "TRUEBOUND_AGENT_TLS_KEY_FILE"
    | "TRUEBOUND_AGENT_SOCKET"
    | "TRUEBOUND_TEXTFILE"
    | "TRUEBOUND_CHRONY_METRICS"
    | "TRUEBOUND_SEGMENT"
    | "TRUEBOUND_CLOCKBOUND_DIR"
    | "TRUEBOUND_CLOCKBOUND_LIMIT",
    string | undefined
  >
>;

/** The settings, or all that is wrong with them. `isAddress` is true for a numeric address. */
export function publishSettings(words: Words, isAddress: (text: string) => boolean): PublishSettings | string[] {
  const tls = tlsFiles(words.TRUEBOUND_AGENT_TLS_CERT_FILE, words.TRUEBOUND_AGENT_TLS_KEY_FILE);
  const parts = [
    portOf(words.TRUEBOUND_AGENT_HTTP_PORT),
    addressOf(words.TRUEBOUND_AGENT_HTTP_ADDRESS, tls !== null, isAddress),
    tls,
    socketOf(words.TRUEBOUND_AGENT_SOCKET),
    textfileOf(words.TRUEBOUND_TEXTFILE),
    yesOrNo(words.TRUEBOUND_CHRONY_METRICS),
    segmentOf(words.TRUEBOUND_SEGMENT),
    clockBoundOf(words.TRUEBOUND_CLOCKBOUND_DIR, words.TRUEBOUND_CLOCKBOUND_LIMIT),
  ] as const;
  const problems = parts.flatMap((part) => (part instanceof Trouble ? [part.text] : []));
  if (problems.length > 0) return problems;
  const [port, address, files, socket, textfile, chrony, segment, clockBound] = parts as Fine<typeof parts>;
  return { port, address, tls: files, socket, textfile, chrony, segment, clockBound };
}

/** What is wrong with a setting, where a text may be right as well. */
class Trouble {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}
type Fine<T extends readonly unknown[]> = { [K in keyof T]: Exclude<T[K], Trouble> };

function portOf(text: string | undefined): number | Trouble {
  if (text === undefined || text === "") return DEFAULT_PORT;
  const port = Number(text);
  return /^\d{1,5}$/.test(text) && port <= 65_535
    ? port
    : new Trouble(`Cannot use TRUEBOUND_AGENT_HTTP_PORT=${text}: write a port from 1 to 65535, or 0 for none`);
}

export const isLoopback = (address: string): boolean => address === "::1" || address.startsWith("127.");

function addressOf(text: string | undefined, hasTls: boolean, isAddress: (text: string) => boolean): string | Trouble {
  if (text === undefined || text === "") return "127.0.0.1";
  if (!isAddress(text)) return new Trouble(`Cannot use TRUEBOUND_AGENT_HTTP_ADDRESS=${text}: write a numeric address of this host`);
  if (isLoopback(text) || hasTls) return text;
  return new Trouble(
    `Cannot use TRUEBOUND_AGENT_HTTP_ADDRESS=${text} without TLS: set TRUEBOUND_AGENT_TLS_CERT_FILE and TRUEBOUND_AGENT_TLS_KEY_FILE too, or leave it at 127.0.0.1`,
  );
}

function tlsFiles(certFile: string | undefined, keyFile: string | undefined): PublishSettings["tls"] | Trouble {
  if (!certFile && !keyFile) return null;
  if (certFile && keyFile) return { certFile, keyFile };
  const [has, lacks] = certFile ? ["CERT", "KEY"] : ["KEY", "CERT"];
  return new Trouble(`Cannot use TRUEBOUND_AGENT_TLS_${has}_FILE alone: set TRUEBOUND_AGENT_TLS_${lacks}_FILE too`);
}

/** sun_path holds 108 bytes with the zero at its end. */
const LONGEST_PATH = 107;

function socketOf(path: string | undefined): string | null | Trouble {
  if (path === undefined || path === "") return null;
  return /^\/[\x21-\x7e]*[^/]$/.test(path) && path.length <= LONGEST_PATH
    ? path
    : new Trouble(`Cannot use TRUEBOUND_AGENT_SOCKET=${path}: write an absolute path of at most ${LONGEST_PATH} printable characters`);
}

function textfileOf(path: string | undefined): string | null | Trouble {
  if (path === undefined || path === "") return null;
  return /^\/.*[^/]\.prom$/.test(path)
    ? path
    : new Trouble(`Cannot use TRUEBOUND_TEXTFILE=${path}: write an absolute path that ends in .prom, or node_exporter does not read it`);
}

function segmentOf(path: string | undefined): string | null | Trouble {
  if (path === undefined || path === "" || path === "none") return null;
  return /^\/.*[^/]$/.test(path) ? path : new Trouble(`Cannot use TRUEBOUND_SEGMENT=${path}: write an absolute path of a file, or none`);
}

function clockBoundOf(folder: string | undefined, limit: string | undefined): PublishSettings["clockBound"] | Trouble {
  const limitNs = limitOf(limit);
  if (limitNs instanceof Trouble) return limitNs;
  if (folder === undefined || folder === "" || folder === "none")
    return limitNs === null ? null : new Trouble("Cannot use TRUEBOUND_CLOCKBOUND_LIMIT alone: set TRUEBOUND_CLOCKBOUND_DIR too");
  return folder.startsWith("/")
    ? { folder, limitNs }
    : new Trouble(`Cannot use TRUEBOUND_CLOCKBOUND_DIR=${folder}: write an absolute path`);
}

const UNIT_NS: Readonly<Record<string, bigint>> = { us: 1_000n, ms: 1_000_000n, s: 1_000_000_000n };

function limitOf(text: string | undefined): bigint | null | Trouble {
  if (text === undefined || text === "") return null;
  const [, count = "", unit = ""] = /^(\d{1,9})(us|ms|s)$/.exec(text) ?? [];
  const ns = BigInt(count || "0") * (UNIT_NS[unit] ?? 0n);
  return ns > 0n && ns <= 1_000_000_000n
    ? ns
    : new Trouble(`Cannot use TRUEBOUND_CLOCKBOUND_LIMIT=${text}: write a whole number with its unit from 1us to 1s, e.g. 5ms`);
}

function yesOrNo(text: string | undefined): boolean | Trouble {
  if (text === undefined || text === "" || text === "0") return false;
  return text === "1" ? true : new Trouble(`Cannot use TRUEBOUND_CHRONY_METRICS=${text}: write 1, or 0, which is the default`);
}

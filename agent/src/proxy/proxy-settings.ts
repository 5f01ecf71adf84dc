/** A proxy that speaks HTTP CONNECT: whoever it is, TLS and pins are the server's own, end to end. */
export interface ForwardProxy {
  readonly host: string;
  readonly port: number;
  /** Which setting names it. */
  readonly from: string;
  /** `user:password`; null = it is told none. */
  readonly credentials: Credentials | null;
}

/** Given in the address, or in a file that is read whenever the proxy is dialled. */
export type Credentials = { readonly kind: "given"; readonly text: string } | { readonly kind: "file"; readonly path: string };

export type ProxySettings =
  | { readonly kind: "none" }
  /** Told to this agent: for whatever server it reports to. */
  | { readonly kind: "told"; readonly proxy: ForwardProxy }
  /** Told to every program: unless `except` names the server. */
  | { readonly kind: "common"; readonly proxy: ForwardProxy; readonly except: readonly string[] };

export const NO_PROXY: ProxySettings = { kind: "none" };

type Settings = Readonly<Record<"TRUEBOUND_PROXY" | "TRUEBOUND_PROXY_CREDENTIALS_FILE" | "HTTPS_PROXY" | "NO_PROXY", string | undefined>>;

/** Small letters win, as with curl: no CGI can set them. */
export const proxyVariables = (env: Readonly<Record<string, string | undefined>>): Settings => ({
  TRUEBOUND_PROXY: env.TRUEBOUND_PROXY,
  TRUEBOUND_PROXY_CREDENTIALS_FILE: env.TRUEBOUND_PROXY_CREDENTIALS_FILE,
  HTTPS_PROXY: env.https_proxy || env.HTTPS_PROXY,
  NO_PROXY: env.no_proxy || env.NO_PROXY,
});

/** The settings, or what is wrong with them. */
export function proxySettings(set: Settings): ProxySettings | string {
  const path = set.TRUEBOUND_PROXY_CREDENTIALS_FILE || null;
  const file: Credentials | null = path === null ? null : { kind: "file", path };
  const own = set.TRUEBOUND_PROXY || null;
  if (own === "none") return NO_PROXY;
  const name = own === null ? "HTTPS_PROXY" : "TRUEBOUND_PROXY";
  const text = own ?? (set.HTTPS_PROXY || null);
  if (text === null) return path === null ? NO_PROXY : "Cannot use TRUEBOUND_PROXY_CREDENTIALS_FILE without a proxy: set TRUEBOUND_PROXY";
  const read = parseProxy(text);
  // Its value may hold a password: never said again.
  if (typeof read === "string") return `Cannot use ${name}: ${read}`;
  if (read.userinfo !== null && own !== null)
    return "Cannot use TRUEBOUND_PROXY with a password in it: write user:password into a file, and name that in TRUEBOUND_PROXY_CREDENTIALS_FILE";
  const given: Credentials | null = read.userinfo === null ? null : { kind: "given", text: read.userinfo };
  const proxy = { host: read.host, port: read.port, from: name, credentials: file ?? given };
  return own === null ? { kind: "common", proxy, except: exceptions(set.NO_PROXY) } : { kind: "told", proxy };
}

interface Address {
  readonly host: string;
  readonly port: number;
  readonly userinfo: string | null;
}

const WANTED = "write http://HOST:PORT, or none";

function parseProxy(text: string): Address | string {
  const whole = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`;
  if (!URL.canParse(whole)) return WANTED;
  const { protocol, hostname, port, pathname, search, hash, username, password } = new URL(whole);
  if (protocol !== "http:")
    return `a proxy is reached by plain HTTP here, not by ${protocol}//; TLS to the server goes through it; ${WANTED}`;
  if (hostname === "" || pathname !== "/" || search !== "" || hash !== "") return WANTED;
  const userinfo = decoded(username === "" && password === "" ? null : `${username}:${password}`);
  if (userinfo === undefined) return "its user and password are no percent-encoded text";
  return { host: hostname.replace(/^\[|\]$/g, ""), port: port === "" ? 80 : Number(port), userinfo };
}

/** Undefined = it is none. */
function decoded(text: string | null): string | null | undefined {
  try {
    return text === null ? null : decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

const exceptions = (text: string | undefined): string[] =>
  (text ?? "")
    .split(/[\s,]+/)
    .map((one) => one.toLowerCase())
    .filter((one) => one !== "");

/**
 * The proxy on the way to this server; null = it is dialled itself. Plain HTTP is for this machine alone, so no proxy is
 * asked for it; and what all programs are told is not meant for the loopback, as in Go.
 */
export function proxyTo(server: URL, settings: ProxySettings): ForwardProxy | null {
  if (settings.kind === "none" || server.protocol !== "https:") return null;
  if (settings.kind === "told") return settings.proxy;
  return isLoopback(server.hostname) || settings.except.some((rule) => covers(rule, server)) ? null : settings.proxy;
}

const isLoopback = (host: string): boolean => host === "localhost" || host === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(host);

/** `*`, a host and all names below it, with or without a leading dot, or one of these with a port. Blocks of addresses are not read. */
function covers(rule: string, server: URL): boolean {
  if (rule === "*") return true;
  const [, host = "", port] = /^(\[[0-9a-f:.]+\]|[0-9a-f]*:[0-9a-f.]*:[0-9a-f:.]*|[^:]*)(?::(\d{1,5}))?$/.exec(rule) ?? [];
  if (port !== undefined && port !== (server.port || "443")) return false;
  const name = host.replace(/^\*?\./, "");
  const bare = server.hostname.replace(/^\[|\]$/g, "");
  return name !== "" && (bare === name.replace(/^\[|\]$/g, "") || bare.endsWith(`.${name}`));
}

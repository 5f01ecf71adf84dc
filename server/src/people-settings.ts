import { ROLES, type Role } from "@truebound/wire";

/** How people reach the page and its API, and whether they sign in. */
export interface PeopleSettings {
  /** Of the listener. */
  readonly host: string;
  /** Null = it speaks plain HTTP. Absolute. */
  readonly tls: { readonly certFile: string; readonly keyFile: string } | null;
  /** A proxy that was declared terminates TLS before it. */
  readonly tlsProxy: boolean;
  /** As people reach it, without a path; null = on the loopback. */
  readonly publicUrl: string | null;
  readonly signIn: boolean;
  /** Null = nobody signs in by a provider. */
  readonly oidc: OidcSettings | null;
}

/** A provider of OpenID Connect, and what its groups may do here. */
export interface OidcSettings {
  readonly issuer: string;
  readonly clientId: string;
  /** Absolute; null = the client has none (PKCE alone). */
  readonly secretFile: string | null;
  /** Name of the claim that lists groups. */
  readonly groupsClaim: string;
  readonly roles: readonly { readonly group: string; readonly role: Role }[];
  /** On the button. */
  readonly name: string;
}

type Report = (why: string) => null;
type Environment = Readonly<Record<string, string | undefined>>;

const LOOPBACK = new Set(["127.0.0.1", "localhost", "::1"]);

/** Off the loopback it takes TLS, sign-in, and the address by which people come: without one of them there is no answer here but a problem. */
export function readPeople(path: (name: string) => string | null, environment: Environment, report: Report): PeopleSettings | null {
  const host = (environment.TRUEBOUND_HTTP_HOST || "127.0.0.1").replace(/^\[|\]$/g, "");
  if (!/^[A-Za-z0-9.:-]{1,253}$/.test(host))
    return report(
      `Cannot use TRUEBOUND_HTTP_HOST: ${JSON.stringify(host)} is no address; write 127.0.0.1, 0.0.0.0, :: or one of this machine`,
    );
  const [certFile, keyFile] = [path("TRUEBOUND_HTTP_TLS_CERT_FILE"), path("TRUEBOUND_HTTP_TLS_KEY_FILE")];
  if ((certFile === null) !== (keyFile === null))
    return report("Cannot serve TLS by one of TRUEBOUND_HTTP_TLS_CERT_FILE and TRUEBOUND_HTTP_TLS_KEY_FILE: set both, or neither");
  const tlsProxy = readFlag("TRUEBOUND_HTTP_TLS_PROXY", environment, report);
  const signIn = readSwitch(environment.TRUEBOUND_SIGN_IN, report);
  const publicUrl = readPublicUrl(environment.TRUEBOUND_PUBLIC_URL, report);
  if (tlsProxy === null || signIn === null || publicUrl === undefined) return null;
  const tls = certFile === null || keyFile === null ? null : { certFile, keyFile };
  const isLocal = LOOPBACK.has(host) && publicUrl === null && !tlsProxy;
  const oidc = readOidc(path, environment, report);
  if (oidc === undefined) return null;
  const settings = { host, tls, tlsProxy, publicUrl, signIn: signIn ?? (!isLocal || oidc !== null), oidc };
  const missing = isLocal ? null : missingFor(settings);
  if (oidc !== null && !settings.signIn) return report("Cannot use a provider without sign-in: take TRUEBOUND_SIGN_IN=off away");
  return missing === null ? Object.freeze(settings) : report(missing);
}

/** Of a page that people reach from elsewhere. */
function missingFor({ host, tls, tlsProxy, publicUrl, signIn }: PeopleSettings): string | null {
  const where = LOOPBACK.has(host) ? "a page that people reach through a proxy" : `TRUEBOUND_HTTP_HOST=${host}, off the loopback,`;
  if (!signIn) return `Cannot serve ${where} without sign-in: take TRUEBOUND_SIGN_IN=off away`;
  if (tls === null && !tlsProxy)
    return `Cannot serve ${where} without TLS: set TRUEBOUND_HTTP_TLS_CERT_FILE and TRUEBOUND_HTTP_TLS_KEY_FILE, or TRUEBOUND_HTTP_TLS_PROXY=1 where a proxy terminates it`;
  if (publicUrl === null)
    return `Cannot serve ${where} without TRUEBOUND_PUBLIC_URL: set it to the address by which people come, such as https://truebound.example.net`;
  return publicUrl.startsWith("https:") ? null : `Cannot use TRUEBOUND_PUBLIC_URL: ${publicUrl} is not https://`;
}

/** Undefined = it was reported. */
function readPublicUrl(text: string | undefined, report: Report): string | null | undefined {
  if (!text) return null;
  const url = URL.canParse(text) ? new URL(text) : null;
  const isOrigin =
    url !== null && /^https?:$/.test(url.protocol) && url.pathname === "/" && `${url.search}${url.hash}${url.username}` === "";
  if (isOrigin) return url.origin;
  report(`Cannot use TRUEBOUND_PUBLIC_URL: ${JSON.stringify(text)} is no https:// address without a path`);
  return undefined;
}

/** Undefined = nothing was said; null = it was reported. */
function readSwitch(text: string | undefined, report: Report): boolean | undefined | null {
  if (!text) return undefined;
  if (text === "on" || text === "off") return text === "on";
  return report(`Cannot use TRUEBOUND_SIGN_IN: ${JSON.stringify(text)} is neither on nor off`);
}

function readFlag(name: string, environment: Environment, report: Report): boolean | null {
  const text = environment[name];
  if (text !== undefined && !["", "0", "1"].includes(text)) return report(`Cannot use ${name}: ${JSON.stringify(text)} is neither 1 nor 0`);
  return text === "1";
}

const OIDC = ["TRUEBOUND_OIDC_ISSUER", "TRUEBOUND_OIDC_CLIENT_ID", "TRUEBOUND_OIDC_ROLES"] as const;

/** Undefined = it was reported. */
function readOidc(path: (name: string) => string | null, environment: Environment, report: Report): OidcSettings | null | undefined {
  const missing = OIDC.filter((name) => !environment[name]);
  if (missing.length === OIDC.length) return null;
  const [issuer = "", clientId = "", said = ""] = OIDC.map((name) => environment[name]);
  const problem =
    missing.length > 0
      ? `Cannot use a provider without ${missing.join(" and ")}: set ${OIDC.join(", ")}, or none of them`
      : (issuerTrouble(issuer) ?? rolesTrouble(said));
  if (problem !== null) {
    report(problem);
    return undefined;
  }
  const { TRUEBOUND_OIDC_GROUPS_CLAIM: claim, TRUEBOUND_OIDC_NAME: name } = environment;
  return {
    issuer,
    clientId,
    secretFile: path("TRUEBOUND_OIDC_CLIENT_SECRET_FILE"),
    groupsClaim: claim || "groups",
    roles: rolesOf(said),
    name: name || new URL(issuer).hostname,
  };
}

/** What it says is believed, so it must be the one that was meant. */
function issuerTrouble(issuer: string): string | null {
  const url = URL.canParse(issuer) ? new URL(issuer) : null;
  const isSafe = url?.protocol === "https:" || (url?.protocol === "http:" && LOOPBACK.has(url.hostname.replace(/^\[|\]$/g, "")));
  return isSafe ? null : `Cannot use TRUEBOUND_OIDC_ISSUER: ${JSON.stringify(issuer)} is no https:// address`;
}

function rolesTrouble(said: string): string | null {
  const odd = pairsOf(said).find(([group, role]) => group === "" || !ROLES.some((one) => one === role));
  return odd === undefined
    ? null
    : `Cannot use TRUEBOUND_OIDC_ROLES: ${JSON.stringify(odd.join("="))} is not of the form group=${ROLES.join("|")}`;
}

const rolesOf = (said: string): OidcSettings["roles"] =>
  pairsOf(said).flatMap(([group, word]) => ROLES.filter((role) => role === word).map((role) => ({ group, role })));

/** A group may have an equals sign in its name, as those of LDAP do. */
const pairsOf = (said: string): [group: string, role: string][] =>
  said.split(",").map((pair) => {
    const at = pair.lastIndexOf("=");
    return [pair.slice(0, Math.max(0, at)).trim(), pair.slice(at + 1).trim()];
  });

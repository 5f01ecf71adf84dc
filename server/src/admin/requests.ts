import { readOptions } from "@truebound/wire";
import type { LabelSet } from "../policy/choose-policy.ts";
import { ADMIN_SETTINGS } from "../usage.ts";
import type { EvidenceRequest } from "./evidence-requests.ts";
import type { HoldRequest } from "./hold-requests.ts";
import { labelsOf } from "./labels.ts";
import type { MeshRequest } from "./mesh-requests.ts";
import type { TargetRequest } from "./target-requests.ts";
import { noVerb } from "./verbs.ts";

/** What `truebound token …` and the other words for what is in the database ask for. */
export type AdminRequest =
  | {
      readonly do: "create_token";
      readonly uses: number;
      readonly ttlSeconds: number;
      readonly labels: LabelSet;
      readonly namePattern: string | null;
      readonly approval: boolean;
      /** null = hosts that join with it stay. */
      readonly ephemeralHours: number | null;
      /** null = as this server's own settings say. */
      readonly server: string | null;
      readonly json: boolean;
    }
  | { readonly do: "list_tokens"; readonly json: boolean }
  | { readonly do: "revoke_token"; readonly id: string }
  | { readonly do: "list_hosts"; readonly json: boolean }
  | { readonly do: "set_host"; readonly host: string; readonly to: HostChange }
  | { readonly do: "clear_clone"; readonly host: string }
  | { readonly do: "rotate_key"; readonly host: string }
  | HoldRequest
  | EvidenceRequest
  | MeshRequest
  | TargetRequest;

/** What a person may make of a host, and the word for it on the command line. */
export type HostChange = "approve" | "suspend" | "resume" | "revoke";
/** Not a state: it forgets that somebody else reported by the host's key. */
export const CLEAR_CLONE = "clear-clone";
/** The host gets another key. */
export const ROTATE = "rotate";
const HOST_CHANGES: readonly HostChange[] = ["approve", "suspend", "resume", "revoke"];

export const TOKEN_USAGE = `usage: truebound token create [--uses 1] [--ttl 10m] [--label name=value]… [--name PATTERN] [--approval]
                              [--ephemeral [HOURS]] [--server URL] [--json]
       truebound token list [--json]
       truebound token revoke ID
  A join token lets hosts in: so many, for so long by the database's clock, and only within what it says.
  --uses N                 how many hosts (1)
  --ttl SPAN               for how long: 1s to 24h (10m)
  --label name=value       a label that its hosts carry whatever they say; may be given several times (none)
  --name PATTERN           only names like this, * stands for any run of characters (any name)
  --approval               each waits for truebound host approve (off)
  --ephemeral [HOURS]      hosts are retired when their agent stops, or after HOURS of silence, and their names are free
                           again (off; HOURS 24)
  --server URL             where agents report (by TRUEBOUND_LISTEN)
  --json                   create: token and id as JSON; list: everything as JSON (off)
  create prints the token and nothing else: put it into a file for truebound-agent enroll. Only its hash is kept. Its id, by
  which it is revoked, is printed on standard error.
${ADMIN_SETTINGS}
  TRUEBOUND_LISTEN, TRUEBOUND_TLS_CERT_FILE, TRUEBOUND_TLS_KEY_FILE   as the server has them: address and pin in the token
example: truebound token create --name 'web-*' --uses 20 --ttl 2h --server https://10.0.0.5:8125 > join.token`;

export const HOST_USAGE = `usage: truebound host list [--json]
       truebound host approve|suspend|resume|revoke|rotate|clear-clone HOST
  HOST is an id or a name. approve lets in a host that waits. suspend refuses a host's reports until resume; revoke refuses
  them for good. rotate has its agent make itself another key; the old one is refused from the first report by the new one on.
  clear-clone forgets that somebody else reported by a host's key, once the copy is gone.
  --json                   list: as JSON (off)
${ADMIN_SETTINGS}
example: truebound host approve web-1`;

export function parseToken([what, ...rest]: readonly string[]): AdminRequest | string {
  switch (what) {
    case "create":
      return parseCreate(rest);
    case "list":
      return parseList("list_tokens", rest);
    case "revoke":
      return one(rest, "the id of a token, as truebound token list shows it", (id) =>
        /^[0-9a-f]{8,64}$/.test(id) ? { do: "revoke_token", id } : `Cannot revoke ${JSON.stringify(id)}: an id is 8 or more hex digits`,
      );
    default:
      return noVerb(what, "tokens", ["create", "list", "revoke"]);
  }
}

export function parseHost([what, ...rest]: readonly string[]): AdminRequest | string {
  if (what === "list") return parseList("list_hosts", rest);
  if (what === CLEAR_CLONE) return oneHost(rest, (host) => ({ do: "clear_clone", host }));
  if (what === ROTATE) return oneHost(rest, (host) => ({ do: "rotate_key", host }));
  const to = HOST_CHANGES.find((change) => change === what);
  if (to === undefined) return noVerb(what, "hosts", ["list", ...HOST_CHANGES, ROTATE, CLEAR_CLONE]);
  return oneHost(rest, (host) => ({ do: "set_host", host, to }));
}

const oneHost = (rest: readonly string[], request: (host: string) => AdminRequest): AdminRequest | string =>
  one(rest, "a host, by its id or name", request);

const CREATE = {
  uses: "text",
  ttl: "text",
  label: "list",
  name: "text",
  approval: "flag",
  ephemeral: "optional",
  server: "text",
  json: "flag",
} as const;
const MOST_USES = 100_000;

function parseCreate(args: readonly string[]): AdminRequest | string {
  const read = readOptions(args, CREATE);
  if (typeof read === "string") return read;
  const { values, words } = read;
  if (words[0] !== undefined) return `Cannot take ${JSON.stringify(words[0])}: token create takes no words`;
  const uses = Number(values.uses ?? "1");
  if (!Number.isInteger(uses) || uses < 1 || uses > MOST_USES) return `Cannot take --uses ${values.uses}: it must be 1 to ${MOST_USES}`;
  const ttlSeconds = secondsOf(values.ttl ?? "10m");
  if (ttlSeconds === null) return `Cannot take --ttl ${values.ttl}: write a span with its unit from 1s to 24h, e.g. 10m`;
  const labels = labelsOf(values.label ?? []);
  if (typeof labels === "string") return labels;
  const ephemeralHours = hoursOf(values.ephemeral);
  if (ephemeralHours === undefined)
    return `Cannot take --ephemeral ${values.ephemeral}: write whole hours from 1 to ${MOST_HOURS}, or none for ${DEFAULT_HOURS}`;
  if (values.server !== undefined && !isServer(values.server))
    return `Cannot take --server ${values.server}: write https://host:8125/, or http://127.0.0.1:8125/ for agents on this machine`;
  return {
    do: "create_token",
    uses,
    ttlSeconds,
    labels,
    namePattern: values.name ?? null,
    approval: values.approval ?? false,
    ephemeralHours,
    server: values.server ?? null,
    json: values.json ?? false,
  };
}

const UNIT_SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600 };

function secondsOf(text: string): number | null {
  const [, count, unit = ""] = /^(\d{1,5})([smh])$/.exec(text) ?? [];
  const seconds = count === undefined ? 0 : Number(count) * (UNIT_SECONDS[unit] as number);
  return seconds >= 1 && seconds <= 86_400 ? seconds : null;
}

const DEFAULT_HOURS = 24;
const MOST_HOURS = 8760;

/** null = it was not asked for; undefined = it cannot be read. */
function hoursOf(text: string | undefined): number | null | undefined {
  if (text === undefined) return null;
  const hours = text === "" ? DEFAULT_HOURS : /^\d{1,4}$/.test(text) ? Number(text) : 0;
  return hours >= 1 && hours <= MOST_HOURS ? hours : undefined;
}

const LOCAL = ["127.0.0.1", "localhost", "[::1]"];

/** Off this machine it takes TLS: whoever lets a host in is believed. */
export function isServer(text: string): boolean {
  const [, scheme, host = ""] = /^(https?):\/\/(\[[0-9a-fA-F:]+\]|[^/:\s]+)(?::\d{1,5})?\/?$/.exec(text) ?? [];
  return scheme === "https" || (scheme === "http" && LOCAL.includes(host));
}

function parseList(what: "list_tokens" | "list_hosts", args: readonly string[]): AdminRequest | string {
  const read = readOptions(args, { json: "flag" });
  if (typeof read === "string") return read;
  return read.words[0] === undefined
    ? { do: what, json: read.values.json ?? false }
    : `Cannot take ${JSON.stringify(read.words[0])}: list takes no words`;
}

function one(args: readonly string[], wanted: string, make: (word: string) => AdminRequest | string): AdminRequest | string {
  const read = readOptions(args, {});
  if (typeof read === "string") return read;
  const [word, odd] = read.words;
  if (word === undefined) return `Cannot do that without ${wanted}`;
  return odd === undefined ? make(word) : `Cannot take ${JSON.stringify(odd)}: one at a time`;
}

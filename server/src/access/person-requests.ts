import { type Grant, nearest, PERSON_NAME, ROLES, type Role, readOptions } from "@truebound/wire";
import { labelsOf } from "../admin/labels.ts";
import { noVerb } from "../admin/verbs.ts";
import { ADMIN_SETTINGS } from "../usage.ts";

/** What `truebound person …`, `api-token …` and `action …` ask for. */
export type PersonCommand =
  | { readonly do: "list_people"; readonly json: boolean }
  | { readonly do: "add_person"; readonly name: string; readonly grant: Grant; readonly json: boolean }
  /** Null = nothing any more. */
  | { readonly do: "grant"; readonly name: string; readonly grant: Grant | null }
  | { readonly do: "disable" | "enable" | "link" | "sign_out"; readonly name: string }
  | { readonly do: "list_tokens"; readonly json: boolean }
  | { readonly do: "add_token"; readonly name: string; readonly grant: Grant; readonly days: number | null; readonly json: boolean }
  | { readonly do: "revoke_token"; readonly id: string }
  | { readonly do: "list_actions"; readonly limit: number; readonly json: boolean };

export const PERSON_USAGE = `usage: truebound person list [--json]
       truebound person add NAME --role ROLE [--label name=value]… [--json]
       truebound person grant NAME --role ROLE [--label name=value]…
       truebound person revoke|disable|enable|link|sign-out NAME
  People who sign in to the page (docs/sign-in.md). add and link print a link that signs in once, within ten minutes: give it to
  nobody else. grant gives another role beside those that NAME has; revoke takes all of them. disable keeps a person out, and
  ends their sessions.
  --role ROLE              viewer sees; operator silences and acknowledges too; auditor makes reports and sees who did what;
                           admin does everything
  --label name=value       only over hosts with this label; may be given several times (the whole fleet)
  --json                   as JSON (off)
${ADMIN_SETTINGS}
  TRUEBOUND_PUBLIC_URL     as the server has it: where the link leads
example: truebound person add ada --role admin`;

export const API_TOKEN_USAGE = `usage: truebound api-token list [--json]
       truebound api-token create NAME --role ROLE [--label name=value]… [--days N] [--json]
       truebound api-token revoke ID
  Tokens by which programs ask the API: Authorization: Bearer tb_… . create prints the token and nothing else, this once; only its
  hash is kept.
  --role ROLE, --label     as truebound person --help has them
  --days N                 works for so many days, 1 to 3650 (90); 0 = until it is revoked
  --json                   as JSON (off)
${ADMIN_SETTINGS}
example: truebound api-token create prometheus --role viewer --days 365 > prometheus.token`;

export const ACTION_USAGE = `usage: truebound action list [--limit N] [--json]
  What people and programs changed, or tried to, the latest first; none of it can be altered.
  --limit N                so many, 1 to 1000 (50)
  --json                   as JSON (off)
${ADMIN_SETTINGS}
example: truebound action list --limit 20`;

const NAME = new RegExp(PERSON_NAME);
const PERSON_VERBS = { disable: "disable", enable: "enable", link: "link", "sign-out": "sign_out" } as const;

export function parsePerson([what, ...rest]: readonly string[]): PersonCommand | string {
  if (what === "list") return listing("list_people", rest);
  if (what === "add" || what === "grant") return granting(what, rest);
  if (what === "revoke") return named(rest, (name) => ({ do: "grant", name, grant: null }));
  const verb = Object.entries(PERSON_VERBS).find(([word]) => word === what)?.[1];
  if (verb === undefined) return noVerb(what, "people", ["list", "add", "grant", "revoke", ...Object.keys(PERSON_VERBS)]);
  return named(rest, (name) => ({ do: verb, name }));
}

export function parseApiToken([what, ...rest]: readonly string[]): PersonCommand | string {
  if (what === "list") return listing("list_tokens", rest);
  if (what === "create") return parseNewToken(rest);
  if (what !== "revoke") return noVerb(what, "API tokens", ["list", "create", "revoke"]);
  const [id, odd] = rest;
  return id === undefined || odd !== undefined
    ? "Cannot revoke without exactly one id, as truebound api-token list shows it"
    : { do: "revoke_token", id };
}

export function parseAction([what, ...rest]: readonly string[]): PersonCommand | string {
  if (what !== "list")
    return what === undefined
      ? "Cannot guess what to do with actions: say list"
      : `Cannot do ${JSON.stringify(what)} with actions: say list`;
  const read = readOptions(rest, { limit: "text", json: "flag" });
  if (typeof read === "string") return read;
  const limit = Number(read.values.limit ?? "50");
  if (read.words[0] !== undefined) return `Cannot take ${JSON.stringify(read.words[0])}: it takes no words`;
  if (!Number.isInteger(limit) || limit < 1 || limit > 1000) return `Cannot take --limit ${read.values.limit}: it must be 1 to 1000`;
  return { do: "list_actions", limit, json: read.values.json ?? false };
}

function listing(what: "list_people" | "list_tokens", args: readonly string[]): PersonCommand | string {
  const read = readOptions(args, { json: "flag" });
  if (typeof read === "string") return read;
  return read.words[0] === undefined
    ? { do: what, json: read.values.json ?? false }
    : `Cannot take ${JSON.stringify(read.words[0])}: it takes no words`;
}

function named(args: readonly string[], command: (name: string) => PersonCommand): PersonCommand | string {
  const [name, odd] = args;
  if (name === undefined || odd !== undefined) return "Cannot do that without exactly one name, as truebound person list shows it";
  return NAME.test(name) ? command(name) : noName(name);
}

const noName = (name: string): string =>
  `Cannot take the name ${JSON.stringify(name)}: write lower-case letters, digits and . _ @ + -, at most 120`;

function granting(what: "add" | "grant", args: readonly string[]): PersonCommand | string {
  const read = readOptions(args, { role: "text", label: "list", json: "flag" });
  if (typeof read === "string") return read;
  const grant = grantOf(read.values.role, read.values.label ?? []);
  if (typeof grant === "string") return grant;
  const json = read.values.json ?? false;
  return named(read.words, (name) => (what === "add" ? { do: "add_person", name, grant, json } : { do: "grant", name, grant }));
}

function grantOf(word: string | undefined, label: readonly string[]): Grant | string {
  const role = roleOf(word);
  if (role === null) return word === undefined ? `Cannot do that without --role: say ${ROLES.join(", ")}` : noRole(word);
  const labels = labelsOf(label);
  return typeof labels === "string" ? labels : { role, labels };
}

const roleOf = (word: string | undefined): Role | null => ROLES.find((role) => role === word) ?? null;
const noRole = (word: string): string => `Cannot take --role ${word}: did you mean ${nearest(word, ROLES)}? Say ${ROLES.join(", ")}`;

function parseNewToken(args: readonly string[]): PersonCommand | string {
  const read = readOptions(args, { role: "text", label: "list", days: "text", json: "flag" });
  if (typeof read === "string") return read;
  const [name, odd] = read.words;
  if (name === undefined || odd !== undefined || !/^[\x20-\x7e]{1,120}$/.test(name))
    return "Cannot make an API token without exactly one name of at most 120 characters: it says what uses it";
  const grant = grantOf(read.values.role, read.values.label ?? []);
  if (typeof grant === "string") return grant;
  const days = Number(read.values.days ?? "90");
  if (!Number.isInteger(days) || days < 0 || days > 3650) return `Cannot take --days ${read.values.days}: it must be 0 to 3650`;
  return { do: "add_token", name, grant, days: days === 0 ? null : days, json: read.values.json ?? false };
}

import { nearest, readOptions } from "@truebound/wire";
import { ARCHIVE_USAGE, type ArchiveRequest, parseArchive } from "./admin/archive.ts";
import { EVIDENCE_USAGE, parseEvidence } from "./admin/evidence-requests.ts";
import { HOLD_USAGE, parseHold } from "./admin/hold-requests.ts";
import { type AdminRequest, HOST_USAGE, parseHost, parseToken, TOKEN_USAGE } from "./admin/requests.ts";

/** What the command line asks for. */
export type Command =
  | { readonly name: "up"; readonly demo: boolean }
  | { readonly name: "explain"; readonly file: string }
  | { readonly name: "admin"; readonly request: AdminRequest }
  | { readonly name: "archive"; readonly request: ArchiveRequest }
  | { readonly name: "sign_host_list"; readonly file: string; readonly keyFile: string }
  | { readonly name: "rebuild"; readonly host: string | null; readonly check: boolean }
  | { readonly name: "say"; readonly text: string }
  | { readonly name: "migrate"; readonly distribute: "citus" | null }
  | { readonly name: "serve" | "version" | "help" }
  | { readonly name: "usage"; readonly problem: string };

export const HELP = `Truebound proves how wrong every clock can be.

  truebound up [--demo]   database, server, an agent for this host and the page; with --demo a fleet with known faults too
  truebound serve         the server alone, on DATABASE_URL
  truebound migrate [--distribute citus]
                          brings the schema of DATABASE_URL up to this version, and spreads it over a Citus
  truebound token create|list|revoke
                          lets hosts in (truebound token --help)
  truebound host list|approve|suspend|resume|revoke|rotate|clear-clone
                          who may report (truebound host --help)
  truebound hold add|list|release
                          what may not be removed, whatever its age (truebound hold --help)
  truebound evidence list|set|remove
                          what is kept of which hosts, and for how long (truebound evidence --help)
  truebound archive remove-old [--dry-run]
                          removes what is past its age in the archive (truebound archive --help)
  truebound host-list sign FILE --key KEYFILE
                          lets listed hosts in without a token (truebound host-list --help)
  truebound rebuild [--host HOST] [--check]
                          derives minutes, events and states anew from the evidence, and replaces what differs
  truebound explain bound FILE|-
                          recomputes a bound from a recorded case (docs/explain.md)
  truebound version
  truebound help

Settings are environment variables: TRUEBOUND_HTTP_PORT (8123), TRUEBOUND_LISTEN (127.0.0.1:8125), TRUEBOUND_DATA_DIR,
TRUEBOUND_SOURCES (host, host:port or [v6]:port, comma-separated), DATABASE_URL (else an embedded PostgreSQL).
Exit codes: 0 ok, 1 failure, 2 usage, 78 configuration.
`;

export function parseCommand(args: readonly string[]): Command {
  const [name = "help", ...rest] = args;
  if (name === "up") return parseUp(rest);
  if (name === "explain") return parseExplain(rest);
  if (name === "token") return parseAdmin(rest, TOKEN_USAGE, parseToken);
  if (name === "host") return parseAdmin(rest, HOST_USAGE, parseHost);
  if (name === "hold") return parseAdmin(rest, HOLD_USAGE, parseHold);
  if (name === "evidence") return parseAdmin(rest, EVIDENCE_USAGE, parseEvidence);
  if (name === "archive") return parseArchiveCommand(rest);
  if (name === "host-list") return parseHostList(rest);
  if (name === "migrate") return parseMigrate(rest);
  if (name === "rebuild") return parseRebuild(rest);
  const plain = COMMANDS.get(name);
  if (plain === undefined) return { name: "usage", problem: noCommand(name) };
  if (asksForHelp(rest)) return { name: "help" };
  return rest.length === 0 ? { name: plain } : { name: "usage", problem: `truebound ${name} takes no ${JSON.stringify(rest[0])}` };
}

const COMMANDS = new Map<string, "serve" | "version" | "help">([
  ["serve", "serve"],
  ["version", "version"],
  ["--version", "version"],
  ["help", "help"],
  ["--help", "help"],
  ["-h", "help"],
]);

const asksForHelp = (rest: readonly string[]): boolean => rest.includes("--help") || rest.includes("-h");

/** In the plan, not in this version. */
const NOT_YET: readonly string[] = ["apply", "plan", "order", "stamp", "report", "profile", "rehearse", "diagnostics"];

const noCommand = (name: string): string =>
  NOT_YET.includes(name)
    ? `Cannot run ${JSON.stringify(name)}: it is not built yet`
    : `There is no command ${JSON.stringify(name)}; did you mean ${nearest(name, ["up", "explain", "token", "host", "hold", "evidence", "archive", "host-list", "rebuild", "serve", "migrate", "version", "help"])}? truebound help lists them`;

function parseUp(rest: readonly string[]): Command {
  if (asksForHelp(rest)) return { name: "help" };
  const odd = rest.find((word) => word !== "--demo");
  return odd === undefined
    ? { name: "up", demo: rest.length > 0 }
    : { name: "usage", problem: `truebound up takes no ${JSON.stringify(odd)}` };
}

function parseAdmin(rest: readonly string[], usage: string, parse: (rest: readonly string[]) => AdminRequest | string): Command {
  if (asksForHelp(rest)) return { name: "say", text: `${usage}\n` };
  const request = parse(rest);
  return typeof request === "string" ? { name: "usage", problem: `${request}\n${usage}` } : { name: "admin", request };
}

function parseArchiveCommand(rest: readonly string[]): Command {
  if (asksForHelp(rest)) return { name: "say", text: `${ARCHIVE_USAGE}\n` };
  const request = parseArchive(rest);
  return typeof request === "string" ? { name: "usage", problem: `${request}\n${ARCHIVE_USAGE}` } : { name: "archive", request };
}

const HOST_LIST_USAGE = `usage: truebound host-list sign FILE --key KEYFILE
  Signs a list of hosts that come in without a token, and prints it: put it where TRUEBOUND_HOST_LIST_FILE says, and set
  TRUEBOUND_HOST_LIST_KEY to the public key that is printed beside it. The server reads the file anew when it changes.
  FILE is JSON: {"version":1,"hosts":[{"name":"web-1","public_key":"…","labels":{}}]}; truebound-agent key, on a host, prints
  its public key. KEYFILE is an Ed25519 key: openssl genpkey -algorithm ed25519 -out KEYFILE
  A host that is taken off the list stays what it is: truebound host revoke NAME refuses it.`;

function parseHostList([what, ...rest]: readonly string[]): Command {
  if (what === undefined || asksForHelp([what, ...rest])) return { name: "say", text: `${HOST_LIST_USAGE}\n` };
  const usage = (problem: string): Command => ({ name: "usage", problem: `${problem}\n${HOST_LIST_USAGE}` });
  if (what !== "sign") return usage(`Cannot do ${JSON.stringify(what)} with a host list: say sign`);
  const read = readOptions(rest, { key: "text" });
  if (typeof read === "string") return usage(read);
  const [file, odd] = read.words;
  if (file === undefined || odd !== undefined) return usage("Cannot sign without exactly one file");
  const { key: keyFile } = read.values;
  return keyFile === undefined ? usage("Cannot sign without --key KEYFILE") : { name: "sign_host_list", file, keyFile };
}

function parseMigrate(rest: readonly string[]): Command {
  if (asksForHelp(rest)) return { name: "help" };
  const read = readOptions(rest, { distribute: "text" });
  if (typeof read === "string") return { name: "usage", problem: read };
  if (read.words.length > 0) return { name: "usage", problem: `truebound migrate takes no ${JSON.stringify(read.words[0])}` };
  const { distribute = null } = read.values;
  if (distribute === null || distribute === "citus") return { name: "migrate", distribute };
  return { name: "usage", problem: `Cannot distribute by ${JSON.stringify(distribute)}: say --distribute citus` };
}

const REBUILD_USAGE = `usage: truebound rebuild [--host HOST] [--check]
  Derives each host's minutes, events and state anew from its evidence, compares, and replaces what differs. Ingest may go on.
  --check changes nothing. What was interrupted goes on where it was. Exit 0 when all was equal, 1 when something was not.`;

function parseRebuild(rest: readonly string[]): Command {
  if (asksForHelp(rest)) return { name: "say", text: `${REBUILD_USAGE}\n` };
  const read = readOptions(rest, { host: "text", check: "flag" });
  const problem =
    typeof read === "string" ? read : read.words.length > 0 ? `truebound rebuild takes no ${JSON.stringify(read.words[0])}` : null;
  if (problem !== null || typeof read === "string") return { name: "usage", problem: `${problem}\n${REBUILD_USAGE}` };
  return { name: "rebuild", host: read.values.host ?? null, check: read.values.check === true };
}

function parseExplain([what, file, odd]: readonly string[]): Command {
  if (what === "--help" || what === "-h") return { name: "help" };
  if (what !== "bound")
    return {
      name: "usage",
      problem: `truebound explain ${what === undefined ? "needs" : `cannot explain ${JSON.stringify(what)}: it needs`} bound and a file, or - for standard input`,
    };
  if (file === undefined) return { name: "usage", problem: "truebound explain bound needs a file, or - for standard input" };
  return odd === undefined
    ? { name: "explain", file }
    : { name: "usage", problem: `truebound explain bound takes one file, no ${JSON.stringify(odd)}` };
}

import type { SourceKind } from "@truebound/wire";
import { readPhcOptions } from "../phc/phc-options.ts";
import { readPtpOptions } from "../ptp/ptp-options.ts";
import type { DeclaredRoot } from "./declared-root.ts";
import { parseSourceOptions, type SourceNts } from "./source-options.ts";

/** One configured source of time. */
export interface Source {
  /** "host:port", or "host:port/2" for the second address of a pool; unique, and what people see. */
  readonly id: string;
  readonly host: string;
  readonly port: number;
  readonly origin: "declared" | "discovered" | "pool";
  /** Which of the host's addresses this one takes, from 0. */
  readonly slot: number;
  /** The server is known to round root delay and dispersion up. */
  readonly rootsRoundedUp: boolean;
  /** Asked under NTS; absent = without. */
  readonly nts?: SourceNts;
  /** What is asked in place of an NTP server; `host` is then its place, and `port` 0. Absent = it is one. */
  readonly kind?: Exclude<SourceKind, "ntp">;
  /** NAME=VALUE behind the place; of kinds other than NTP. */
  readonly options?: Readonly<Record<string, string>>;
  /** Words behind the options: of `external:exec:` the program's arguments. */
  readonly words?: readonly string[];
  /** What is declared of its own error; absent = what it advertises counts. */
  readonly declared?: DeclaredRoot;
}

export const NTP_PORT = 123;

/** Visible ASCII, and short enough that a source's name fits into a report: one that does not would spoil the whole report. */
export const isHost = (text: string): boolean => /^[!-~]{1,240}$/.test(text);

/**
 * Reads `host`, `host:port` or `[v6]:port`, and behind it what `parseSourceOptions` knows; a bare IPv6 address counts as a host.
 * `KIND:PLACE` is a source of another kind (`parseIntervalSource`). Returns what is wrong as text.
 */
export function parseSource(text: string, origin: Source["origin"] = "declared"): Source | string {
  const kind = kindOf(text);
  if (kind !== null) return parseIntervalSource(kind, text.trim(), origin);
  const [place = "", ...words] = text.trim().split(/\s+/);
  const source = parsePlace(place, origin);
  if (typeof source === "string" || words.length === 0) return source;
  const options = parseSourceOptions(words);
  return typeof options === "string" ? `Cannot use source "${text.trim()}": ${options}` : { ...source, ...options };
}

function parsePlace(trimmed: string, origin: Source["origin"]): Source | string {
  const match = /^(?:\[([0-9a-fA-F:.%a-z]+)\]|([^\s:[\]/]+))(?::(\d{1,5}))?$/.exec(trimmed);
  const bareV6 = /^[0-9a-fA-F]*:[0-9a-fA-F:.]+$/.test(trimmed) && !trimmed.startsWith("[") && trimmed.split(":").length > 2;
  const host = bareV6 ? trimmed : (match?.[1] ?? match?.[2]);
  if (host === undefined || !isHost(host)) return `Cannot read source "${trimmed}": write host, host:port or [IPv6]:port`;
  const port = bareV6 || match?.[3] === undefined ? NTP_PORT : Number(match[3]);
  if (port < 1 || port > 65_535) return `Cannot use port ${port} of source "${trimmed}": it must be 1 to 65535`;
  return makeSource(host, port, origin);
}

export const makeSource = (host: string, port: number, origin: Source["origin"], slot = 0): Source => ({
  id: `${host.includes(":") ? `[${host}]` : host}:${port}${slot > 0 ? `/${slot + 1}` : ""}`,
  host,
  port,
  origin,
  slot,
  rootsRoundedUp: false,
});

const KINDS = ["ptp", "phc", "external", "opinion"] as const;
type Kind = (typeof KINDS)[number];

/** Null = an NTP server. A host of that very name is written with its port. */
function kindOf(text: string): Kind | null {
  const [, word, rest] = /^\s*([a-z]+):(.*)$/.exec(text) ?? [];
  return KINDS.find((kind) => kind === word && !/^\d{1,5}(\s|$)/.test(rest ?? "")) ?? null;
}

const OPTION = /^([a-z_]{1,20})=([!-~]{1,200})$/;

/**
 * `KIND:PLACE`, then NAME=VALUE words, then, behind `--` or from the first word that is no NAME=VALUE, words for whatever stands at that
 * place. `name=NAME` makes the source's id `KIND:NAME`; else that is `KIND:PLACE`. What a kind makes of its options is its own affair.
 */
function parseIntervalSource(kind: Kind, text: string, origin: Source["origin"]): Source | string {
  const [first = "", ...rest] = text.split(/\s+/);
  const place = first.slice(kind.length + 1);
  if (!isHost(place)) return `Cannot read source "${text}": write ${kind}:PLACE, and behind it NAME=VALUE`;
  const end = rest.findIndex((word) => !OPTION.test(word));
  const named = (end < 0 ? rest : rest.slice(0, end)).map((word) => OPTION.exec(word)?.slice(1) as [string, string]);
  const words = end < 0 ? [] : rest.slice(rest[end] === "--" ? end + 1 : end);
  const options = Object.fromEntries(named);
  if (named.length !== Object.keys(options).length) return `Cannot use source "${text}": an option stands there twice`;
  const isProgram = kind === "external" && place.startsWith("exec:");
  if (words.length > 0 && !isProgram) return `Cannot use source "${text}": "${words[0]}" is no option; write NAME=VALUE`;
  const { name, ...others } = options;
  if (kind === "external" && others.document !== undefined && !/^[0-9a-f]{64}$/.test(others.document))
    return `Cannot use source "${text}": document= takes the SHA-256 of a document, 64 hexadecimal digits`;
  if (kind === "external" && !(isProgram ? place.slice("exec:".length) : place).startsWith("/"))
    return `Cannot use source "${text}": write external:/PATH of a socket, or external:exec:/PATH of a program`;
  const wrong = kind === "ptp" ? readPtpOptions(place, others) : kind === "phc" ? readPhcOptions(place, others) : null;
  if (typeof wrong === "string") return `Cannot use source "${text}": ${wrong}`;
  const opinion = kind === "opinion" ? opinionProblem(place, Object.keys(others)) : null;
  if (opinion !== null) return `Cannot use source "${text}": ${opinion}`;
  if (name !== undefined && !/^[A-Za-z0-9._-]{1,64}$/.test(name))
    return `Cannot use source "${text}": name=${name} must be 1 to 64 letters, digits, dots, dashes and underscores`;
  const source = { id: `${kind}:${name ?? place}`, host: place, port: 0, origin, slot: 0, rootsRoundedUp: false };
  return { ...source, kind, options: others, words };
}

/** A second opinion is of an NTP server, and has no settings of its own. */
function opinionProblem(place: string, options: readonly string[]): string | null {
  const server = parsePlace(place, "declared");
  if (typeof server === "string") return "write opinion:HOST or opinion:HOST:PORT";
  if (server.host.includes(":")) return "ntp-time-sync, which is asked, has no sockets of IPv6";
  return options.length === 0 ? null : `"${options[0]}" is no option of a second opinion`;
}

/** It starts a program on this host: only who governs the host may name it, never a policy from elsewhere. */
export const startsProgram = ({ kind, host }: Pick<Source, "kind" | "host">): boolean => kind === "external" && host.startsWith("exec:");

/** Without a server of NTP the others that there are stand beside those that are found, or that a policy names. */
export const namesServers = (sources: readonly Pick<Source, "kind">[] | null): boolean =>
  sources?.some(({ kind }) => kind === undefined) === true;

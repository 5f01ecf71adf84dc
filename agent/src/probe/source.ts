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
  /** What is declared of its own error; absent = what it advertises counts. */
  readonly declared?: DeclaredRoot;
}

/** Seconds between two polls below which we never go: the monitor must not harm the public or the host's own daemon. */
export const FLOOR_SECONDS = { declared: 1, discovered: 16, pool: 64 } as const;

export const NTP_PORT = 123;

/** Visible ASCII, and short enough that a source's name fits into a report: one that does not would spoil the whole report. */
export const isHost = (text: string): boolean => /^[!-~]{1,240}$/.test(text);

/**
 * Reads `host`, `host:port` or `[v6]:port`, and behind it what `parseSourceOptions` knows; a bare IPv6 address counts as a host.
 * Returns what is wrong as text.
 */
export function parseSource(text: string, origin: Source["origin"] = "declared"): Source | string {
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

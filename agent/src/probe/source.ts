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
}

/** `preferred` = without it as long as no keys are to be had, and marked so; `required` = then not at all. */
export interface SourceNts {
  readonly mode: "preferred" | "required";
  /** TCP, where keys are established. */
  readonly kePort: number;
}

export const NTP_PORT = 123;
export const NTS_KE_PORT = 4460;

/** Visible ASCII, and short enough that a source's name fits into a report: one that does not would spoil the whole report. */
export const isHost = (text: string): boolean => /^[!-~]{1,240}$/.test(text);

/**
 * Reads `host`, `host:port` or `[v6]:port`, and behind it `nts` or `nts=required`, and `ke=PORT`; a bare IPv6 address counts as a host.
 * Returns what is wrong as text.
 */
export function parseSource(text: string, origin: Source["origin"] = "declared"): Source | string {
  const [place = "", ...options] = text.trim().split(/\s+/);
  const source = parsePlace(place, origin);
  const nts = typeof source === "string" ? null : parseOptions(options);
  if (typeof source === "string" || nts === null) return source;
  return typeof nts === "string" ? `Cannot use source "${text.trim()}": ${nts}` : { ...source, nts };
}

/** Null = there are none. */
function parseOptions(options: readonly string[]): SourceNts | string | null {
  if (options.length === 0) return null;
  const strange = options.find((option) => !/^(nts|nts=true|nts=required|ke=\d{1,5})$/.test(option));
  if (strange !== undefined) return `"${strange}" is no option of a source; write nts, nts=required or ke=PORT`;
  const modes = options.filter((option) => option.startsWith("nts"));
  const ports = options.flatMap((option) => (option.startsWith("ke=") ? [Number(option.slice(3))] : []));
  const kePort = ports[0] ?? NTS_KE_PORT;
  if (modes.length !== 1 || ports.length > 1) return "write nts or nts=required once, and ke=PORT beside it at most once";
  if (kePort < 1 || kePort > 65_535) return `ke=${kePort} is no port; it must be 1 to 65535`;
  return { mode: modes[0] === "nts=required" ? "required" : "preferred", kePort };
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

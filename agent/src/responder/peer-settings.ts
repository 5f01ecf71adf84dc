import type { Endpoint } from "../probe/ports.ts";

/** What this host insists on of its part in a mesh, whatever the policy says. */
export interface PeerSettings {
  /** It takes no part. */
  readonly off: boolean;
  /** Where it answers; null = on every address, at the policy's port. */
  readonly listen: Endpoint | null;
  /** Where peers find it; null = where it answers, and port null = the port at which it does. */
  readonly address: { readonly address: string; readonly port: number | null } | null;
}

export const NO_PEERS: PeerSettings = { off: true, listen: null, address: null };

type Words = Readonly<Record<"TRUEBOUND_PEERS" | "TRUEBOUND_PEER_LISTEN" | "TRUEBOUND_PEER_ADDRESS", string | undefined>>;

/** 4, 6, or 0 for what is no numeric address: node's `isIP`. */
export type KindOfAddress = (text: string) => number;

/** The settings, or all that is wrong with them. */
export function peerSettings(words: Words, kindOf: KindOfAddress): PeerSettings | string[] {
  const [listenText, addressText] = [words.TRUEBOUND_PEER_LISTEN, words.TRUEBOUND_PEER_ADDRESS];
  const parts = [onOrOff(words.TRUEBOUND_PEERS), listenAt(listenText, kindOf), foundAt(addressText, kindOf)] as const;
  const problems = parts.filter((part) => typeof part === "string");
  if (problems.length > 0) return problems;
  const [off, listen, address] = parts as [boolean, PeerSettings["listen"], PeerSettings["address"]];
  return { off, listen, address };
}

function onOrOff(text: string | undefined): boolean | string {
  if (text === undefined || text === "" || text === "on") return false;
  return text === "off" ? true : `Cannot use TRUEBOUND_PEERS=${text}: write off, or on, which is the default`;
}

function listenAt(text: string | undefined, kindOf: KindOfAddress): PeerSettings["listen"] | string {
  if (text === undefined || text === "") return null;
  const read = numeric(text, kindOf);
  if (read === null || read.port === null)
    return `Cannot use TRUEBOUND_PEER_LISTEN=${text}: write an address of this host and a port, such as 192.0.2.7:12300, [2001:db8::7]:12300, or [::]:12300 for every address`;
  return { address: read.address, port: read.port };
}

function foundAt(text: string | undefined, kindOf: KindOfAddress): PeerSettings["address"] | string {
  if (text === undefined || text === "") return null;
  const read = numeric(text, kindOf);
  if (read === null || isWildcard(read.address))
    return `Cannot use TRUEBOUND_PEER_ADDRESS=${text}: write the address by which peers reach this host, such as 203.0.113.7 or [2001:db8::7]:12300; names are not looked up`;
  return read;
}

/** Null = no numeric address, or a port that there is not. */
function numeric(text: string, kindOf: KindOfAddress): { readonly address: string; readonly port: number | null } | null {
  if (kindOf(text) === 6 && !text.includes("%")) return { address: text, port: null };
  const match = /^(?:\[([^\]%]+)\]|([^:[\]]+))(?::(\d{1,5}))?$/.exec(text.trim());
  const address = match?.[1] ?? match?.[2] ?? "";
  const port = match?.[3] === undefined ? null : Number(match[3]);
  if (kindOf(address) !== (match?.[1] === undefined ? 4 : 6) || (port !== null && (port < 1 || port > 65_535))) return null;
  return { address, port };
}

/** Every address of the host, of either kind. */
export const everywhere = ({ port }: { readonly port: number }): Endpoint => ({ address: "::", port });

export const isWildcard = (address: string): boolean => address === "0.0.0.0" || /^[0:]+$/.test(address);

export const sayEndpoint = ({ address, port }: Endpoint): string => `${address.includes(":") ? `[${address}]` : address}:${port}`;

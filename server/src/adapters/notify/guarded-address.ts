import type { LookupAddress } from "node:dns";
import { lookup } from "node:dns/promises";
import { isIP, type LookupFunction } from "node:net";
import { isPublic } from "../../notify/address-rule.ts";

/** Where a name leads, looked up once: what is checked is what is dialled, whatever the name leads to a moment later. */
export type Guarded = { readonly addresses: readonly LookupAddress[] } | { readonly why: string };
export type Resolve = (host: string) => Promise<readonly LookupAddress[]>;

const byName: Resolve = (host) => lookup(host, { all: true, verbatim: true });

/** One address that is not public refuses the name: nobody's public service has one. */
export async function guardedAddresses(host: string, allowPrivate: boolean, resolve: Resolve = byName): Promise<Guarded> {
  const addresses = await addressesOf(host, resolve);
  if (!Array.isArray(addresses)) return { why: `the name ${host} leads nowhere (${String(addresses)})` };
  const local = addresses.find(({ address }) => !isPublic(address));
  if (local === undefined || allowPrivate) return { addresses };
  return { why: `${named(host, local.address)} is not a public address; set allow_private: true if it is meant` };
}

async function addressesOf(host: string, resolve: Resolve): Promise<readonly LookupAddress[] | string> {
  const family = isIP(host);
  if (family !== 0) return [{ address: host, family }];
  try {
    const found = await resolve(host);
    return found.length === 0 ? "no address" : found;
  } catch (error) {
    return error instanceof Error && "code" in error ? String(error.code) : "no answer";
  }
}

const named = (host: string, address: string): string => (host === address ? host : `${host} leads to ${address}, which`);

/** For a socket: leads wherever `addresses` say, and nowhere else. */
export const pinned =
  (addresses: readonly LookupAddress[]): LookupFunction =>
  (_host, options, callback) => {
    const [first] = addresses;
    if (options.all === true) callback(null, [...addresses]);
    else callback(null, first?.address ?? "", first?.family ?? 0);
  };

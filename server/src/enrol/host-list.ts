import { HostListDraft, hostListText, SignedHostList, validator } from "@truebound/wire";
import type { HostListing } from "./credential.ts";
import type { EnrolCrypto } from "./ports.ts";

const isDraft = validator(HostListDraft);
const isSigned = validator(SignedHostList);

/** Signs the list in a text, whether or not it was signed before; a text = what is wrong with it. */
export function signHostList(text: string, sign: (text: string) => Uint8Array): SignedHostList | string {
  const draft = parse(text);
  if (!isDraft.accepts(draft)) return faultIn(isDraft.errors(draft));
  const { version, hosts } = draft;
  for (const field of ["name", "public_key"] as const) {
    const twice = hosts.find((host, index) => hosts.findIndex((other) => other[field] === host[field]) !== index);
    if (twice !== undefined) return `${field} ${JSON.stringify(twice[field])} stands in it twice`;
  }
  return { version, hosts, signature: Buffer.from(sign(hostListText({ version, hosts }))).toString("base64url") };
}

/** Who is let in by the list in a text; a text = why nobody is. */
export function readHostList(
  text: string,
  operatorKey: Uint8Array,
  { verifyEd25519 }: Pick<EnrolCrypto, "verifyEd25519">,
): HostListing | string {
  const list = parse(text);
  if (!isSigned.accepts(list)) return faultIn(isSigned.errors(list));
  if (!verifyEd25519(operatorKey, hostListText(list), Buffer.from(list.signature, "base64url")))
    return "it is not signed by the key of TRUEBOUND_HOST_LIST_KEY; truebound host-list sign signs it";
  const byKey = new Map(list.hosts.map((host) => [host.public_key, host]));
  return (name, publicKey) => {
    const host = byKey.get(publicKey);
    return host?.name === name ? { labels: host.labels } : null;
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // no list has that form
  }
}

const faultIn = ([first]: readonly { readonly pointer: string; readonly detail: string }[]): string =>
  first === undefined || first.pointer === ""
    ? "it is no host list: {version, hosts: [{name, public_key, labels}]}"
    : `${first.pointer} ${first.detail}`;

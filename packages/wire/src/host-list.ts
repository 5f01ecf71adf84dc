import Type, { type Static } from "typebox";
import { Labels } from "./enrol.ts";
import { base64url, HostText } from "./schema.ts";

const closed = { additionalProperties: false } as const;

export const ListedHost = Type.Object({ name: HostText(255), public_key: base64url(32), labels: Labels }, closed);
export type ListedHost = Static<typeof ListedHost>;

/** Hosts that an operator lets in by their keys, without a token. */
export const SignedHostList = Type.Object(
  {
    version: Type.Literal(1),
    hosts: Type.Array(ListedHost, { maxItems: 100_000 }),
    /** Ed25519 by the operator's key over `hostListText`. */
    signature: base64url(64),
  },
  closed,
);
export type SignedHostList = Static<typeof SignedHostList>;

/** The same without its signature, as a person writes it. */
export const HostListDraft = Type.Object(
  { version: Type.Literal(1), hosts: SignedHostList.properties.hosts, signature: Type.Optional(Type.String()) },
  closed,
);
export type HostListDraft = Static<typeof HostListDraft>;

/** The text under the operator's signature: the same for the same hosts, however the file is written. */
export const hostListText = ({ version, hosts }: Pick<SignedHostList, "version" | "hosts">): string =>
  [`truebound-host-list/${version}`, ...hosts.map(lineOf)].join("\n");

const lineOf = ({ name, public_key, labels }: ListedHost): string =>
  JSON.stringify([
    name,
    public_key,
    Object.keys(labels)
      .sort()
      .map((label) => [label, labels[label]]),
  ]);

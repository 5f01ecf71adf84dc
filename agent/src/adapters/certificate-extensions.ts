/** What an extension of a certificate says (RFC 5280, section 4.2). */
export interface Extension {
  /** Whoever does not know it must refuse the certificate. */
  readonly critical: boolean;
  /** DER. */
  readonly value: Uint8Array;
}

/** DER of their identifiers, in hex. */
export const EXTENSION = {
  keyUsage: "551d0f",
  subjectAltName: "551d11",
  basicConstraints: "551d13",
  nameConstraints: "551d1e",
  certificatePolicies: "551d20",
  extendedKeyUsage: "551d25",
} as const;

/** By identifier, DER in hex; null = these bytes cannot be read, or name one twice. */
export function extensionsOf(certificate: Uint8Array): ReadonlyMap<string, Extension> | null {
  const [signed] = childrenOf(firstIn(certificate)) ?? [];
  const parts = childrenOf(signed);
  if (parts === null) return null;
  const block = parts.find(({ tag }) => tag === TAG.extensions);
  if (block === undefined) return new Map();
  const listed = childrenOf(firstIn(block.body));
  const read = listed?.map(extensionIn) ?? [null];
  const known = new Map(read.flatMap((one) => (one === null ? [] : [one])));
  return read.includes(null) || known.size !== read.length ? null : known;
}

const TAG = { boolean: 0x01, octets: 0x04, identifier: 0x06, sequence: 0x30, extensions: 0xa3 } as const;

function extensionIn(element: Element): [string, Extension] | null {
  const parts = childrenOf(element) ?? [];
  const [name, flag] = parts;
  const value = parts.at(-1);
  if (name?.tag !== TAG.identifier || value?.tag !== TAG.octets || parts.length > 3) return null;
  if (parts.length === 3 && flag?.tag !== TAG.boolean) return null;
  const critical = parts.length === 3 && flag?.body[0] !== 0;
  return [Buffer.from(name.body).toString("hex"), { critical, value: value.body }];
}

interface Element {
  readonly tag: number;
  readonly body: Uint8Array;
}

const firstIn = (bytes: Uint8Array): Element | undefined => elementsIn(bytes)?.[0];

const childrenOf = (element: Element | undefined): Element[] | null =>
  element === undefined || (element.tag & CONSTRUCTED) === 0 ? null : elementsIn(element.body);

const CONSTRUCTED = 0x20;
const LONG = 0x80;

/** One behind another; null = they do not fill the bytes. Each step moves forward. */
function elementsIn(bytes: Uint8Array): Element[] | null {
  const elements: Element[] = [];
  let at = 0;
  while (at < bytes.length) {
    const [tag, first] = [bytes[at], bytes[at + 1]];
    if (tag === undefined || first === undefined) return null;
    const more = first < LONG ? 0 : first - LONG;
    const length = more === 0 ? first : bytes.subarray(at + 2, at + 2 + more).reduce((sum, byte) => sum * 256 + byte, 0);
    const from = at + 2 + more;
    if (first === LONG || more > 3 || from + length > bytes.length) return null;
    elements.push({ tag, body: bytes.subarray(from, from + length) });
    at = from + length;
  }
  return elements;
}

/**
 * RFC 8785, the JSON Canonicalization Scheme: one text for one value. JavaScript's own number format and its order of UTF-16 code
 * units are what the scheme prescribes.
 */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value === "string") return quoted(value);
  if (typeof value === "number") return numeral(value);
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (typeof value === "object") return members(value as Readonly<Record<string, unknown>>);
  throw new TypeError(`Cannot write a ${typeof value} as JSON; give a big integer as a decimal string`);
}

const members = (object: Readonly<Record<string, unknown>>): string =>
  `{${Object.keys(object)
    .sort()
    .map((name) => `${quoted(name)}:${canonicalJson(object[name])}`)
    .join(",")}}`;

const LONE = /\p{Surrogate}/u;

function quoted(text: string): string {
  if (LONE.test(text))
    throw new TypeError(`Cannot write ${JSON.stringify(text)} as JSON: half a surrogate pair stands for no character`);
  return JSON.stringify(text);
}

function numeral(value: number): string {
  if (!Number.isFinite(value)) throw new TypeError(`Cannot write ${value} as JSON: it has only finite numbers`);
  return JSON.stringify(value);
}

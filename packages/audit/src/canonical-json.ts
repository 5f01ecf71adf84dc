/** What JSON can say. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

/** RFC 8785: names in the order of their UTF-16 code units, no space, numbers and texts as ECMAScript writes them. */
export function canonicalJson(value: Json): string {
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value === "number") return numberText(value);
  if (typeof value === "string") return stringText(value);
  if (isList(value)) return `[${value.map(canonicalJson).join(",")}]`;
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([name, one]) => `${stringText(name)}:${canonicalJson(one)}`).join(",")}}`;
}

const isList = (value: Json): value is readonly Json[] => Array.isArray(value);

function numberText(value: number): string {
  if (!Number.isFinite(value)) throw new Error(`Cannot write the number ${value} as JSON`);
  return JSON.stringify(value);
}

/** A lone surrogate has no UTF-8, so no hash could be told of it. */
function stringText(value: string): string {
  if (/\p{Surrogate}/u.test(value)) throw new Error(`Cannot write ${JSON.stringify(value)} as JSON: it holds half a character`);
  return JSON.stringify(value);
}

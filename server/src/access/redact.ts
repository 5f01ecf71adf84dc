/** What of a body is written down beside the change that it asked for: no secrets, and long texts by their length. */
export function redact(value: unknown, name = ""): unknown {
  if (SECRET_FIELDS.has(name) && value !== null) return "(not kept)";
  if (typeof value === "string") return value.length <= LONGEST ? storable(value) : `(${value.length} characters)`;
  if (Array.isArray(value)) return value.slice(0, MOST).map((one) => redact(one));
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).slice(0, MOST);
  return Object.fromEntries(entries.map(([key, one]) => [storable(key.slice(0, LONGEST)), redact(one, key)]));
}

/** A database takes neither a NUL nor half a character, and what is refused for them is written down all the same. */
const storable = (text: string): string => text.replace(/[\0\p{Surrogate}]/gu, "\ufffd");

const SECRET_FIELDS = new Set(["password", "secret", "old", "new", "token"]);
const LONGEST = 500;
const MOST = 64;

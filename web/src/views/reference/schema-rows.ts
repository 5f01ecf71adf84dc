import type { ApiSchema } from "./api-document.ts";

/** One field of a message, under the one that it is part of. */
export interface SchemaRow {
  readonly depth: number;
  readonly name: string;
  readonly type: string;
  readonly isRequired: boolean;
  readonly says: string;
}

/** The fields of a message, each followed by its own. */
export function schemaRows(schema: ApiSchema, depth = 0): SchemaRow[] {
  const { fields, required } = fieldsIn(schema);
  return Object.entries(fields).flatMap(([name, field]) => [
    { depth, name, type: typeWords(field), isRequired: required.has(name), says: meaningOf(field) },
    ...schemaRows(field, depth + 1),
  ]);
}

/** What the words of its type do not say already. */
function meaningOf(field: ApiSchema): string {
  const { description = "", format, pattern, anyOf = [] } = field;
  if (description !== "") return format === "date-time" || pattern === DECIMAL ? "" : description;
  const one = anyOf.find(({ type }) => type !== "null");
  return one === undefined || anyOf.length > 2 ? "" : meaningOf(one);
}

interface Fields {
  readonly fields: Readonly<Record<string, ApiSchema>>;
  readonly required: ReadonlySet<string>;
}

const NONE: Fields = { fields: {}, required: new Set() };

/** Of an object itself, of those that a list or a map holds, or of what else it may be besides null. */
function fieldsIn(schema: ApiSchema): Fields {
  const { properties, patternProperties, items, anyOf, allOf } = schema;
  if (properties !== undefined) return { fields: properties, required: new Set(schema.required ?? []) };
  if (allOf !== undefined) return allOf.map(fieldsIn).reduce(together, NONE);
  if (anyOf !== undefined) return anyOf.map(fieldsIn).reduce(either, NONE);
  if (patternProperties !== undefined) return fieldsIn(Object.values(patternProperties)[0] ?? {});
  return items === undefined || "length" in items ? NONE : fieldsIn(items);
}

const together = (a: Fields, b: Fields): Fields => ({
  fields: { ...a.fields, ...b.fields },
  required: new Set([...a.required, ...b.required]),
});

/** What must be in one form alone need not be there. */
function either(a: Fields, b: Fields): Fields {
  if (Object.keys(a.fields).length === 0) return b;
  if (Object.keys(b.fields).length === 0) return a;
  return { fields: { ...b.fields, ...a.fields }, required: new Set([...a.required].filter((name) => b.required.has(name))) };
}

const DECIMAL = "^-?(0|[1-9][0-9]{0,29})$";
const UUID = "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$";
/** A pattern that is longer than this says less than it takes. */
const PATTERN_MOST = 44;

/** What kind of value it is, in words. */
export function typeWords(schema: ApiSchema): string {
  if ("const" in schema) return JSON.stringify(schema.const);
  if (schema.enum !== undefined) return schema.enum.map((one) => JSON.stringify(one)).join(", ");
  if (schema.anyOf !== undefined) return [...new Set(schema.anyOf.map(typeWords))].join(" or ");
  if (Array.isArray(schema.type)) return schema.type.map((type: string) => typeWords({ ...schema, type })).join(" or ");
  switch (schema.type) {
    case "string":
      return textWords(schema);
    case "integer":
    case "number":
      return `${schema.type}${rangeWords(schema)}`;
    case "array":
      return listWords(schema);
    case "object":
      return schema.patternProperties === undefined ? "object" : `map of ${typeWords(Object.values(schema.patternProperties)[0] ?? {})}`;
    default:
      return schema.type === undefined ? (schema.allOf === undefined ? "anything" : "object") : String(schema.type);
  }
}

function textWords({ format, pattern, maxLength }: ApiSchema): string {
  if (format === "date-time") return "time, RFC 3339 in UTC";
  if (format !== undefined) return format;
  if (pattern === DECIMAL) return "integer as text";
  if (pattern === UUID) return "UUID";
  if (pattern !== undefined && pattern.length <= PATTERN_MOST) return `text like ${pattern}`;
  return maxLength === undefined ? "text" : `text, at most ${maxLength} characters`;
}

function rangeWords({ minimum, maximum }: ApiSchema): string {
  const most = maximum === Number.MAX_SAFE_INTEGER ? undefined : maximum;
  if (minimum === undefined && most === undefined) return "";
  if (most === undefined) return minimum === 0 ? ", not negative" : `, at least ${minimum}`;
  return minimum === undefined ? `, at most ${most}` : ` from ${minimum} to ${most}`;
}

function listWords({ items = {} }: ApiSchema): string {
  return "length" in items ? `list of ${items.length}: ${items.map(typeWords).join(", ")}` : `list of ${typeWords(items)}`;
}

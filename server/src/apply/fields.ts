import { nearest } from "@truebound/wire";
import { cannot, type Json, type Kind } from "./kinds.ts";
import type { Located, LocatedMap, Reading } from "./located.ts";

export type Body = { readonly [name: string]: Json };

/** A key of the file and what it is kept as. */
export interface Field {
  readonly key: string;
  /** Its name where it is kept. */
  readonly stored: string;
  readonly kind: Kind;
  /** What it means, for the documentation. */
  readonly means: string;
  readonly required?: true;
  /** As it is kept where the file does not name it; absent = then nothing is kept. */
  readonly initial?: Json;
  /** What then holds, in words, where `initial` does not say it. */
  readonly otherwise?: string;
}

/** A map with keys of its own behind a key. */
export interface MapKind extends Kind {
  readonly fields: readonly Field[];
}

export const isMapKind = (kind: Kind): kind is MapKind => "fields" in kind;

export const mapOf = (fields: readonly Field[]): MapKind => ({
  fields,
  form: `a map of ${fields.map(({ key }) => key).join(", ")}`,
  say: (value) =>
    `{${fields
      .filter(({ stored }) => (value as Body)[stored] !== undefined)
      .map(({ key, stored, kind }) => `${key}: ${kind.say((value as Body)[stored] as Json)}`)
      .join(", ")}}`,
  read(node, path, reading) {
    return node.kind === "map" ? readFields(node, path, fields, reading) : cannot(node, path, this.form, reading);
  },
});

/** What the file names of these fields, at `path` of it, "" = at its top; with what it leaves open as it then holds. */
export function readFields(node: LocatedMap, path: string, fields: readonly Field[], reading: Reading): Body {
  const body: Record<string, Json> = {};
  for (const { key, stored, initial, required } of fields) {
    if (initial !== undefined) body[stored] = initial;
    if (required && !node.entries.some(({ name }) => name === key)) reading.tell(node.at, `Cannot take ${path} without ${key}`);
  }
  for (const { name, at, value } of node.entries) {
    const field = fields.find(({ key }) => key === name);
    if (field === undefined) {
      reading.tell(
        at,
        noKey(
          name,
          path,
          fields.map(({ key }) => key),
        ),
      );
      continue;
    }
    const kept = field.kind.read(value, path === "" ? name : `${path}.${name}`, reading);
    if (kept !== undefined) body[field.stored] = kept;
  }
  return body;
}

export const noKey = (name: string, path: string, keys: readonly string[]): string =>
  `There is no key ${JSON.stringify(name.slice(0, 60))} in ${path}; did you mean ${nearest(name, keys)}?`;

/** Key by key in the file's words, a map's own keys behind a dot. */
export function sayBody(body: Body, fields: readonly Field[], before = ""): Map<string, string> {
  const said = new Map<string, string>();
  for (const { key, stored, kind } of fields) {
    const value = body[stored];
    if (value === undefined) continue;
    if (isMapKind(kind) && typeof value === "object" && value !== null && Object.keys(value).length > 0)
      for (const [inner, words] of sayBody(value as Body, kind.fields, `${before}${key}.`)) said.set(inner, words);
    else said.set(`${before}${key}`, value === null && isMapKind(kind) ? "none" : kind.say(value));
  }
  return said;
}

export const entryOf = (node: Located, key: string): Located | undefined =>
  node.kind === "map" ? node.entries.find(({ name }) => name === key)?.value : undefined;

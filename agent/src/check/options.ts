import { parseArgs } from "node:util";
import { nearest } from "@truebound/wire";

type Kinds = Readonly<Record<string, { readonly type: "string" | "boolean" }>>;

export interface Options<K extends Kinds> {
  readonly values: { readonly [Name in keyof K]?: K[Name]["type"] extends "boolean" ? boolean : string };
  readonly positionals: readonly string[];
}

/** Options and words of a command, or what is wrong with them: in our words, with the nearest right name. */
export function readOptions<const K extends Kinds>(args: readonly string[], kinds: K): Options<K> | string {
  const { values, positionals, tokens } = parseArgs({
    args: [...args],
    options: kinds,
    allowPositionals: true,
    strict: false,
    tokens: true,
  });
  for (const token of tokens) {
    if (token.kind !== "option") continue;
    const kind = Object.hasOwn(kinds, token.name) ? kinds[token.name] : undefined;
    if (kind === undefined) return `Cannot take ${token.rawName}: there is no such option${meant(token.name, Object.keys(kinds))}`;
    if (kind.type === "string" && (token.value === undefined || token.value === "")) return `Cannot take --${token.name} without a value`;
    if (kind.type === "boolean" && token.value !== undefined) return `Cannot take --${token.name}=${token.value}: it takes no value`;
  }
  return { values: values as Options<K>["values"], positionals };
}

const meant = (name: string, known: readonly string[]): string => (known.length === 0 ? "" : `; did you mean --${nearest(name, known)}?`);

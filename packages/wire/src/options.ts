import { nearest } from "./settings.ts";

/** What a command takes: `list` may be given several times, `optional` without its value. */
export type OptionKinds = Readonly<Record<string, "text" | "flag" | "list" | "optional">>;

export interface Options<K extends OptionKinds> {
  readonly values: { readonly [Name in keyof K]?: K[Name] extends "flag" ? true : K[Name] extends "list" ? readonly string[] : string };
  readonly words: readonly string[];
}

/** Options and words of a command line, or what is wrong with them: in our words, with the nearest right name. */
export function readOptions<const K extends OptionKinds>(args: readonly string[], kinds: K): Options<K> | string {
  const values: Record<string, true | string | string[]> = {};
  const words: string[] = [];
  for (let index = 0; index < args.length; index++) {
    const word = args[index] as string;
    if (word === "--") return { values: values as Options<K>["values"], words: [...words, ...args.slice(index + 1)] };
    if (!word.startsWith("-") || word === "-") {
      words.push(word);
      continue;
    }
    const [, name = "", given] = /^--?([^=]*)(?:=([\s\S]*))?$/.exec(word) ?? [];
    const kind = word.startsWith("--") && Object.hasOwn(kinds, name) ? kinds[name] : undefined;
    if (kind === undefined) return `Cannot take ${word.split("=")[0]}: there is no such option${meant(name, Object.keys(kinds))}`;
    if (kind === "flag" && given !== undefined) return `Cannot take --${name}=${given}: it takes no value`;
    if (kind === "flag") {
      values[name] = true;
      continue;
    }
    if (kind === "optional") {
      values[name] = given ?? (isValue(args[index + 1]) ? (args[++index] as string) : "");
      continue;
    }
    const value = given ?? args[++index];
    if (value === undefined || value === "") return `Cannot take --${name} without a value`;
    if (kind === "text" && values[name] !== undefined) return `Cannot take --${name} twice`;
    values[name] = kind === "list" ? [...((values[name] as string[] | undefined) ?? []), value] : value;
  }
  return { values: values as Options<K>["values"], words };
}

const isValue = (word: string | undefined): boolean => word !== undefined && !word.startsWith("-");

const meant = (name: string, known: readonly string[]): string => (known.length === 0 ? "" : `; did you mean --${nearest(name, known)}?`);

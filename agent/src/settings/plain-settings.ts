import type { FileEntry } from "./file-settings.ts";

/** What means the same to YAML as it reads: no quotes, no letters that are more than themselves, a colon only inside a word. */
const WORD = "[A-Za-z0-9_/.](?:[A-Za-z0-9_/.@+=-]|:(?=[A-Za-z0-9_/.@+=-]))*";
const TEXT = `${WORD}(?: ${WORD})*`;
const PAIR = `${WORD}: ${TEXT}`;
const COMMENT = "(?: +#[ -~]*)?";
const NOTHING = /^(?: *#[ -~]*|)$/;
const LINE = new RegExp(`^([a-z][a-z0-9_]*): (?:(${TEXT})|\\[ ?(${TEXT}(?:, ${TEXT})*) ?\\]|\\{ ?(${PAIR}(?:, ${PAIR})*) ?\\})${COMMENT}$`);
const IS_NULL = /^null$/i;
const BOOLEANS: Readonly<Record<string, string>> = { true: "1", True: "1", TRUE: "1", false: "0", False: "0", FALSE: "0" };

/**
 * The entries of a file that holds nothing but plain lines, as most do: `name: value`, a list or pairs of such values in one line,
 * comments. Null = it holds more than that, or a name twice, and is for YAML's own reader.
 */
export function plainSettings(text: string): FileEntry[] | null {
  const entries: FileEntry[] = [];
  for (const [index, line] of text.split("\n").entries()) {
    if (NOTHING.test(line)) continue;
    const entry = plainEntry(line, index + 1);
    if (entry === null || entries.some(({ key }) => key === entry.key)) return null;
    entries.push(entry);
  }
  return entries;
}

function plainEntry(text: string, line: number): FileEntry | null {
  const [, key, one, list, pairs] = LINE.exec(text) ?? [];
  if (key === undefined) return null;
  const value = one !== undefined ? textOf(one) : list !== undefined ? textsOf(list) : pairsOf(pairs ?? "");
  return value === null ? null : { key, line, value };
}

const textOf = (written: string): string | null => (IS_NULL.test(written) ? null : (BOOLEANS[written] ?? written));

function textsOf(list: string): string[] | null {
  const texts = list.split(", ").map(textOf);
  return texts.every((text) => text !== null) ? texts : null;
}

function pairsOf(pairs: string): Map<string, string> | null {
  const all = pairs.split(", ").map((pair) => {
    const end = pair.indexOf(": ");
    return [pair.slice(0, end), textOf(pair.slice(end + 2))] as const;
  });
  const isPlain = all.every((pair): pair is readonly [string, string] => pair[1] !== null);
  return isPlain && new Set(all.map(([name]) => name)).size === all.length ? new Map(all as [string, string][]) : null;
}

/**
 * Where an object of a JSON text says one name twice. Parsers differ on what that means, so a record that does it means
 * nothing that everybody would agree on. `text` must be JSON that was parsed; the answer is a list of pointers (RFC 6901).
 */
export function duplicateKeys(text: string, most = 16): string[] {
  const found: string[] = [];
  const open: Container[] = [];
  const scanner = /"(?:[^"\\]|\\.)*"|[{}[\],:]/g;
  let key: string | null = null;
  for (let match = scanner.exec(text); match !== null && found.length < most; match = scanner.exec(text)) {
    const [token] = match;
    const inside = open.at(-1);
    if (token === "{" || token === "[") open.push({ names: token === "{" ? new Set() : null, at: 0, path: pathOf(inside, key) });
    else if (token === "}" || token === "]") open.pop();
    else if (token === ",") {
      if (inside !== undefined) inside.at += 1;
      key = null;
    } else if (token === ":") continue;
    else if (inside?.names && isKey(text, scanner.lastIndex)) {
      key = JSON.parse(token) as string;
      if (inside.names.has(key)) found.push(inside.path);
      inside.names.add(key);
    }
  }
  return found;
}

interface Container {
  /** Null for a list. */
  readonly names: Set<string> | null;
  at: number;
  readonly path: string;
}

const pathOf = (inside: Container | undefined, key: string | null): string => {
  if (inside === undefined) return "";
  const step = inside.names === null ? String(inside.at) : (key ?? "");
  return `${inside.path}/${step.replaceAll("~", "~0").replaceAll("/", "~1")}`;
};

/** A string that a colon follows. */
function isKey(text: string, end: number): boolean {
  let at = end;
  while (/\s/.test(text[at] ?? "")) at += 1;
  return text[at] === ":";
}

const KEY_MARK = '":';
/** A name that the count would not see. */
const SPACED_KEY = /"\s+:/;

/** Cheap, and true only where there is nothing to look for: as many names in the text as in what was made of it. */
export function hasPlainKeys(text: string, value: unknown): boolean {
  if (SPACED_KEY.test(text)) return false;
  let marks = 0;
  for (let at = text.indexOf(KEY_MARK); at >= 0; at = text.indexOf(KEY_MARK, at + KEY_MARK.length)) marks += 1;
  return marks === countKeys(value);
}

/** Columns hold no names, and are long: they are not looked into. */
function countKeys(value: unknown): number {
  if (typeof value !== "object" || value === null) return 0;
  let keys = 0;
  if (Array.isArray(value)) {
    if (typeof value[0] !== "object" || value[0] === null || Array.isArray(value[0])) return 0;
    for (const item of value) keys += countKeys(item);
    return keys;
  }
  // JSON gives its objects no other names than their own.
  for (const name in value) keys += 1 + countKeys((value as Readonly<Record<string, unknown>>)[name]);
  return keys;
}

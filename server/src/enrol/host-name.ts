/** Names to try in turn for a host: the wish, then with a number, and at last with a part of its id, which is free. */
export function* nameCandidates(wish: string, id: string): Generator<string> {
  yield wish;
  for (let number = 2; number <= 20; number++) yield suffixed(wish, String(number));
  yield suffixed(wish, id.slice(0, 8));
  yield suffixed(wish, id);
}

/** `*` stands for any run of characters; everything else for itself. */
export function matchesPattern(name: string, pattern: string): boolean {
  const [first = "", ...parts] = pattern.split("*");
  if (parts.length === 0) return name === pattern;
  if (!name.startsWith(first)) return false;
  const last = parts.pop() as string;
  let at = first.length;
  for (const part of parts) {
    const found = name.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return name.length - last.length >= at && name.endsWith(last);
}

const LONGEST = 255;

const suffixed = (name: string, suffix: string): string => `${name.slice(0, LONGEST - suffix.length - 1)}-${suffix}`;

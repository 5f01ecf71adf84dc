const RANGE = /\[([0-9]+|[a-zA-Z]):([0-9]+|[a-zA-Z])(?::([0-9]+))?\]/;
const MOST = 100_000;

/** `web[01:50].example.net`, `db-[a:f]`, `n[0:10:2]`: all names that are meant, or what is wrong. Both ends count; zeros ahead stay. */
export function expandRange(pattern: string): readonly string[] | string {
  const found = RANGE.exec(pattern);
  if (found === null) return /[[\]]/.test(pattern) ? `${said(pattern)} has brackets that are no range, such as [01:50]` : [pattern];
  const [whole, first = "", last = "", step = "1"] = found;
  const values = rangeOf(first, last, Number(step));
  if (values === null) return `${said(pattern)} has a range that goes nowhere: write the lesser end first, such as [01:50]`;
  const names: string[] = [];
  for (const value of values) {
    const rest = expandRange(pattern.slice(0, found.index) + value + pattern.slice(found.index + whole.length));
    if (typeof rest === "string") return rest;
    names.push(...rest);
    if (names.length > MOST) return `${said(pattern)} means more than ${MOST} hosts`;
  }
  return names;
}

const said = (pattern: string): string => JSON.stringify(pattern.slice(0, 80));

function rangeOf(first: string, last: string, step: number): string[] | null {
  const isNumber = /^\d+$/.test(first);
  if (isNumber !== /^\d+$/.test(last)) return null;
  const [from, to] = isNumber ? [Number(first), Number(last)] : [first.charCodeAt(0), last.charCodeAt(0)];
  if (from > to || step < 1 || (to - from) / step > MOST) return null;
  const say = (value: number): string => (isNumber ? String(value).padStart(first.length, "0") : String.fromCharCode(value));
  return Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, at) => say(from + at * step));
}

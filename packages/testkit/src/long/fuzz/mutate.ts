import type { SeededRandom } from "../../sim/random.ts";

/** Cases that are mostly right: a good example, bent in a few places. Nothing longer than `LONGEST`. */
export const LONGEST = 16_384;

export const below = (random: SeededRandom, most: number): number => Math.floor(random.next() * most);
export const pick = <T>(random: SeededRandom, values: readonly T[]): T => values[below(random, values.length)] as T;

/** What has broken parsers before: numbers at the ends of their types, text that is not text, names with a meaning. */
const WORDS: readonly string[] = [
  "",
  "0",
  "-0",
  "-1",
  "1",
  "255",
  "65535",
  "65536",
  "2147483648",
  "4294967295",
  "9007199254740993",
  "9223372036854775808",
  "18446744073709551616",
  "-170141183460469231731687303715884105729",
  "1e400",
  "1e-400",
  "0x10",
  "1_000",
  "+1",
  "NaN",
  "Infinity",
  "null",
  "true",
  "23:59:60",
  "2016-12-31T23:59:60Z",
  "__proto__",
  "constructor",
  "toString",
  "127.127.1.0",
  "::ffff:192.0.2.1",
  "fe80::1%eth0",
  "[::]",
  "a".repeat(300),
  "9".repeat(420),
  "%00",
  "\0",
  "\n",
  "\r\n",
  "\t",
  " ",
  '"',
  "'",
  "\\",
  "(",
  ")",
  "[",
  "{",
  ",",
  ":",
  ";",
  "=",
  "#",
  "-",
  ".",
  "/",
  "\u2028",
  "\ud800",
  "\udfff",
  "\ufeff",
  "\ufffe",
  "é",
  "😀",
  "\u202e",
  "\x1b[2J",
  "\x7f",
];

/** One of the examples, as it is or bent up to five times. */
export function bentText(random: SeededRandom, examples: readonly string[], words: readonly string[] = []): string {
  let text = pick(random, examples);
  const all = words.length === 0 || random.next() < 0.5 ? WORDS : words;
  for (let bends = below(random, 6); bends > 0; bends--) text = bendText(random, text, examples, all);
  return text.length > LONGEST ? text.slice(0, LONGEST) : text;
}

function bendText(random: SeededRandom, text: string, examples: readonly string[], words: readonly string[]): string {
  const [from, to] = span(random, text.length);
  switch (below(random, 8)) {
    case 0:
      return text.slice(0, from) + text.slice(to);
    case 1:
      return text.slice(0, from) + text.slice(from, to).repeat(1 + below(random, 4)) + text.slice(to);
    case 2:
      return text.slice(0, from) + pick(random, words) + text.slice(from);
    case 3:
      return text.slice(0, from) + pick(random, words) + text.slice(to);
    case 4:
      return text.slice(0, from);
    case 5:
      return text.slice(0, from) + String.fromCharCode(below(random, random.next() < 0.9 ? 128 : 65_536)) + text.slice(from + 1);
    case 6:
      return replaceNumber(random, text);
    default: {
      const other = pick(random, examples);
      return text.slice(0, from) + other.slice(below(random, other.length + 1));
    }
  }
}

/** One of the numbers in it, replaced by another. */
function replaceNumber(random: SeededRandom, text: string): string {
  const numbers = [...text.slice(0, 4096).matchAll(/-?\d+/g)];
  if (numbers.length === 0) return text;
  const { index, 0: digits } = pick(random, numbers);
  const other = random.next() < 0.5 ? pick(random, WORDS.slice(1, 20)) : String(below(random, 10 ** below(random, 16)));
  return text.slice(0, index) + other + text.slice(index + digits.length);
}

/** A stretch, mostly short. */
function span(random: SeededRandom, length: number): [number, number] {
  const from = below(random, length + 1);
  const long = random.next() < 0.2 ? length : 12;
  return [from, Math.min(length, from + below(random, long + 1))];
}

const EDGES = [0, 1, 0x7f, 0x80, 0xff];

/** One of the examples, as it is or bent up to five times; fields of 1, 2, 4 and 8 bytes are set to the ends of their types. */
export function bentBytes(random: SeededRandom, examples: readonly Uint8Array[]): Uint8Array {
  let bytes = Uint8Array.from(pick(random, examples));
  for (let bends = below(random, 6); bends > 0; bends--) bytes = bendBytes(random, bytes, examples);
  return bytes.length > LONGEST ? bytes.slice(0, LONGEST) : bytes;
}

function bendBytes(random: SeededRandom, bytes: Uint8Array<ArrayBuffer>, examples: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const [from, to] = span(random, bytes.length);
  switch (below(random, 7)) {
    case 0:
      if (from < bytes.length) bytes[from] = (bytes[from] as number) ^ (1 << below(random, 8));
      return bytes;
    case 1:
      bytes.fill(pick(random, EDGES), from, Math.min(bytes.length, from + 2 ** below(random, 4)));
      return bytes;
    case 2:
      for (let at = from; at < to; at++) bytes[at] = below(random, 256);
      return bytes;
    case 3:
      return joined(bytes.subarray(0, from), bytes.subarray(to));
    case 4:
      return joined(bytes.subarray(0, from), bytes.subarray(from, to), bytes.subarray(from, to), bytes.subarray(to));
    case 5:
      return bytes.slice(0, from);
    default: {
      const other = pick(random, examples);
      return joined(bytes.subarray(0, from), other.subarray(below(random, other.length + 1)));
    }
  }
}

function joined(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** What a JSON document may hold where something else was meant. */
const VALUES: readonly unknown[] = [
  null,
  true,
  false,
  0,
  -0,
  -1,
  1,
  0.5,
  2 ** 31,
  2 ** 53,
  -(2 ** 63),
  1e308,
  1e-320,
  [],
  {},
  [[[[[]]]]],
  { base: "0", d: [] },
  { base: "-9223372036854775808", d: [0, null, "9223372036854775807"] },
];

type Json = Record<string, unknown> | unknown[];
const isInner = (value: unknown): value is Json => typeof value === "object" && value !== null;

/** One of the examples, bent in up to four places at any depth. The example itself stays as it is. */
export function bentJson(random: SeededRandom, examples: readonly unknown[]): unknown {
  let value = pick(random, examples);
  for (let bends = below(random, 5); bends > 0; bends--) value = bendJson(random, value, 0);
  return value;
}

/** Copies what lies on the way to the change, and nothing else. */
function bendJson(random: SeededRandom, value: unknown, depth: number): unknown {
  if (!isInner(value) || depth > 12) return other(random, value);
  const keys = Object.keys(value);
  if (keys.length > 0 && random.next() < (depth === 0 ? 0.97 : 0.7)) {
    const key = pick(random, keys);
    const bent = bendJson(random, (value as Record<string, unknown>)[key], depth + 1);
    return Array.isArray(value) ? value.with(Number(key), bent) : { ...value, [key]: bent };
  }
  return Array.isArray(value) ? bendArray(random, value) : bendObject(random, value, keys);
}

function bendArray(random: SeededRandom, list: readonly unknown[]): unknown {
  const at = below(random, list.length + 1);
  switch (below(random, 4)) {
    case 0:
      return list.filter((_, index) => index !== at);
    case 1:
      return [...list.slice(0, at), list[at] ?? other(random, 0), ...list.slice(at)];
    case 2:
      return [...list, ...Array.from({ length: below(random, random.next() < 0.02 ? 400 : 4) }, () => list[0] ?? 0)];
    default:
      return other(random, list);
  }
}

function bendObject(random: SeededRandom, from: Json, keys: readonly string[]): unknown {
  const object = from as Record<string, unknown>;
  const key = pick(random, keys.length === 0 ? ["x"] : keys);
  switch (below(random, 4)) {
    case 0:
      return Object.fromEntries(Object.entries(object).filter(([name]) => name !== key));
    case 1:
      // JSON makes an own property of any name, "__proto__" too.
      return Object.fromEntries([...Object.entries(object), [pick(random, WORDS), pick(random, VALUES)]]);
    case 2:
      return { ...object, [key]: object[pick(random, keys.length === 0 ? ["x"] : keys)] };
    default:
      return other(random, object);
  }
}

function other(random: SeededRandom, value: unknown): unknown {
  if (typeof value === "number" && random.next() < 0.5) return value + pick(random, [-1, 1, 0.5, 2 ** 32, -(2 ** 53)]);
  if (typeof value === "string" && random.next() < 0.6) return bentText(random, [value]);
  return random.next() < 0.4 ? pick(random, WORDS) : pick(random, VALUES);
}

import { BundleFault, type Failure, type Step } from "./ports.ts";

/** Fields of a line that anybody may have written. */
export interface Fields {
  readonly line: Readonly<Record<string, unknown>>;
  readonly step: Step;
  readonly at: Partial<Pick<Failure, "host" | "epoch" | "seq">>;
}

export function fieldsOf(text: string, step: Step, at: Fields["at"] = {}): Fields {
  const line = parsed(text);
  if (!isObject(line)) throw new BundleFault(step, "malformed", `${shorter(text)} is no line of JSON`, at);
  if (!isShallow(line) || !isPlain(line, text))
    throw new BundleFault(step, "malformed", `${shorter(text)} is not written in the one way for it`, at);
  return { line, step, at };
}

/**
 * Readers of JSON differ over names that come twice, 1.0, numbers beyond 2^53 and halves of characters: two of them would read two
 * different bundles. So a line is as JSON.stringify writes it, with whole numbers only.
 */
const isPlain = (line: object, text: string): boolean => JSON.stringify(line) === text && isWhole(line, text);

/** How deep what nobody asks for may be nested: readers of JSON give up at different depths. */
const MOST_DEEP = 100;

export const isShallow = (value: unknown, deep = 0): boolean =>
  typeof value !== "object" || value === null || (deep < MOST_DEEP && Object.values(value).every((one) => isShallow(one, deep + 1)));

const MAY_BE_ODD = /\d\.\d|\de[+-]|[:,[]-?\d{16}|\\ud/;
const isWhole = (line: object, text: string): boolean => !MAY_BE_ODD.test(text) || hasWholeNumbers(line);

/** All numbers are integers below 2^53, and all texts have a UTF-8. */
export function hasWholeNumbers(value: unknown): boolean {
  if (typeof value === "number") return Number.isSafeInteger(value);
  if (typeof value === "string") return !/\p{Surrogate}/u.test(value);
  if (typeof value !== "object" || value === null) return true;
  return Object.entries(value).every(([name, one]) => hasWholeNumbers(name) && hasWholeNumbers(one));
}

export function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null; // no JSON
  }
}

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const shorter = (text: string): string => (text.length > 80 ? `${text.slice(0, 80)}…` : text);

const wrong = ({ step, at, line }: Fields, name: string, wanted: string): never => {
  throw new BundleFault(step, "malformed", `${name} is ${shorter(JSON.stringify(line[name]) ?? "missing")}, not ${wanted}`, at);
};

export function text(fields: Fields, name: string): string {
  const value = fields.line[name];
  return typeof value === "string" ? value : wrong(fields, name, "a text");
}

export function count(fields: Fields, name: string): number {
  const value = fields.line[name];
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : wrong(fields, name, "a whole number");
}

export function ns(fields: Fields, name: string): string {
  const value = fields.line[name];
  return typeof value === "string" && /^(0|-?[1-9]\d{0,29})$/.test(value) ? value : wrong(fields, name, "nanoseconds");
}

export function flag(fields: Fields, name: string): boolean {
  const value = fields.line[name];
  return typeof value === "boolean" ? value : wrong(fields, name, "true or false");
}

export function list(fields: Fields, name: string): readonly unknown[] {
  const value = fields.line[name];
  return Array.isArray(value) ? value : wrong(fields, name, "a list");
}

export function object(fields: Fields, name: string): Fields {
  const value = fields.line[name];
  return isObject(value) ? { ...fields, line: value } : wrong(fields, name, "an object");
}

export function bytes(fields: Fields, name: string, decode: (text: string) => Uint8Array | null, length?: number): Uint8Array {
  const value = decode(text(fields, name));
  return value !== null && (length === undefined || value.length === length)
    ? value
    : wrong(fields, name, length === undefined ? "bytes" : `${length} bytes`);
}

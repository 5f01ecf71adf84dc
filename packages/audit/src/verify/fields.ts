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
  return { line, step, at };
}

function parsed(text: string): unknown {
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

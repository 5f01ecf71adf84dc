import { type Fraction, parseDecimal } from "@truebound/time";

/** A number as its digits. */
export class NumberText {
  readonly digits: string;
  constructor(digits: string) {
    this.digits = digits;
  }
}

export type Json = null | boolean | string | NumberText | readonly Json[] | { readonly [key: string]: Json };

export interface Range {
  readonly least?: bigint;
  readonly most?: bigint;
}

/**
 * Reads one place of a recorded case. Problems are collected with their place, so that a file is mended in one go; what
 * is read after a problem is a stand-in that is never used. Keys that nobody asked for are told of, not refused.
 */
export class CaseReader {
  readonly #value: Json | undefined;
  readonly #path: string;
  readonly #told: Told;
  readonly #asked = new Set<string>();

  constructor(value: Json | undefined, path = "", told: Told = { problems: [], strangers: [] }) {
    this.#value = value;
    this.#path = path;
    this.#told = told;
  }

  get problems(): readonly string[] {
    return this.#told.problems;
  }

  /** Places of keys that mean nothing here. */
  get strangers(): readonly string[] {
    return this.#told.strangers;
  }

  /** False for null as well: records write it where a value is not known. */
  get present(): boolean {
    return this.#value !== undefined && this.#value !== null;
  }

  problem(text: string): void {
    this.#told.problems.push(`${this.#path === "" ? "/" : this.#path} ${text}`);
  }

  key(name: string): CaseReader {
    this.#asked.add(name);
    return new CaseReader(isObject(this.#value) ? this.#value[name] : undefined, `${this.#path}/${name}`, this.#told);
  }

  /** To be called when all keys of an object have been asked for. */
  closeObject(): void {
    if (!isObject(this.#value)) return this.problem("must be an object");
    for (const name of Object.keys(this.#value)) if (!this.#asked.has(name)) this.#told.strangers.push(`${this.#path}/${name}`);
  }

  /** Nothing where it is absent. */
  list<T>(read: (item: CaseReader) => T): T[] {
    if (!this.present) return [];
    if (Array.isArray(this.#value))
      return this.#value.map((item: Json, index) => read(new CaseReader(item, `${this.#path}/${index}`, this.#told)));
    this.problem("must be a list");
    return [];
  }

  integer({ least, most }: Range = {}): bigint {
    const value = this.#decimal();
    if (value === null || value.n % value.d !== 0n) return this.#wrong(`${this.#shown}must be a whole number, as a number or a string`, 0n);
    const whole = value.n / value.d;
    if (least !== undefined && whole < least) return this.#wrong(`is ${whole}: it must be at least ${least}`, least);
    if (most !== undefined && whole > most) return this.#wrong(`is ${whole}: it must be at most ${most}`, most);
    return whole;
  }

  /** A number with or without decimals, exact. */
  decimal({ least }: Range = {}): Fraction {
    const value = this.#decimal();
    if (value === null) return this.#wrong(`${this.#shown}must be a number`, { n: 0n, d: 1n });
    if (least !== undefined && value.n < least * value.d) return this.#wrong(`must be at least ${least}`, value);
    return value;
  }

  text(): string {
    return typeof this.#value === "string" ? this.#value : this.#wrong("must be text", "");
  }

  flag(): boolean {
    return typeof this.#value === "boolean" ? this.#value : this.#wrong("must be true or false", false);
  }

  oneOf<const T extends readonly string[]>(words: T): T[number] {
    const word = words.find((one) => one === this.#value);
    return word ?? this.#wrong(`must be one of ${words.join(", ")}`, words[0] as string);
  }

  /** What `read` makes of it, or `absent` where there is nothing. */
  optional<T, U>(absent: U, read: (reader: this) => T): T | U {
    return this.present ? read(this) : absent;
  }

  #decimal(): Fraction | null {
    if (this.#value instanceof NumberText) return parseDecimal(this.#value.digits);
    return typeof this.#value === "string" ? parseDecimal(this.#value) : null;
  }

  /** "is 1.5: it ", where there is a value that is short enough to be shown. */
  get #shown(): string {
    const text =
      this.#value instanceof NumberText ? this.#value.digits : typeof this.#value === "string" ? JSON.stringify(this.#value) : "";
    return text === "" || text.length > 60 ? "" : `is ${text}: it `;
  }

  #wrong<T>(text: string, standIn: T): T {
    this.problem(this.present ? text : `is missing: it ${text}`);
    return standIn;
  }
}

interface Told {
  readonly problems: string[];
  readonly strangers: string[];
}

const isObject = (value: Json | undefined): value is { readonly [key: string]: Json } =>
  typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof NumberText);

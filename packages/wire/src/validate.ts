import type { Static, TSchema } from "typebox";
import { Compile } from "typebox/compile";
import { TEXT_PATTERN } from "./schema.ts";

/** What is wrong with a value, as JSON pointer and words. */
export interface SchemaError {
  readonly pointer: string;
  readonly detail: string;
}

export interface Validator<T> {
  readonly accepts: (value: unknown) => value is T;
  /** The first few things that are wrong; empty for a valid value. */
  readonly errors: (value: unknown) => SchemaError[];
}

const MOST_ERRORS = 10;

/** A validator of one schema, compiled when it is first used: an agent that reports to nobody never needs most of them. */
export function validator<S extends TSchema>(schema: S): Validator<Static<S>> {
  let known: ReturnType<typeof Compile<S>> | undefined;
  const compiled = () => {
    known ??= Compile(schema);
    return known;
  };
  return {
    accepts: (value): value is Static<S> => compiled().Check(value),
    errors: (value) =>
      compiled()
        .Errors(value)
        .slice(0, MOST_ERRORS)
        .map(({ instancePath, message }) => ({ pointer: instancePath, detail: inWords(message) })),
  };
}

/** People write text too, and a pattern tells them nothing. */
const inWords = (message: string): string =>
  message.includes(TEXT_PATTERN) ? "must be one line of text, without control and invisible characters and emoji" : message;

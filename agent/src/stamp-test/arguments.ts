import { type Options, readOptions } from "@truebound/wire";
import { parseDuration } from "../config.ts";
import { STAMP_FORMATS, type StampFormat } from "./read-line.ts";
import type { RoundOptions } from "./take-rounds.ts";

export interface StampTestOptions extends RoundOptions {
  readonly command: readonly [string, ...string[]];
  readonly load: number;
  /** Mean pause between two rounds. */
  readonly everyMs: number;
  readonly stampPoint: string | null;
  readonly out: string | null;
  readonly json: boolean;
}

const KINDS = {
  rounds: "text",
  "warm-up": "text",
  load: "text",
  format: "text",
  every: "text",
  timeout: "text",
  skip: "text",
  arrivals: "flag",
  "stamp-point": "text",
  out: "text",
  json: "flag",
  help: "flag",
} as const;
type Values = Options<typeof KINDS>["values"];

/** Below ten a digit that happens not to vary would pass for one that never does. */
export const LIMITS = { rounds: [10, 100_000], "warm-up": [0, 10_000], load: [0, 256], skip: [0, 1000] } as const;

/** The options, or what is wrong with them. */
export function parseStampTest(args: readonly string[], processors: number): StampTestOptions | string {
  const end = args.indexOf("--");
  const read = readOptions(end === -1 ? args : args.slice(0, end), KINDS);
  if (typeof read === "string") return read;
  const [program, ...rest] = end === -1 ? [] : args.slice(end + 1);
  const [stray] = read.words;
  if (stray !== undefined) return `Cannot take ${JSON.stringify(stray)}: write the application's command behind --`;
  if (program === undefined) return "Cannot test nothing: write the application's command behind --, as in -- node app.js";
  return options(read.values, [program, ...rest], processors);
}

function options(values: Values, command: readonly [string, ...string[]], processors: number): StampTestOptions | string {
  const rounds = whole("rounds", values.rounds, 1000);
  const warmUp = whole("warm-up", values["warm-up"], 10);
  const load = whole("load", values.load, processors);
  const skip = whole("skip", values.skip, 0);
  const everyMs = span("every", values.every, 2, 60_000);
  const timeoutMs = span("timeout", values.timeout, 5000, 600_000);
  const format = formOf(values.format);
  for (const one of [rounds, warmUp, load, skip, everyMs, timeoutMs]) if (typeof one === "string") return one;
  if (format !== null && !isForm(format)) return `Cannot take --format ${format}: it is one of ${STAMP_FORMATS.join(", ")}`;
  const point = values["stamp-point"] ?? null;
  if (point !== null && (point.length > 500 || !/^[\u0020-\u007e\u00a0-\ud7ff\ue000-\ufffd]+$/.test(point)))
    return "Cannot take --stamp-point: say it in one line of at most 500 characters";
  return {
    command,
    rounds: rounds as number,
    warmUp: warmUp as number,
    load: load as number,
    skip: skip as number,
    everyMs: everyMs as number,
    timeoutMs: timeoutMs as number,
    format,
    arrivals: values.arrivals ?? false,
    stampPoint: point,
    out: values.out ?? null,
    json: values.json ?? false,
  };
}

const formOf = (text: string | undefined): string | null => text ?? null;
const isForm = (text: string): text is StampFormat => (STAMP_FORMATS as readonly string[]).includes(text);

function whole(name: keyof typeof LIMITS, text: string | undefined, otherwise: number): number | string {
  const [least, most] = LIMITS[name];
  const value = text === undefined ? Math.min(otherwise, most) : Number(text);
  return Number.isInteger(value) && value >= least && value <= most
    ? value
    : `Cannot take --${name} ${text}: it must be a whole number from ${least} to ${most}`;
}

function span(name: string, text: string | undefined, otherwise: number, mostMs: number): number | string {
  const seconds = text === undefined ? otherwise / 1000 : text === "0" ? 0 : parseDuration(text);
  return seconds !== null && seconds * 1000 <= mostMs
    ? Math.round(seconds * 1000)
    : `Cannot take --${name} ${text}: write a span with its unit, at most ${mostMs / 1000}s, e.g. 5ms or 2s`;
}

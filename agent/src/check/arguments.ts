import { readOptions } from "@truebound/wire";
import { parseDuration } from "../config.ts";
import { parseSource, type Source } from "../probe/source.ts";
import type { Limits } from "./present.ts";

export interface CheckOptions {
  readonly sources: readonly Source[];
  readonly samples: number;
  readonly json: boolean;
  readonly limits: Limits;
  readonly faults: number | null;
  /** A second opinion by another program is taken too. */
  readonly crossCheck: boolean;
}

/** The options, or what is wrong with them. */
export function parseCheck(args: readonly string[]): CheckOptions | string {
  const read = readOptions(args, OPTIONS);
  if (typeof read === "string") return read;
  const { values, words } = read;
  const sources = words.map((text) => parseSource(text));
  const samples = Number(values.samples ?? "4");
  const faults = values.faults === undefined ? null : Number(values.faults);
  const limits = { warn: limit(values.warn), crit: limit(values.crit) };
  const wrong = sources.find((source) => typeof source === "string");
  if (wrong !== undefined) return wrong as string;
  const strange = (sources as Source[]).find(({ kind }) => kind !== undefined);
  if (strange !== undefined) return `Cannot check ${strange.id}: a check asks servers of NTP`;
  const ids = (sources as Source[]).map(({ id }) => id);
  const twice = ids.find((id, index) => ids.indexOf(id) !== index);
  if (twice !== undefined) return `Cannot check ${twice} twice: it would be one clock with two names`;
  if (sources.length === 0) return "Cannot check without a server: name at least one HOST or HOST:PORT";
  if (!Number.isInteger(samples) || samples < 1 || samples > 64) return `Cannot take --samples ${values.samples}: it must be 1 to 64`;
  if (faults !== null && (!Number.isInteger(faults) || faults < 0 || faults > 10))
    return `Cannot take --faults ${values.faults}: it must be 0 to 10`;
  for (const name of ["warn", "crit"] as const)
    if (limits[name] === undefined) return `Cannot take --${name} ${values[name]}: write a span with its unit, e.g. 500us, 1ms, 2s`;
  if (limits.warn && limits.crit && limits.warn > limits.crit)
    return `Cannot take --warn ${values.warn} above --crit ${values.crit}: the warning comes first`;
  return {
    sources: sources as Source[],
    samples,
    json: values.json ?? false,
    limits: { warn: limits.warn ?? null, crit: limits.crit ?? null },
    faults,
    crossCheck: values["cross-check"] ?? false,
  };
}

const OPTIONS = {
  samples: "text",
  json: "flag",
  warn: "text",
  crit: "text",
  faults: "text",
  "cross-check": "flag",
  help: "flag",
} as const;

/** Null = not given. */
const limit = (text: string | undefined): bigint | null | undefined => (text === undefined ? null : spanOf(text));

/** ns; undefined = not a span. Fractions round down: a limit never grows. */
export function spanOf(text: string): bigint | undefined {
  const micro = /^(\d+(?:\.\d+)?)(us|µs|ns)$/.exec(text);
  const seconds = micro ? Number(micro[1]) * (micro[2] === "ns" ? 1e-9 : 1e-6) : parseDuration(text);
  return seconds === null || !Number.isFinite(seconds) ? undefined : BigInt(Math.floor(seconds * 1e9 + 1e-6));
}

import type { Source } from "../probe/source.ts";
import { distinct, sourcesOfNtpConf } from "./conf-files.ts";

/**
 * What chrony.conf says of how its daemon treats the clock (chrony.conf(5)). Pure: text in, directives out; directives in,
 * settings out. Files that one file names are followed by the caller, in place, because the last word on a setting wins.
 */
export interface Directive {
  /** In lower case: chrony does not tell them apart. */
  readonly name: string;
  readonly words: readonly string[];
}

/** chronyd reads its lines into 2048 bytes and takes the rest of a longer one for the next. We do not follow it there. */
const LONGEST_LINE = 2046;
const TOO_LONG = "(line too long)";

/** A comment is a line that begins with one of ! ; # % after any spaces; behind a directive these are no comment. */
export function directivesOf(text: string): Directive[] {
  return text.split("\n").flatMap((line) => {
    if (line.length * 3 > LONGEST_LINE && new TextEncoder().encode(line).length > LONGEST_LINE) return [{ name: TOO_LONG, words: [] }];
    const [name, ...words] = line.trim().split(/\s+/);
    return name === undefined || name === "" || isComment(name) ? [] : [{ name: name.toLowerCase(), words }];
  });
}

const isComment = (line: string): boolean => /^\s*[!;#%]/.test(line);

/** What a directive asks to be read in its place. */
export type FurtherReading =
  | { readonly kind: "pattern"; readonly pattern: string }
  | { readonly kind: "folders"; readonly folders: readonly string[]; readonly suffix: ".conf" | ".sources" };

export function furtherReading({ name, words }: Directive): FurtherReading | null {
  if (name === "include" && words[0] !== undefined) return { kind: "pattern", pattern: words[0] };
  if (name === "confdir" && words.length > 0) return { kind: "folders", folders: words, suffix: ".conf" };
  if (name === "sourcedir" && words.length > 0) return { kind: "folders", folders: words, suffix: ".sources" };
  return null;
}

/** A file of a `sourcedir` speaks of sources only; whatever else stands there is not obeyed. */
export const onlySources = (directives: readonly Directive[]): Directive[] =>
  directives.filter(({ name }) => ["server", "peer", "pool"].includes(name));

const LEAP_MODES = ["system", "step", "slew", "ignore"] as const;

export interface ChronySettings {
  /** Greatest rate at which chronyd slews, ppm, on top of its frequency correction. Null: a value stands there that we cannot use. */
  readonly maxSlewPpm: number | null;
  /** Steps beyond `thresholdS` seconds in the first `limit` updates; a negative limit = always. Null: never steps. */
  readonly makestep: { readonly thresholdS: number; readonly limit: number } | null;
  readonly rtcsync: boolean;
  readonly leapsecmode: (typeof LEAP_MODES)[number];
  /** The time that it *serves* is smoothed: its clients see another time than UTC while that lasts. */
  readonly smoothtime: { readonly maxFrequencyPpm: number; readonly maxWanderPpm: number; readonly leapOnly: boolean } | null;
  /** Its assumption on how far the clock strays on its own, ppm. */
  readonly maxClockErrorPpm: number;
  /** Interfaces on which the network card's stamps are asked for; "*" = all. */
  readonly hwtimestamp: readonly string[];
  readonly refclocks: number;
  /** UDP port of its monitoring protocol; 0 = closed. */
  readonly cmdport: number;
  readonly sources: readonly Source[];
  /** What could not be understood of the directives above, for people. */
  readonly problems: readonly string[];
}

/** chrony.conf(5): one twelfth, so that a leap second is slewed away in 12 s. */
export const DEFAULT_MAX_SLEW_PPM = 83_333.333;
/** What the Linux driver can be asked for at most, ppm (the kernel's tick of 10,000 µs ± 10 %). */
export const LINUX_MAX_SLEW_PPM = 100_000;

export const CHRONY_DEFAULTS: ChronySettings = {
  maxSlewPpm: DEFAULT_MAX_SLEW_PPM,
  makestep: null,
  rtcsync: false,
  leapsecmode: "system",
  smoothtime: null,
  maxClockErrorPpm: 1,
  hwtimestamp: [],
  refclocks: 0,
  cmdport: 323,
  sources: [],
  problems: [],
};

type Change = Partial<ChronySettings>;
type Reader = (words: readonly string[], sofar: ChronySettings) => Change | string;

const READERS: Readonly<Record<string, Reader>> = {
  maxslewrate: ([rate]) => slewRate(rate),
  makestep: ([threshold, limit]) => {
    const [thresholdS, count] = [number(threshold), number(limit)];
    if (thresholdS === null || count === null) return "write makestep SECONDS UPDATES";
    return { makestep: { thresholdS, limit: count } };
  },
  rtcsync: () => ({ rtcsync: true }),
  leapsecmode: ([mode]) => {
    const known = LEAP_MODES.find((one) => one === mode?.toLowerCase());
    return known === undefined ? `it is one of ${LEAP_MODES.join(", ")}` : { leapsecmode: known };
  },
  smoothtime: ([frequency, wander, option]) => {
    const [maxFrequencyPpm, maxWanderPpm] = [number(frequency), number(wander)];
    if (maxFrequencyPpm === null || maxWanderPpm === null) return "write smoothtime PPM PPM [leaponly]";
    return { smoothtime: { maxFrequencyPpm, maxWanderPpm, leapOnly: option?.toLowerCase() === "leaponly" } };
  },
  maxclockerror: ([rate]) => {
    const maxClockErrorPpm = number(rate);
    return maxClockErrorPpm === null ? "write maxclockerror PPM" : { maxClockErrorPpm };
  },
  hwtimestamp: ([name], { hwtimestamp }) => (name === undefined ? "name an interface, or *" : { hwtimestamp: [...hwtimestamp, name] }),
  refclock: (_, { refclocks }) => ({ refclocks: refclocks + 1 }),
  cmdport: ([port]) => {
    const cmdport = number(port);
    return cmdport === null || !Number.isInteger(cmdport) || cmdport < 0 || cmdport > 65_535 ? "a port is 0 to 65535" : { cmdport };
  },
};

const MOST_PROBLEMS = 16;

/** The settings in force after these directives, in this order: of those that hold one value the last wins. */
export function chronySettings(directives: readonly Directive[]): ChronySettings {
  const lines = onlySources(directives).map(({ name, words }) => [name, ...words].join(" "));
  const sources = distinct(sourcesOfNtpConf(lines.join("\n")));
  return directives.reduce(obey, { ...CHRONY_DEFAULTS, sources });
}

function obey(sofar: ChronySettings, { name, words }: Directive): ChronySettings {
  if (name === TOO_LONG) return { ...sofar, maxSlewPpm: null, problems: more(sofar.problems, "a line is too long to be read") };
  const reader = Object.hasOwn(READERS, name) ? READERS[name] : undefined;
  const change = reader?.(words, sofar) ?? {};
  if (typeof change !== "string") return { ...sofar, ...change };
  const unusable = name === "maxslewrate" ? { maxSlewPpm: null } : {};
  const problem = `Cannot use "${[name, ...words].join(" ").slice(0, 80)}" of chrony's configuration: ${change}`;
  return { ...sofar, ...unusable, problems: more(sofar.problems, problem) };
}

const more = (list: readonly string[], one: string): readonly string[] => (list.length < MOST_PROBLEMS ? [...list, one] : list);

/** Beyond what Linux can do, Linux's own limit holds. A rate that is no plain positive number bounds nothing. */
function slewRate(text: string | undefined): Change | string {
  const rate = number(text);
  if (rate === null || rate <= 0) return "write maxslewrate PPM, e.g. maxslewrate 500";
  return { maxSlewPpm: Math.min(rate, LINUX_MAX_SLEW_PPM) };
}

/** A plain decimal number. C's own reader takes more (a prefix, hexadecimal, infinity); a value written so is not relied on. */
function number(text: string | undefined): number | null {
  return text !== undefined && /^[+-]?(\d{1,20}(\.\d{0,20})?|\.\d{1,20})([eE][+-]?\d{1,2})?$/.test(text) ? Number(text) : null;
}

/**
 * What chronyd says of itself through `chronyc -c -n` (chronyc(1)): one line of comma-separated fields for each source, one
 * for `tracking`. A claim to compare with what we measure, never an input to the guaranteed bound. Signs are turned to
 * ours: an offset is reference − local.
 */
export interface DaemonSource {
  readonly mode: "server" | "peer" | "refclock";
  readonly state: "selected" | "combined" | "not_combined" | "unreachable" | "falseticker" | "too_variable";
  /** As chrony names it. */
  readonly name: string;
  /** Numeric address in one spelling; null for a reference clock, or a name that is not resolved yet. */
  readonly address: string | null;
  readonly stratum: number;
  /** log2 seconds between its polls. */
  readonly poll: number;
  /** Its last eight polls, the newest in the lowest bit; 1 = answered. */
  readonly reach: number;
  /** Seconds since the last sample; null = never. */
  readonly lastSampleS: number | null;
  /** ns, of the last sample. */
  readonly offsetNs: bigint;
  readonly errorNs: bigint;
}

export interface DaemonTracking {
  readonly refid: number;
  /** Address of the source that it follows; "" = none. */
  readonly follows: string;
  readonly stratum: number;
  /** What is left to correct, ns: positive = this clock is behind. */
  readonly systemOffsetNs: bigint;
  /** At its last update, ns. */
  readonly lastOffsetNs: bigint;
  /** Seconds since the Unix epoch, by the host's own clock: when it processed its last measurement; 0 = never. */
  readonly referenceTimeS: number;
  readonly rmsOffsetNs: bigint;
  /** ppm, positive = the clock would run fast without correction. */
  readonly frequencyPpm: number;
  /** As chrony prints it: what the followed source's samples say beyond the frequency in use. */
  readonly residualFrequencyPpm: number;
  readonly skewPpm: number;
  readonly rootDelayNs: bigint;
  readonly rootDispersionNs: bigint;
  readonly updateIntervalS: number;
  readonly leap: "normal" | "insert" | "delete" | "unsynchronised";
}

/** chronyd's name for its own clock (chrony.conf(5), local). */
export const OWN_CLOCK_REFID = 0x7f7f0101;

/** A line that is not what chronyc prints, and by which of its fields. */
export interface Malformed {
  readonly line: number;
  readonly field: string;
  readonly text: string;
}

/** Bounded, whoever writes: chronyd itself has no such number of sources. */
const MOST_LINES = 512;
const MODES: Readonly<Record<string, DaemonSource["mode"]>> = { "^": "server", "=": "peer", "#": "refclock" };
const STATES: Readonly<Record<string, DaemonSource["state"]>> = {
  "*": "selected",
  "+": "combined",
  "-": "not_combined",
  "?": "unreachable",
  x: "falseticker",
  "~": "too_variable",
};

export function parseSources(text: string): { sources: DaemonSource[]; malformed: Malformed[] } {
  const read = linesOf(text).map((line, index) => readLine(line, index + 1, sourceOf));
  return {
    sources: read.flatMap((one) => (one.kind === "read" ? [one.value] : [])),
    malformed: read.flatMap((one) => (one.kind === "malformed" ? [one.malformed] : [])),
  };
}

export function parseTracking(text: string): DaemonTracking | Malformed {
  const [line, second] = linesOf(text);
  if (line === undefined || second !== undefined) return { line: 1, field: "line_count", text: shorten(text) };
  const read = readLine(line, 1, trackingOf);
  return read.kind === "read" ? read.value : read.malformed;
}

const linesOf = (text: string): string[] =>
  text
    .split("\n")
    .map((line) => line.replace(/\r$/, ""))
    .filter((line) => line !== "")
    .slice(0, MOST_LINES);

function sourceOf(fields: Fields): DaemonSource {
  const mode = fields.oneOf("mode", MODES);
  const state = fields.oneOf("state", STATES);
  const name = fields.text("name", /^[\x21-\x7e]{1,255}$/);
  const stratum = fields.integer("stratum", 0, 16);
  const poll = fields.integer("poll", -7, 24);
  const reach = fields.octal("reach");
  const last = fields.integer("last_sample", 0, 0xffffffff);
  const adjusted = fields.seconds("offset");
  fields.seconds("measured");
  const errorNs = fields.seconds("error");
  // chronyc(1), sources: a positive sample means that the local clock is ahead of the source.
  const address = mode === "refclock" ? null : canonicalAddress(name);
  return { mode, state, name, address, stratum, poll, reach, lastSampleS: last === 0xffffffff ? null : last, offsetNs: -adjusted, errorNs };
}

function trackingOf(fields: Fields): DaemonTracking {
  const refid = Number.parseInt(fields.text("refid", /^[0-9A-F]{8}$/), 16);
  const follows = fields.text("reference", /^[\x21-\x7e]{0,255}$/);
  const stratum = fields.integer("stratum", 0, 16);
  const referenceTimeS = Number(fields.text("reference_time", /^\d{1,20}(\.\d{1,9})?$/));
  const systemOffsetNs = fields.seconds("system_time");
  // chronyc(1), tracking: a positive last offset means that the clock was ahead, other than a positive system time.
  const lastOffsetNs = -fields.seconds("last_offset");
  const rmsOffsetNs = fields.seconds("rms_offset");
  const frequencyPpm = fields.decimal("frequency");
  const residualFrequencyPpm = fields.decimal("residual_frequency");
  const skewPpm = fields.decimal("skew");
  const rootDelayNs = fields.seconds("root_delay");
  const rootDispersionNs = fields.seconds("root_dispersion");
  const updateIntervalS = fields.decimal("update_interval");
  const leap = fields.oneOf("leap", LEAPS);
  return {
    refid,
    follows,
    stratum,
    systemOffsetNs,
    lastOffsetNs,
    referenceTimeS,
    rmsOffsetNs,
    frequencyPpm,
    residualFrequencyPpm,
    skewPpm,
    rootDelayNs,
    rootDispersionNs,
    updateIntervalS,
    leap,
  };
}

const LEAPS: Readonly<Record<string, DaemonTracking["leap"]>> = {
  Normal: "normal",
  "Insert second": "insert",
  "Delete second": "delete",
  "Not synchronised": "unsynchronised",
};

type Read<T> = { readonly kind: "read"; readonly value: T } | { readonly kind: "malformed"; readonly malformed: Malformed };

/** Takes a line apart by `take`; the first field that is not what it should be names the refusal. */
function readLine<T>(line: string, number: number, take: (fields: Fields) => T): Read<T> {
  const fields = new Fields(line.split(","));
  const value = take(fields);
  const wrong = fields.wrong ?? (fields.left === 0 ? null : { field: "field_count", text: line });
  return wrong === null
    ? { kind: "read", value }
    : { kind: "malformed", malformed: { line: number, field: wrong.field, text: shorten(wrong.text) } };
}

const shorten = (text: string): string => text.slice(0, 80);

/** The fields of a line in their order. What is wrong first is kept; after it every value is a placeholder, and not used. */
class Fields {
  readonly #fields: readonly string[];
  #next = 0;
  wrong: { readonly field: string; readonly text: string } | null = null;

  constructor(fields: readonly string[]) {
    this.#fields = fields;
  }

  get left(): number {
    return this.#fields.length - this.#next;
  }

  text(field: string, form: RegExp): string {
    const text = this.#fields[this.#next++];
    if (text !== undefined && form.test(text)) return text;
    this.wrong ??= text === undefined ? { field: "field_count", text: this.#fields.join(",") } : { field, text };
    return "";
  }

  oneOf<T>(field: string, table: Readonly<Record<string, T>>): T {
    const text = this.text(field, /^.{1,20}$/);
    if (!Object.hasOwn(table, text)) this.wrong ??= { field, text };
    return table[text] ?? (Object.values(table)[0] as T);
  }

  integer(field: string, least: number, most: number): number {
    return this.#within(field, Number(this.text(field, /^[+-]?\d{1,10}$/)), least, most);
  }

  /** chronyc prints the reach register in octal, also for programs. */
  octal(field: string): number {
    return this.#within(field, Number.parseInt(this.text(field, /^[0-7]{1,3}$/) || "0", 8), 0, 255);
  }

  decimal(field: string): number {
    return Number(this.text(field, DECIMAL));
  }

  /** Seconds as exact ns: chronyc prints nine decimals. */
  seconds(field: string): bigint {
    const [, sign = "", whole = "0", part = ""] = DECIMAL.exec(this.text(field, DECIMAL)) ?? [];
    const count = BigInt(whole) * 1_000_000_000n + BigInt(part.slice(0, 9).padEnd(9, "0"));
    return sign === "-" ? -count : count;
  }

  #within(field: string, value: number, least: number, most: number): number {
    if (value < least || value > most) this.wrong ??= { field, text: String(value) };
    return value;
  }
}

const DECIMAL = /^([+-]?)(\d{1,15})(?:\.(\d{1,12}))?$/;

/** One spelling for one address, so that the daemon's and ours can be compared; null for what is no numeric address. */
export function canonicalAddress(text: string): string | null {
  if (/^\d{1,3}(\.\d{1,3}){3}$/.test(text)) return text.split(".").every((part) => Number(part) <= 255) ? text : null;
  const [address = "", scope] = text.split("%");
  if (!address.includes(":") || !/^[0-9a-fA-F:.]{2,45}$/.test(address) || !URL.canParse(`http://[${address}]/`)) return null;
  const spelt = new URL(`http://[${address}]/`).hostname.slice(1, -1);
  return scope === undefined ? spelt : `${spelt}%${scope}`;
}

import { formatUtc, parseUtc } from "@truebound/time";
import { nearest, SEVERITIES } from "@truebound/wire";
import { isIanaTimezone } from "../alert/zone-time.ts";
import { type Located, type LocatedScalar, Reading } from "./located.ts";

export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

/** What stands behind a key: how it is read, what it is kept as, and how that is said again in the file's own words. */
export interface Kind {
  /** What must be written, as the end of "write …". */
  readonly form: string;
  /** Undefined = it was refused, and told. */
  read(node: Located, path: string, reading: Reading): Json | undefined;
  say(value: Json): string;
}

const shown = (node: Located): string => {
  if (node.kind !== "scalar") return node.kind === "map" ? "a map" : "a list";
  const written = withoutUser(node.text);
  return JSON.stringify(written.length > 60 ? `${written.slice(0, 60)}…` : written);
};

const USER = /\/\/[^/?#\s]*@/;
/** What stands before the @ of an address may be a secret, and is not said again. */
const withoutUser = (written: string): string => written.replace(USER, "//…@");

export const cannot = (node: Located, path: string, form: string, reading: Reading): undefined =>
  reading.tell(node.at, `Cannot take ${path} ${shown(node)}: write ${form}`);

type Parse = (scalar: LocatedScalar) => Json | undefined;

const scalar = (form: string, parse: Parse, say: (value: Json) => string = plain): Kind => ({
  form,
  say,
  read: (node, path, reading) => {
    const value = node.kind === "scalar" ? parse(node) : undefined;
    return value === undefined ? cannot(node, path, form, reading) : value;
  },
});

const PLAIN = /^[A-Za-z0-9_][A-Za-z0-9 _./%-]*$/;
/** As YAML has it: quoted where it would else be something different. */
export const plain = (value: Json): string =>
  typeof value === "string" && PLAIN.test(value) && !value.endsWith(" ") ? value : JSON.stringify(value);

const matching = (form: string, pattern: RegExp, say: (value: Json) => string = plain): Kind =>
  scalar(form, ({ value, text }) => (value !== null && pattern.test(text) ? text : undefined), say);

/** Printable, without control characters and lone surrogates. */
export const text = (most: number): Kind =>
  scalar(`text of one line, at most ${most} characters`, ({ value, text: written }) =>
    value !== null && written.length >= 1 && written.length <= most && /^[\u0020-\u007e\u00a0-\ud7ff\ue000-\ufffd]+$/.test(written)
      ? written
      : undefined,
  );

export const name = matching("a name: a lower-case letter, then at most 62 of a-z, 0-9, _ and -", /^[a-z][a-z0-9_-]{0,62}$/);
export const ruleName = matching("a name: a lower-case letter, then at most 62 of a-z, 0-9 and _", /^[a-z][a-z0-9_]{0,62}$/);
export const targetName = matching("a name: at most 255 characters of ASCII without spaces", /^[!-~]{1,255}$/);
export const labelName = matching("the name of a label, such as rack", /^[a-zA-Z_][a-zA-Z0-9_]{0,62}$/);
export const url = matching(
  "an address that begins with https:// or http://, without user and password",
  /^https?:\/\/(?![^/?#]*@)[^\s\p{Cc}]{1,1990}$/u,
  (value) => plain(withoutUser(String(value))),
);
export const mailAddress = matching(
  "an e-mail address, such as truebound@example.net",
  /^(?=.{3,320}$)(?:[^<>@\p{C}]+ <[^\s<>@,]+@[^\s<>@,]+>|[^\s<>@,]+@[^\s<>@,]+)$/u,
);
export const secretFile = matching(
  "the whole path of a file on the server's machine, such as /etc/truebound/slack-url",
  /^\/[^\p{Cc}]{0,499}$/u,
);
export const timeOfDay = matching("a time of day as HH:MM", /^([01][0-9]|2[0-3]):[0-5][0-9]$/);
export const profileId = matching("lower-case letters and digits joined by hyphens, such as my-cluster", /^[a-z0-9]+(-[a-z0-9]+)*$/);
export const documentId = matching(
  "the id of a document, as truebound traceability list shows it",
  /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
);
export const day = scalar("a day as YYYY-MM-DD", ({ text: written }) => {
  const at = /^\d{4}-\d\d-\d\d$/.test(written) ? parseUtc(`${written}T00:00:00Z`) : null;
  return at === null ? undefined : written;
});
export const instant = scalar(
  "a time with its offset from UTC, such as 2026-12-24T18:00:00Z",
  ({ text: written }) => {
    const at = parseUtc(written);
    return at === null ? undefined : formatUtc(at);
  },
  (value) => String(value).replace(/\.?0*Z$/, "Z"),
);
export const timezone = scalar("an IANA timezone that this machine knows, such as Europe/London", ({ value, text: written }) =>
  value !== null && written.length <= 64 && isIanaTimezone(written) ? written : undefined,
);
export const flag = scalar("true or false", ({ value }) => (typeof value === "boolean" ? value : undefined));

export const count = (least: number, most: number): Kind =>
  scalar(`a whole number from ${least} to ${most}`, ({ value }) =>
    typeof value === "number" && Number.isInteger(value) && value >= least && value <= most ? value : undefined,
  );

export const percent = scalar(
  "a share from 1% to 100%",
  ({ text: written }) => within(/^(\d{1,3})%$/.exec(written)?.[1], 1, 100),
  (value) => `${value}%`,
);

const within = (digits: string | undefined, least: number, most: number): number | undefined => {
  const value = Number(digits ?? Number.NaN);
  return value >= least && value <= most ? value : undefined;
};

/** Units, the greatest first, as so many of the smallest that is kept. */
type Units = readonly (readonly [string, number])[];
const SPANS: Units = [
  ["d", 86_400],
  ["h", 3600],
  ["m", 60],
  ["s", 1],
];
const SHORT_SPANS: Units = [
  ["m", 60_000],
  ["s", 1000],
  ["ms", 1],
];
const WIDTHS: Units = [
  ["s", 1_000_000_000],
  ["ms", 1_000_000],
  ["us", 1000],
  ["ns", 1],
];
const RATES: Units = [
  ["ppm", 1000],
  ["ppb", 1],
];

/** Exact: what is no whole number of the smallest unit is refused. */
function amount(written: string, units: Units): number | undefined {
  const [, whole = "", fraction = "", unit] = /^(\d{1,12})(?:\.(\d{1,9}))?([a-zµ]+)$/.exec(written) ?? [];
  const size = units.find(([word]) => word === unit?.replace("µ", "u"))?.[1];
  if (size === undefined) return undefined;
  const scaled = BigInt(whole + fraction) * BigInt(size);
  const scale = 10n ** BigInt(fraction.length);
  return scaled % scale === 0n ? Number(scaled / scale) : undefined;
}

/** An amount of time as files and commands have it, such as 40us, in nanoseconds; null = it is none, or no whole number of them. */
export function readWidth(written: string): bigint | null {
  const value = amount(written, WIDTHS);
  return value === undefined ? null : BigInt(value);
}

function sayAmount(value: number, units: Units): string {
  const last = units.at(-1) as readonly [string, number];
  const [word, size] = units.find(([, each]) => value >= each && value % each === 0) ?? last;
  return `${value / size}${word}`;
}

const measured = (what: string, units: Units, least: number, most: number, kept = 1): Kind =>
  scalar(
    `${what} with its unit, from ${sayAmount(least, units)} to ${sayAmount(most, units)}`,
    ({ text: written }) => {
      const value = amount(written, units);
      return value === undefined || value < least || value > most ? undefined : value / kept;
    },
    (value) => sayAmount(Math.round(Number(value) * kept), units),
  );

/** Kept in whole seconds. */
export const span = (least: number, most: number): Kind => measured("a span", SPANS, least, most);
/** Kept in seconds, given to the millisecond. */
export const shortSpan = (leastMs: number, mostMs: number): Kind => measured("a span", SHORT_SPANS, leastMs, mostMs, 1000);
/** Kept in nanoseconds. */
export const width = (least: number, most: number): Kind => measured("an amount of time", WIDTHS, least, most);
/** Kept in ppb. */
export const rate = (least: number, most: number): Kind => measured("a rate", RATES, least, most);
const MOST_WIDTH = 999_999_999_999 * 1000;
/** Kept as decimal digits of nanoseconds. */
export const digits = (least: number): Kind => {
  const { form, read, say } = width(least, MOST_WIDTH);
  return {
    form,
    read: (node, path, reading) => {
      const value = read(node, path, reading);
      return value === undefined ? undefined : String(value);
    },
    say: (value) => say(Number(value)),
  };
};
export const longWidth: Kind = digits(1);

const side = digits(0);
const SIDES = ["behind", "ahead"];
/** Kept as the least and the greatest divergence, digits of ns; a clock that is behind diverges by less than 0. */
export const divergence: Kind = {
  form: `${longWidth.form}, or a map of ${SIDES.join(" and ")}`,
  read(node, path, reading) {
    if (node.kind !== "map") {
      const even = longWidth.read(node, path, new Reading());
      return even === undefined ? cannot(node, path, this.form, reading) : [`-${even}`, String(even)];
    }
    const at = (key: string) => node.entries.find(({ name }) => name === key)?.value;
    const [behind, ahead] = SIDES.map(at);
    if (behind === undefined || ahead === undefined || node.entries.length !== SIDES.length) return cannot(node, path, this.form, reading);
    const [least, greatest] = [side.read(behind, `${path}.behind`, reading), side.read(ahead, `${path}.ahead`, reading)];
    return least === undefined || greatest === undefined ? undefined : [least === "0" ? "0" : `-${String(least)}`, greatest];
  },
  say(value) {
    const [least = "", greatest = ""] = (value as readonly string[]).map((end) => end.replace("-", ""));
    return least === greatest ? side.say(least) : `{behind: ${side.say(least)}, ahead: ${side.say(greatest)}}`;
  },
};

/** Kept in ppm. */
export const share = scalar(
  "a share from 0% to 100%, at most four digits behind the point, such as 99.95%",
  ({ text: written }) => {
    const [, whole, fraction = ""] = /^(\d{1,3})(?:\.(\d{1,4}))?%$/.exec(written) ?? [];
    const ppm = whole === undefined ? Number.NaN : Number(`${whole}${fraction.padEnd(4, "0")}`);
    return ppm >= 0 && ppm <= 1_000_000 ? ppm : undefined;
  },
  (value) => `${Number(value) / 10_000}%`,
);

/** `meant` = words of others, each with the one that is meant by it here. */
export const choice = (words: readonly string[], meant: Readonly<Record<string, string>> = {}): Kind => ({
  form: words.length > 8 ? "one of its words" : words.length === 1 ? `${words[0]}` : `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`,
  say: plain,
  read(node, path, reading) {
    if (node.kind === "scalar" && words.includes(node.text)) return node.text;
    if (node.kind !== "scalar") return cannot(node, path, this.form, reading);
    const word = Object.hasOwn(meant, node.text) ? meant[node.text] : nearest(node.text, words);
    return reading.tell(node.at, `Cannot take ${path} ${shown(node)}: did you mean ${word}?`);
  },
});

/** What others call them. */
const SEVERE: Readonly<Record<string, string>> = {
  page: "critical",
  high: "critical",
  error: "critical",
  fatal: "critical",
  emergency: "critical",
  ticket: "warning",
  medium: "warning",
  none: "info",
  low: "info",
  notice: "info",
};
export const severity = choice(SEVERITIES, SEVERE);

/** A word that stands for a value of its own, else something else. */
export const either = (word: string, value: Json, kind: Kind): Kind => ({
  ...("fields" in kind ? { fields: kind.fields } : {}),
  form: `${word}, or ${kind.form}`,
  say: (kept) => (kept === value ? word : kind.say(kept)),
  read(node, path, reading) {
    if (node.kind === "scalar" && node.text === word) return value;
    if (node.kind === "scalar") {
      const taken = kind.read(node, path, new Reading());
      if (taken !== undefined) return taken;
      return cannot(node, path, this.form, reading);
    }
    return kind.read(node, path, reading);
  },
});

export const list = (kind: Kind, least: number, most: number): Kind => ({
  form: `a list of ${least} to ${most}: ${kind.form}`,
  say: (value) => `[${(value as readonly Json[]).map(kind.say).join(", ")}]`,
  read(node, path, reading) {
    if (node.kind !== "list") return cannot(node, path, this.form, reading);
    if (node.items.length < least || node.items.length > most)
      return reading.tell(node.at, `Cannot take ${node.items.length} of ${path}: write ${least} to ${most} of them`);
    const items = node.items.map((item, index) => kind.read(item, `${path}[${index}]`, reading));
    return items.every((item) => item !== undefined) ? items : undefined;
  },
});

/** Names of labels and such, each with its value. */
export const record = (names: RegExp, kind: Kind, least: number, most: number, what: string): Kind => ({
  form: `${what}: a map of ${least === 0 ? "at most" : `${least} to`} ${most}, each ${kind.form}`,
  say: (value) =>
    `{${Object.entries(value as { readonly [name: string]: Json })
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, one]) => `${key}: ${kind.say(one)}`)
      .join(", ")}}`,
  read(node, path, reading) {
    if (node.kind !== "map") return cannot(node, path, this.form, reading);
    if (node.entries.length < least || node.entries.length > most)
      return reading.tell(node.at, `Cannot take ${node.entries.length} of ${path}: write ${least} to ${most} of them`);
    const entries = node.entries.map(({ name: key, at, value }) => {
      const odd = names.test(key)
        ? undefined
        : reading.tell(at, `Cannot take ${path} with the name ${JSON.stringify(key)}: it fits no label`);
      const kept = kind.read(value, `${path}.${key}`, reading);
      return odd === undefined && names.test(key) && kept !== undefined ? ([key, kept] as const) : undefined;
    });
    return entries.every((entry) => entry !== undefined) ? (Object.fromEntries(entries) as Json) : undefined;
  },
});

const LABEL = /^[a-zA-Z_][a-zA-Z0-9_]{0,62}$/;
export const labels = record(LABEL, text(200), 0, 64, "labels");
export const matchers = record(LABEL, text(255), 1, 16, "labels of alerts and the values that they must have");

import { readUtc } from "@truebound/time";

/** How a line's stamp may be written. `unix_` = a count since 1970, whole or with a fraction. */
export const STAMP_FORMATS = ["rfc3339", "unix_s", "unix_ms", "unix_us", "unix_ns"] as const;
export type StampFormat = (typeof STAMP_FORMATS)[number];

/** A stamp as it was written. */
export interface WrittenStamp {
  readonly text: string;
  readonly at: bigint;
  /** ns that its last written digit is worth. */
  readonly unit: bigint;
  readonly format: StampFormat;
}

const UNIT: Record<Exclude<StampFormat, "rfc3339">, bigint> = {
  unix_s: 1_000_000_000n,
  unix_ms: 1_000_000n,
  unix_us: 1000n,
  unix_ns: 1n,
};

const RFC3339 = /(?<![\d-])\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:\d\d)(?![\d:])/;
/** The same without its zone: what it means nobody can tell. */
const ZONELESS = /(?<![\d-])\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d/;
const COUNT = /(?<![\w.+-])\d{9,20}(?:\.\d+)?(?![\w.]*\w)/g;

/** The first stamp in a line, or why there is none. */
export function readLine(line: string, format: StampFormat | null, now: bigint): WrittenStamp | string {
  const written = format === "rfc3339" || format === null ? RFC3339.exec(line)?.[0] : undefined;
  if (written !== undefined) return readText(written);
  if (format !== "rfc3339") {
    const count = readCount(line, format, now);
    if (count !== null) return count;
  }
  if ((format === null || format === "rfc3339") && ZONELESS.test(line))
    return "its time names no zone: write Z or an offset such as +00:00 behind it";
  return format === null
    ? "it holds no RFC 3339 time, and no count of s, ms, µs or ns since 1970 that is near this host's clock; name the form with --format"
    : `it holds no stamp of the form ${format}`;
}

function readText(text: string): WrittenStamp | string {
  const read = readUtc(text.replace(" ", "T"));
  if (read === null) return `${text} is no time that there is, or is finer than a nanosecond`;
  return { text, at: read.at, unit: unitOf(1_000_000_000n, /\.(\d+)/.exec(text)?.[1]), format: "rfc3339" };
}

/** Of several counts in a line the first that is of the form; a count of no named form must be within ten years of the clock. */
function readCount(line: string, format: StampFormat | null, now: bigint): WrittenStamp | null {
  const forms = STAMP_FORMATS.filter((one) => one !== "rfc3339" && (format === null || one === format)) as (keyof typeof UNIT)[];
  for (const [text] of line.matchAll(COUNT))
    for (const form of forms) {
      const stamp = countOf(text, form);
      if (stamp !== null && (format !== null || isNear(stamp.at, now))) return stamp;
    }
  return null;
}

const TEN_YEARS = 315_576_000_000_000_000n;
const isNear = (at: bigint, now: bigint): boolean => at - now < TEN_YEARS && now - at < TEN_YEARS;

function countOf(text: string, format: keyof typeof UNIT): WrittenStamp | null {
  const [whole = "", fraction] = text.split(".");
  const unit = unitOf(UNIT[format], fraction);
  // Finer than a nanosecond: no clock of a host says that.
  return unit === 0n ? null : { text, at: BigInt(whole) * UNIT[format] + BigInt(fraction ?? "0") * unit, unit, format };
}

const unitOf = (unit: bigint, fraction = ""): bigint => unit / 10n ** BigInt(fraction.length);

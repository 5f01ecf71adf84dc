import { type PartsPerBillion, type PtpTerms, ppb } from "@truebound/time";

/** How a PTP port is asked, and what was declared of its domain. */
export interface PtpOptions {
  /** ptp4l's socket, best the one for questions alone. */
  readonly socket: string;
  readonly domain: number;
  /** The clock that ptp4l stamps with: a card's (its device), or REALTIME where stamps are software's. */
  readonly clock: "realtime" | string;
  readonly terms: PtpTerms;
  /** Most by which anything moves that clock against RAW; null = not declared: what its driver says, or S of REALTIME. */
  readonly slew: PartsPerBillion | null;
  /** SHA-256 of the document in which all of it is declared; null = none is named. */
  readonly document: string | null;
}

const KNOWN = ["clock", "domain", "scale", "boundary", "holdover", "links", "grandmaster", "slew", "document"];

/** Reads the options behind `ptp:SOCKET`; what is wrong comes back as text. */
export function readPtpOptions(socket: string, given: Readonly<Record<string, string>>): PtpOptions | string {
  const strange = Object.keys(given).find((name) => !KNOWN.includes(name));
  if (strange !== undefined) return `${strange} is no option of a PTP source; there are ${KNOWN.join(", ")}`;
  if (!socket.startsWith("/") || socket.length > 100)
    return "the place of a PTP source is the path of ptp4l's socket, e.g. /var/run/ptp4lro";
  const read = new OptionReader(given);
  const clock = read.text("clock", /^(realtime|\/dev\/ptp\d{1,4})$/, "realtime or /dev/ptpN") ?? "realtime";
  const scale = read.text("scale", /^(ptp|utc)$/, "ptp or utc") as PtpTerms["scale"] | null;
  const slew = read.count("slew", 300_000n, "ppm");
  const options: PtpOptions = {
    socket,
    domain: Number(read.count("domain", 255n, "a number of IEEE 1588") ?? 0n),
    clock,
    terms: {
      boundaryError: read.count("boundary", MOST_NS, "ns"),
      holdoverError: read.count("holdover", MOST_NS, "ns"),
      linkDelays: read.count("links", MOST_NS, "ns"),
      grandmaster: read.text("grandmaster", /^[0-9a-f]{6}\.[0-9a-f]{4}\.[0-9a-f]{6}$/, "as pmc writes it, e.g. 42bb53.fffe.a9d203"),
      // linuxptp lets a card keep PTP's scale, and REALTIME UTC.
      scale: scale ?? (clock === "realtime" ? "utc" : "ptp"),
    },
    slew: slew === null ? null : ppb(slew * 1000n),
    document: read.text("document", /^[0-9a-f]{64}$/, "a SHA-256, 64 hexadecimal digits"),
  };
  return read.trouble ?? options;
}

const MOST_NS = 1_000_000_000n;

/** Reads NAME=VALUE options, and keeps the first that is wrong. */
export class OptionReader {
  readonly #given: Readonly<Record<string, string>>;
  trouble: string | null = null;

  constructor(given: Readonly<Record<string, string>>) {
    this.#given = given;
  }

  /** Null = it is not given, or wrong. */
  text(name: string, form: RegExp, words: string): string | null {
    const value = Object.hasOwn(this.#given, name) ? this.#given[name] : undefined;
    if (value === undefined) return null;
    if (form.test(value)) return value;
    this.trouble ??= `${name}=${value} must be ${words}`;
    return null;
  }

  count(name: string, most: bigint, unit: string): bigint | null {
    const text = this.text(name, /^\d{1,10}$/, `a whole number from 0 to ${most} (${unit})`);
    if (text === null) return null;
    if (BigInt(text) <= most) return BigInt(text);
    this.trouble ??= `${name}=${text} must be a whole number from 0 to ${most} (${unit})`;
    return null;
  }
}

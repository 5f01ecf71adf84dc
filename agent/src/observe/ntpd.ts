import { absolute, divCeil } from "@truebound/time";
import { canonicalAddress, type Malformed } from "./chronyc.ts";
import { decimalNs } from "./decimal.ts";

/**
 * What another daemon than chronyd says of itself. A claim to compare with what we measure, never an input to a bound. An offset is
 * reference − local, as it was measured last: what is left of it lies anywhere between nothing and that.
 */
export interface DisciplineSaying {
  readonly offsetNs: bigint;
  readonly rootDelayNs: bigint;
  /** As of now, by its own reckoning. */
  readonly rootDispersionNs: bigint;
  readonly stratum: number;
  /** Address of the server that it follows; null = none, or no address. */
  readonly follows: string | null;
  readonly followsItself: boolean;
  readonly isSynchronised: boolean;
}

/** RFC 5905, PHI: what dispersion grows by between two updates, 15 ppm. */
const PHI_PPM = 15n;

/** Reads the variables of ntpd or ntpsec (`ntpq -c rv`): milliseconds, and NTP timestamps in hexadecimal. */
export function parseNtpd(text: string): DisciplineSaying | Malformed {
  const said = variablesOf(text);
  const read = new Reading(said);
  const leap = read.matching("leap", /^[0-3]$|^[01]{2}$/);
  const stratum = read.matching("stratum", /^\d{1,2}$/);
  const [rootDelay, rootDispersion] = ["rootdelay", "rootdisp"].map((name) => read.distance(name));
  const offset = read.ms("offset");
  const [updated, now] = ["reftime", "clock"].map((name) => read.instant(name));
  const refid = said.get("refid") ?? "";
  if (read.wrong !== null) return read.wrong;
  // Zero = it never updated: it serves its own clock, and says that this never strays.
  // Both are the daemon's own stamps, by the clock that it steers: it reckons so itself, and so does its claim.
  const since = (now as bigint) - (updated as bigint);
  const grown = since > 0n && updated !== 0n ? divCeil(since * PHI_PPM, 1_000_000n) : 0n;
  return {
    offsetNs: offset,
    rootDelayNs: rootDelay as bigint,
    rootDispersionNs: (rootDispersion as bigint) + grown,
    stratum: Math.min(Number(stratum), 16),
    follows: followed(refid, Number(stratum)),
    followsItself: /^127\.127\.1\.\d$|^127\.0\.0\.1$|^LOCA?L\b/.test(refid),
    isSynchronised: leap !== "3" && leap !== "11" && Number(stratum) < 16,
  };
}

/** At stratum 1 it is the name of a reference clock; below that an IPv4 address, or a part of a hash of an IPv6 one, which is no address of anybody. */
const followed = (refid: string, stratum: number): string | null =>
  stratum > 1 && !refid.startsWith("127.") ? canonicalAddress(refid) : null;

const MOST_VARIABLES = 64;

/** "name=value, name=value,\r\nname="value"". */
function variablesOf(text: string): Map<string, string> {
  const words = text.split(/[,\r\n]+/, MOST_VARIABLES).map((word) => word.trim());
  return new Map(
    words.flatMap((word) => {
      const at = word.indexOf("=");
      return at < 1
        ? []
        : [
            [
              word.slice(0, at).trim(),
              word
                .slice(at + 1)
                .trim()
                .replace(/^"(.*)"$/, "$1"),
            ] as const,
          ];
    }),
  );
}

/** Reads one variable after the other; what is wrong first is kept. */
class Reading {
  readonly #said: ReadonlyMap<string, string>;
  wrong: Malformed | null = null;

  constructor(said: ReadonlyMap<string, string>) {
    this.#said = said;
  }

  matching(name: string, form: RegExp): string {
    const text = this.#said.get(name) ?? "";
    if (!form.test(text)) this.#refuse(name, text);
    return text;
  }

  ms(name: string): bigint {
    const text = this.#said.get(name) ?? "";
    const value = decimalNs(text, 6);
    if (value !== null && absolute(value) < MOST_NS) return value;
    this.#refuse(name, text);
    return 0n;
  }

  /** Half of a claim's width, which none has below zero. */
  distance(name: string): bigint {
    const value = this.ms(name);
    if (value < 0n) this.#refuse(name, this.#said.get(name) ?? "");
    return value;
  }

  /** Seconds and their 2⁻³² in hexadecimal, "0xe5d2aa01.4b3c2d1e", in ns. */
  instant(name: string): bigint {
    const [, seconds = "", fraction = ""] =
      /^(?:0x)?([0-9a-f]{8})\.([0-9a-f]{8})$/i.exec(this.matching(name, /^(?:0x)?[0-9a-f]{8}\.[0-9a-f]{8}$/i)) ?? [];
    if (seconds === "") return 0n;
    return BigInt(`0x${seconds}`) * 1_000_000_000n + ((BigInt(`0x${fraction}`) * 1_000_000_000n) >> 32n);
  }

  #refuse(name: string, text: string): void {
    this.wrong ??= { line: 1, field: name, text: text.slice(0, 80) };
  }
}

/** 136 years: NTP's own era. No clock that anybody steers is off by more. */
const MOST_NS = 2n ** 62n;

import { parseUtc } from "@truebound/time";
import type { DeclaredRoot } from "./declared-root.ts";
import type { Source } from "./source.ts";

/** `preferred` = without it as long as no keys are to be had, and marked so; `required` = then not at all. */
export interface SourceNts {
  readonly mode: "preferred" | "required";
  /** TCP, where keys are established. */
  readonly kePort: number;
  /** SHA-256 of the public keys by one of which the server must prove itself, base64url; absent = whichever an authority vouches for. */
  readonly pins?: readonly string[];
}

export const NTS_KE_PORT = 4460;

/** What may stand behind a source: how it is asked, and what is known of it. */
export type SourceOptions = Pick<Source, "nts" | "rootsRoundedUp" | "declared">;

const FORMS: Readonly<Record<string, RegExp>> = {
  nts: /^(|true|required)$/,
  ke: /^\d{1,5}$/,
  pin: /^/,
  root_rounding: /^up$/,
  root: /^\d{1,9}(ns|us|ms)$/,
  document: /^[0-9a-f]{64}$/,
  signer: /^[!-+\--~]{1,64}$/,
  valid: /^[0-9TZ:.-]{10,30}\/[0-9TZ:.-]{10,30}$/,
  refid: /^[!-+\--~]{1,4}$/,
  dispersion: /^\d{1,9}(ns|us|ms)$/,
};
const OF_A_DECLARATION = ["root", "document", "signer", "valid", "refid", "dispersion"] as const;

/** Reads the words behind a source, or says what is wrong with them. */
export function parseSourceOptions(words: readonly string[]): SourceOptions | string {
  const given = new Map<string, string>();
  for (const word of words) {
    const [name = ""] = word.split("=", 1);
    const value = word.slice(name.length + 1);
    if (!Object.hasOwn(FORMS, name) || !FORMS[name]?.test(value) || (value === "" && word !== name))
      return `"${word}" is no option of a source; write nts, nts=required, ke=PORT, pin=sha256/BASE64, root_rounding=up, or what is declared of its root: root, document, signer, valid, refid, dispersion`;
    if (name !== "pin" && given.has(name)) return `${name} stands there twice`;
    given.set(name, value);
  }
  const nts = ntsOf(
    given,
    words.filter((word) => word.startsWith("pin=")),
  );
  const declared = declaredOf(given);
  if (typeof nts === "string") return nts;
  if (typeof declared === "string") return declared;
  return { rootsRoundedUp: given.has("root_rounding"), ...(nts && { nts }), ...(declared && { declared }) };
}

function ntsOf(given: ReadonlyMap<string, string>, pinWords: readonly string[]): SourceNts | string | null {
  const word = given.get("nts");
  if (word === undefined)
    return given.has("ke") || pinWords.length > 0 ? "write nts or nts=required once, and ke=PORT beside it at most once" : null;
  const kePort = Number(given.get("ke") ?? NTS_KE_PORT);
  if (kePort < 1 || kePort > 65_535) return `ke=${kePort} is no port; it must be 1 to 65535`;
  const mode = word === "required" ? "required" : "preferred";
  const pins = parsePins(pinWords, mode);
  if (typeof pins === "string") return pins;
  return { mode, kePort, ...(pins.length === 0 ? {} : { pins }) };
}

const PIN = /^pin=sha256\/([A-Za-z0-9+/_-]{43})=?$/;
/** A key in use, its successor, and as many as a provider with several servers has. */
const MOST_PINS = 8;

/** In base64url, each once; or what is wrong with them. */
function parsePins(options: readonly string[], mode: SourceNts["mode"]): readonly string[] | string {
  const given = options.filter((option) => option.startsWith("pin="));
  const pins = given.map((option) => PIN.exec(option)?.[1]?.replaceAll("+", "-").replaceAll("/", "_"));
  const strange = given[pins.findIndex((pin) => pin === undefined || !CANONICAL.test(pin))];
  if (strange !== undefined) return `"${strange}" is no pin; write pin=sha256/ and the SHA-256 of the certificate's public key in base64`;
  if (pins.length > MOST_PINS) return `it has ${pins.length} pins; ${MOST_PINS} at most`;
  if (pins.length > 0 && mode !== "required")
    return "a pin keeps nobody out where it is asked without NTS too; write nts=required beside it";
  return [...new Set(pins as string[])].sort();
}

/** 43 digits are 258 bits: the last two say nothing, and are 0. */
const CANONICAL = /[AEIMQUYcgkosw048]$/;

/** A pin as it is written behind a source. */
export const pinText = (pin: string): string => `sha256/${pin.replaceAll("-", "+").replaceAll("_", "/")}=`;

/** All of it or nothing: a width without its document, its dates or its baseline is no declaration. */
function declaredOf(given: ReadonlyMap<string, string>): DeclaredRoot | string | null {
  const missing = OF_A_DECLARATION.filter((name) => !given.has(name));
  if (missing.length === OF_A_DECLARATION.length) return null;
  if (missing.length > 0) return `a declaration of its root lacks ${missing.join(", ")}`;
  const text = (name: (typeof OF_A_DECLARATION)[number]) => given.get(name) as string;
  const [from = null, to = null] = text("valid")
    .split("/")
    .map((one) => parseUtc(one.length === 10 ? `${one}T00:00:00Z` : one));
  if (from === null || to === null || from >= to)
    return `valid=${text("valid")} is no span of time; write FROM/TO as dates or instants of UTC, such as 2026-01-01/2027-01-01`;
  const ns = spanNs(text("root"));
  if (ns < 1n || ns > MOST_NS) return `root=${text("root")} must be 1ns to 999ms`;
  return {
    ns,
    document: text("document"),
    signer: text("signer"),
    from,
    to,
    refid: codeOf(text("refid")),
    mostAdvertisedNs: spanNs(text("dispersion")),
  };
}

const MOST_NS = 999_000_000n;
const UNITS_NS: Readonly<Record<string, bigint>> = { ns: 1n, us: 1_000n, ms: 1_000_000n };
const spanNs = (text: string): bigint => BigInt(text.slice(0, -2)) * (UNITS_NS[text.slice(-2)] as bigint);

/** The code of a reference clock as it is on the wire: four bytes, the missing ones zero (RFC 5905, figure 12). */
const codeOf = (text: string): number => [...text.padEnd(4, "\0")].reduce((sum, letter) => sum * 256 + letter.charCodeAt(0), 0);

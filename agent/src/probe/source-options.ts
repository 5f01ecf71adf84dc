import { parseUtc } from "@truebound/time";
import type { DeclaredRoot } from "./declared-root.ts";
import type { Source } from "./source.ts";

/** `preferred` = without it as long as no keys are to be had, and marked so; `required` = then not at all. */
export interface SourceNts {
  readonly mode: "preferred" | "required";
  /** TCP, where keys are established. */
  readonly kePort: number;
}

export const NTS_KE_PORT = 4460;

/** What may stand behind a source: how it is asked, and what is known of it. */
export type SourceOptions = Pick<Source, "nts" | "rootsRoundedUp" | "declared">;

const FORMS: Readonly<Record<string, RegExp>> = {
  nts: /^(|true|required)$/,
  ke: /^\d{1,5}$/,
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
      return `"${word}" is no option of a source; write nts, nts=required, ke=PORT, root_rounding=up, or what is declared of its root: root, document, signer, valid, refid, dispersion`;
    if (given.has(name)) return `${name} stands there twice`;
    given.set(name, value);
  }
  const nts = ntsOf(given);
  const declared = declaredOf(given);
  if (typeof nts === "string") return nts;
  if (typeof declared === "string") return declared;
  return { rootsRoundedUp: given.has("root_rounding"), ...(nts && { nts }), ...(declared && { declared }) };
}

function ntsOf(given: ReadonlyMap<string, string>): SourceNts | string | null {
  const mode = given.get("nts");
  if (mode === undefined) return given.has("ke") ? "write nts or nts=required once, and ke=PORT beside it at most once" : null;
  const kePort = Number(given.get("ke") ?? NTS_KE_PORT);
  if (kePort < 1 || kePort > 65_535) return `ke=${kePort} is no port; it must be 1 to 65535`;
  return { mode: mode === "required" ? "required" : "preferred", kePort };
}

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

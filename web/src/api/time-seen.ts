import { parseUtc } from "@truebound/time";

/** What the server said of the time with an answer, beside what this page's clocks said then. */
export interface TimeSeen {
  /** What the server's clock showed, ns since 1970. */
  readonly at: bigint;
  /** Between these UTC lay then; null = the server does not know. */
  readonly utc: { readonly earliest: bigint; readonly latest: bigint } | null;
  /** Monotonic, ms: it was said after the first and before the second. */
  readonly asked_ms: number;
  readonly heard_ms: number;
  /** What the browser's own clock showed when it was heard, ms since 1970. */
  readonly browser_ms: number;
}

type Readings = Pick<TimeSeen, "asked_ms" | "heard_ms" | "browser_ms">;

/** The header `Truebound-Time`; null = there is none, or another form. */
export function readTime(header: string | null, readings: Readings): TimeSeen | null {
  const said = new Map((header ?? "").split("; ").map((part) => part.split("=", 2) as [string, string | undefined]));
  const instant = (name: string): bigint | null => parseUtc(said.get(name) ?? "");
  const [at, earliest, latest] = [instant("at"), instant("earliest"), instant("latest")];
  if (at === null) return null;
  return { at, utc: earliest === null || latest === null ? null : { earliest, latest }, ...readings };
}

const MS = 1_000_000n;
/** A browser cuts and blurs its clock by about a millisecond. */
const BLUR = 2n * MS;

/**
 * By how much the browser's own clock is off at least: positive = ahead of UTC. 0n = it cannot be proved to be off, null = nobody knows.
 * When the answer came, UTC was at least `earliest`, and at most `latest` and the whole round trip later.
 */
export function browserError({ utc, asked_ms, heard_ms, browser_ms }: TimeSeen): bigint | null {
  if (utc === null) return null;
  const browser = BigInt(Math.floor(browser_ms)) * MS;
  const latest = utc.latest + BigInt(Math.ceil(heard_ms - asked_ms)) * MS;
  if (browser - BLUR > latest) return browser - BLUR - latest;
  return browser + BLUR < utc.earliest ? browser + BLUR - utc.earliest : 0n;
}

const TRUST_MS = 30_000;

/** The nearer of two is kept for half a minute: a slow answer proves less. */
export const nearer = (known: TimeSeen | null, seen: TimeSeen): TimeSeen =>
  known !== null && seen.heard_ms - known.heard_ms < TRUST_MS && roundTrip(known) < roundTrip(seen) ? known : seen;

const roundTrip = ({ asked_ms, heard_ms }: TimeSeen): number => heard_ms - asked_ms;

import type { ProblemCode } from "@truebound/wire";

/** Refusals that guessing brings; what the server itself has trouble with counts against nobody. */
const GUESSES: ReadonlySet<ProblemCode> = new Set(["bad_token", "bad_signature", "bad_challenge", "malformed"]);
const FAILURES_MAX = 10;
const WINDOW_MS = 60_000;
const ADDRESSES_MAX = 10_000;

interface Row {
  readonly since: number;
  failures: number;
}

/**
 * Ten refused enrolments a minute from one address; then it waits the minute out. The token has 256 bits: this is not what
 * keeps a guesser out, it keeps the tries few and the log short. On a monotonic clock, in this process alone; at most 10,000
 * addresses are remembered, the latest to have failed.
 */
export class FailureGate {
  /** ms */
  readonly #now: () => number;
  readonly #rows = new Map<string, Row>();

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Seconds to wait, rounded up; null = it may try. */
  waitSeconds(address: string | null): number | null {
    const row = this.#rows.get(networkOf(address));
    if (row === undefined || row.failures < FAILURES_MAX) return null;
    const left = row.since + WINDOW_MS - this.#now();
    return left > 0 ? Math.ceil(left / 1000) : null;
  }

  refused(address: string | null, code: ProblemCode): void {
    if (!GUESSES.has(code)) return;
    const network = networkOf(address);
    const row = this.#rows.get(network);
    if (row !== undefined && this.#now() - row.since < WINDOW_MS) row.failures += 1;
    else this.#begin(network);
  }

  #begin(network: string): void {
    this.#rows.delete(network);
    this.#rows.set(network, { since: this.#now(), failures: 1 });
    const [oldest] = this.#rows.keys();
    if (this.#rows.size > ADDRESSES_MAX && oldest !== undefined) this.#rows.delete(oldest);
  }
}

/** An IPv4 address, or the /64 of an IPv6 one: whoever has one address there has them all. */
export function networkOf(address: string | null): string {
  if (address === null || !address.includes(":")) return address ?? "unknown";
  const [head = "", tail] = address.replace(/%.*$/, "").split("::");
  const groups = head === "" ? [] : head.split(":");
  const after = tail === undefined || tail === "" ? [] : tail.split(":");
  const zeros = tail === undefined ? [] : Array<string>(Math.max(0, 8 - groups.length - after.length)).fill("0");
  return `${[...groups, ...zeros, ...after]
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(":")}::/64`;
}

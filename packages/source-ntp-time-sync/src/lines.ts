/** What is asked, a line each. `host` is a numeric IPv4 address: the library has no other sockets. */
export interface Question {
  readonly id: number;
  readonly ask: "exchange" | "own_answer";
  readonly host: string;
  readonly port: number;
}

/** The stamps of one exchange as they were read, in ms since 1970 rounded down, and what the server says of itself. */
export interface Answer {
  readonly kind: "answer";
  readonly t1_ms: number;
  readonly t4_ms: number;
  /** From before the request to before `t4_ms` was read, ns on the monotonic clock. */
  readonly replied_ns: string;
  /** From before the request to after `t4_ms` was read, ns on the monotonic clock. */
  readonly elapsed_ns: string;
  readonly origin_ms: number | null;
  readonly receive_ms: number | null;
  readonly transmit_ms: number | null;
  readonly root_delay_ms: number;
  readonly root_dispersion_ms: number;
  readonly leap: number | null;
  readonly mode: number | null;
  readonly stratum: number | null;
  /** Log2 of seconds as an unsigned byte, as the library reads it. */
  readonly precision: number | null;
}

export interface OwnAnswer {
  readonly kind: "own_answer";
  /** Reference minus local, ms. */
  readonly offset_ms: number;
}

export interface Failed {
  readonly kind: "failed";
  readonly reason: "timeout" | "error" | "unparsable" | "question";
  readonly says: string;
}

export type Said = Answer | OwnAnswer | Failed;

const ADDRESS = /^\d{1,3}(\.\d{1,3}){3}$/;

/** Null = no question. */
export function readQuestion(line: string): Question | null {
  try {
    const { id, ask, host, port } = JSON.parse(line) as Record<string, unknown>;
    if (typeof id !== "number" || typeof host !== "string" || typeof port !== "number") return null;
    if ((ask !== "exchange" && ask !== "own_answer") || !ADDRESS.test(host) || !Number.isInteger(port) || port < 1 || port > 65_535)
      return null;
    return { id, ask, host, port };
  } catch {
    return null;
  }
}

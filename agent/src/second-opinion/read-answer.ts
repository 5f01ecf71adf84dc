/** Stamps of an exchange as another program read them: ms since 1970 rounded down, as its library has no finer ones. */
export interface CoarseExchange {
  readonly t1Ms: number;
  readonly t4Ms: number;
  /** From before T1 to before T4, and to after it, ns on the monotonic clock. */
  readonly replied: bigint;
  readonly elapsed: bigint;
  /** What came back as the request's own stamp. */
  readonly originMs: number;
  readonly receiveMs: number;
  readonly transmitMs: number;
  readonly rootDelayMs: number;
  readonly rootDispersionMs: number;
  readonly leap: number;
  readonly mode: number;
  readonly stratum: number;
  /** Log2 of seconds, signed. */
  readonly precision: number;
}

/** Why there is no exchange: what became of the program, or what it says became of the question. */
export const OPINION_TROUBLES = [
  "not_installed",
  "not_ipv4",
  "ended",
  "no_answer",
  "too_much",
  "malformed",
  "timeout",
  "error",
  "unparsable",
] as const;
export type OpinionTrouble = (typeof OPINION_TROUBLES)[number];

export type CoarseAnswer = { readonly kind: "exchange"; readonly exchange: CoarseExchange } | { readonly kind: OpinionTrouble };

/** A line of the program: it is another's, so nothing of it is believed to be of the right form. */
export function readAnswer(line: string, id: number): CoarseAnswer {
  const said = objectIn(line);
  if (said === null || said.id !== id) return MALFORMED;
  if (said.kind === "failed") return { kind: said.reason === "timeout" || said.reason === "unparsable" ? said.reason : "error" };
  const [replied, elapsed] = [spanIn(said.replied_ns), spanIn(said.elapsed_ns)];
  if (said.kind !== "answer" || replied === null || elapsed === null || replied > elapsed) return MALFORMED;
  const numbers = NUMBERS.map((name) => said[name]);
  if (!numbers.every((value): value is number => Number.isSafeInteger(value))) return MALFORMED;
  const [t1Ms, t4Ms, originMs, receiveMs, transmitMs, rootDelayMs, rootDispersionMs, leap, mode, stratum, byte] = numbers as Numbers;
  const precision = byte > 127 ? byte - 256 : byte;
  if (byte < 0 || byte > 255 || rootDelayMs < 0 || rootDispersionMs < 0) return MALFORMED;
  const stamps = { t1Ms, t4Ms, replied, elapsed, originMs, receiveMs, transmitMs };
  return { kind: "exchange", exchange: { ...stamps, rootDelayMs, rootDispersionMs, leap, mode, stratum, precision } };
}

const MALFORMED = { kind: "malformed" } as const;
const NUMBERS = [
  "t1_ms",
  "t4_ms",
  "origin_ms",
  "receive_ms",
  "transmit_ms",
  "root_delay_ms",
  "root_dispersion_ms",
  "leap",
  "mode",
  "stratum",
  "precision",
] as const;
type Numbers = [number, number, number, number, number, number, number, number, number, number, number];

const spanIn = (value: unknown): bigint | null => (typeof value === "string" && /^\d{1,12}$/.test(value) ? BigInt(value) : null);

function objectIn(line: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

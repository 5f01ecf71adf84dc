import { STATUSES, type Status } from "@truebound/wire";

/** What an agent answered of its host. Its bytes come from whoever has the port: what is not of this form is no agent's. */
export interface OwnHost {
  readonly name: string;
  readonly status: Status;
  readonly reason: string | null;
  /** ns; null = no bound. */
  readonly worstError: bigint | null;
  /** UTC as text; null = no bound. */
  readonly earliest: string | null;
  readonly latest: string | null;
  readonly words: string;
  /** All of it, as it was answered. */
  readonly all: Readonly<Record<string, unknown>>;
}

const UTC = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z$/;
const DIGITS = /^\d{1,30}$/;

/** Null = no agent says this. */
export function readOwnHost(text: string): OwnHost | null {
  const all = objectIn(text);
  if (all === null) return null;
  const { name, status, reason, worst_error_ns, earliest, latest, words } = all;
  if (typeof name !== "string" || typeof words !== "string" || !isStatus(status)) return null;
  if (reason !== null && typeof reason !== "string") return null;
  const bound = [worst_error_ns, earliest, latest];
  const isBound = isText(worst_error_ns, DIGITS) && isText(earliest, UTC) && isText(latest, UTC) && earliest <= latest;
  if (!isBound && bound.some((part) => part !== null)) return null;
  return isBound
    ? { name, status, reason, words, all, worstError: BigInt(worst_error_ns), earliest, latest }
    : { name, status, reason, words, all, worstError: null, earliest: null, latest: null };
}

function objectIn(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

const isText = (value: unknown, form: RegExp): value is string => typeof value === "string" && form.test(value);
const isStatus = (value: unknown): value is Status => (STATUSES as readonly unknown[]).includes(value);

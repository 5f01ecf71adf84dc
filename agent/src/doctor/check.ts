/** One thing that the doctor looked at. Every check is pure: facts in, verdict out. */
export interface Check {
  /** Stable, for programs. */
  readonly id: string;
  readonly verdict: Verdict;
  readonly says: string;
  /** What would mend it, a sentence each; empty when there is nothing to do. */
  readonly do: readonly string[];
}

/** `note` is worth knowing, `warn` costs proof, `bad` keeps the agent from its work, `unknown` could not be looked at. */
export type Verdict = "ok" | "note" | "warn" | "bad" | "unknown";

export const check = (id: string, verdict: Verdict, says: string, ...todo: readonly string[]): Check => ({ id, verdict, says, do: todo });

/** 0 when nothing is bad, else 1. */
export const exitCode = (checks: readonly Check[]): number => (checks.some(({ verdict }) => verdict === "bad") ? 1 : 0);

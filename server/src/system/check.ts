import { BILLION, type UtcInstant } from "@truebound/time";
import type { SystemCheckView } from "@truebound/wire";
import type { FleetFinding } from "../alert/findings/fleet.ts";

type Id = SystemCheckView["id"];

/** One thing that the service needs, and how it stands. `unknown` = nobody can tell, which is not fine either. */
export interface SystemCheck {
  readonly id: Id;
  readonly state: SystemCheckView["state"];
  readonly words: string;
  /** Since when it is so, by the database's clock; null = not known. */
  readonly since: UtcInstant | null;
  /** What to do; null where there is nothing to. */
  readonly mend: string | null;
}

export const pass = (id: Id, words: string): SystemCheck => ({ id, state: "pass", words, since: null, mend: null });
/** What serves only who sets it, and nobody did: neither fine nor broken. `mend` says how to set it. */
export const unset = (id: Id, words: string, mend: string): SystemCheck => ({ id, state: "unset", words, since: null, mend });
export const unknown = (id: Id, words: string, mend: string | null = null): SystemCheck => ({
  id,
  state: "unknown",
  words,
  since: null,
  mend,
});
export const warn = (id: Id, words: string, mend: string, since: UtcInstant | null = null): SystemCheck => ({
  id,
  state: "warn",
  words,
  since,
  mend,
});
export const fail = (id: Id, words: string, mend: string, since: UtcInstant | null = null): SystemCheck => ({
  id,
  state: "fail",
  words,
  since,
  mend,
});

/** What a rule would find is said in the rule's words. */
export function ofFinding(id: Id, { truth, words }: FleetFinding, worst: "warn" | "fail", mend: string): SystemCheck {
  if (truth === "unknown") return unknown(id, words);
  return { id, state: truth === "holds" ? worst : "pass", words, since: null, mend: truth === "holds" ? mend : null };
}

/** Whole seconds, rounded up: what is old is said to be no younger. */
export const secondsSince = (then: UtcInstant, now: UtcInstant): number => Number((now - then + BILLION - 1n) / BILLION);

export function ageWords(seconds: number): string {
  if (seconds < 120) return `${Math.ceil(seconds)} s`;
  if (seconds < 7200) return `${Math.ceil(seconds / 60)} min`;
  return seconds < 172_800 ? `${Math.ceil(seconds / 3600)} h` : `${Math.ceil(seconds / 86_400)} d`;
}

import type { UtcInstant } from "@truebound/time";

/** What a report is asked of. */
export interface ReportRequest {
  readonly from: UtcInstant;
  readonly to: UtcInstant;
  /** Ids; none = those of the declared scopes. */
  readonly profiles: readonly string[];
  /** Names of declared ones, in place of profiles; absent or none = all. */
  readonly scopes?: readonly string[];
  /** Ids or names; none = all that fit. */
  readonly hosts: readonly string[];
  /** The schedule that asks for it; absent = a person does. */
  readonly schedule?: string;
}

export interface Watching {
  /** After each host. */
  readonly progress: (done: number, of: number, name: string) => void;
  readonly signal: AbortSignal;
}

/** Expected trouble: what was asked cannot be reported on. */
export class ReportTrouble extends Error {}

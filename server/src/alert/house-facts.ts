import type { UtcInstant } from "@truebound/time";
import type { LabelSet } from "../policy/choose-policy.ts";

/** What the server knows of its own evidence and papers: about no single host's clock. */
export interface HouseFacts {
  /** By the database's clock. */
  readonly now: UtcInstant;
  /** Hosts whose log stops, by name; the first few. */
  readonly blocked: readonly string[];
  readonly blockedCount: number;
  /** Places of the log where what is stored is not what was logged. */
  readonly differences: number;
  /** Since all that is in the log was read again last. */
  readonly scrubAgeSeconds: number;
  /** The latest review of the chain to UTC of hosts that are there, the oldest first. */
  readonly reviews: readonly { readonly of: LabelSet; readonly due: UtcInstant }[];
}

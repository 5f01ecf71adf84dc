import type { DaemonSource, DaemonTracking, Malformed } from "./chronyc.ts";

/** Why the daemon could not be asked, one name per cause: no such program, no permission, nobody answers, too late. */
export type WitnessTrouble = "absent" | "denied" | "refused" | "timeout" | "too_long" | "malformed" | "failed";

export type Testimony<T> =
  | { readonly kind: "ok"; readonly value: T; readonly malformed: readonly Malformed[] }
  | { readonly kind: WitnessTrouble; readonly why: string };

/** The host's own time daemon as a witness. Never rejects. */
export interface DaemonWitness {
  /** How often it is asked, seconds. */
  readonly everySeconds: number;
  sources(): Promise<Testimony<readonly DaemonSource[]>>;
  tracking(): Promise<Testimony<DaemonTracking>>;
}

import type { SourceState } from "@truebound/wire";
import type { Look } from "./status-look.ts";

/** A source's state drawn with the same shapes as a host's status. */
const LOOKS = {
  agrees: "proven",
  falseticker: "conflict",
  inconsistent_with_itself: "conflict",
  vote_void: "conflict",
  no_region: "unverified",
  timescale_unknown: "unverified",
  not_authenticated: "unverified",
  stale: "silent",
  never_answered: "unknown",
  resolving: "unknown",
} as const satisfies Record<SourceState, Look>;
const LOOK_OF: Readonly<Record<string, Look>> = LOOKS;

/** A state that this page does not know yet is shown as unknown, never as fine. */
export const sourceLook = (state: string): Look => LOOK_OF[state] ?? "unknown";

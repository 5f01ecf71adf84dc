import type { LiveState } from "../../api/live-stream.ts";
import type { Loaded } from "../../api/loaded.ts";

/** The monotonic time of the last that was heard, once the stream or the renewal has failed; null while what is on show is live. */
export function staleSince(loaded: Loaded<unknown>, live: LiveState): number | null {
  if (loaded.kind !== "ready") return null;
  if (live.kind === "down") return Math.max(live.heard_ms, loaded.at_ms);
  return loaded.failure === null ? null : loaded.at_ms;
}

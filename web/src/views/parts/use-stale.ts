import type { Loaded } from "../../api/loaded.ts";
import { useServices } from "../../api/services.ts";
import { staleSince } from "./stale-since.ts";
import { useLiveState } from "./use-live-state.ts";

/** Since when what is on show is no longer renewed, as an instant of the server's clock; null while it is live. */
export function useStale(loaded: Loaded<unknown>): string | null {
  const { clock } = useServices();
  const since_ms = staleSince(loaded, useLiveState());
  const at_ms = since_ms === null ? null : clock.at_ms(since_ms);
  return at_ms === null ? null : new Date(at_ms).toISOString();
}

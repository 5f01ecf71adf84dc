import type { JSX } from "preact";
import { ageText } from "../../format/age.ts";
import { useLiveState } from "./use-live-state.ts";
import { useTick } from "./use-tick.ts";

/** Says for as long as it lasts that the figures below no longer follow the fleet. */
export function StaleBanner(): JSX.Element | null {
  const state = useLiveState();
  return state.kind === "down" ? <Stale since_ms={state.since_ms} /> : null;
}

function Stale({ since_ms }: { readonly since_ms: number }): JSX.Element {
  useTick();
  return (
    <div class="stale-banner" role="alert">
      <strong>Not live.</strong> The stream of updates broke <span class="num">{ageText(performance.now() - since_ms)}</span> ago. What you
      see is from before; this page keeps trying to reconnect.
    </div>
  );
}

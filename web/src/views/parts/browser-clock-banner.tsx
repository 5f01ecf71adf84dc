import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { useServices } from "../../api/services.ts";
import { browserError } from "../../api/time-seen.ts";
import { atLeast } from "../../format/bound.ts";
import { useTick } from "./use-tick.ts";

/** Only what is proved is said: the browser's clock is outside the server's interval of UTC, whatever the network took. */
export function BrowserClockBanner(): JSX.Element | null {
  useTick();
  const [isAway, setAway] = useState(false);
  const { seen } = useServices().clock;
  const error = seen === null ? null : browserError(seen);
  if (error === null || error === 0n || isAway) return null;
  return (
    <div class="clock-banner" role="status">
      <span>
        <strong>This browser’s clock is off.</strong> It is at least {atLeast(error)} {error > 0n ? "ahead of" : "behind"} UTC. Times and
        ages on this page are the server’s and do not depend on it; what you compare them with on this machine does.
      </span>
      <button type="button" onClick={() => setAway(true)}>
        Hide
      </button>
    </div>
  );
}

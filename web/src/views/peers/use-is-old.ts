import { useEffect, useState } from "preact/hooks";
import { useServices } from "../../api/services.ts";
import { toMs } from "../../format/instant.ts";

/** Solved every ten seconds: what is older than a minute no longer tells of now, whoever answers. */
const FRESH_MS = 60_000;
const LOOK_MS = 1000;

/** Draws the caller again only when it changes. */
export function useIsOld(as_of: string | null): boolean {
  const { clock } = useServices();
  const [isOld, setOld] = useState(false);
  useEffect(() => {
    const look = (): void => {
      const now_ms = clock.now_ms();
      setOld(as_of !== null && now_ms !== null && now_ms - toMs(as_of) > FRESH_MS);
    };
    look();
    const timer = window.setInterval(look, LOOK_MS);
    return () => window.clearInterval(timer);
  }, [as_of, clock]);
  return isOld;
}

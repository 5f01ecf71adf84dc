import { useEffect } from "preact/hooks";

const POLL_MS = 10_000;

/** Asks again and again while somebody can see the page, and at once when it comes into sight. */
export function usePolling(renew: () => void, pause_ms = POLL_MS): void {
  useEffect(() => {
    const ask = (): void => {
      if (document.visibilityState === "visible") renew();
    };
    const timer = window.setInterval(ask, pause_ms);
    document.addEventListener("visibilitychange", ask);
    return () => {
      window.clearInterval(timer);
      document.removeEventListener("visibilitychange", ask);
    };
  }, [renew, pause_ms]);
}

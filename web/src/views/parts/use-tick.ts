import { useEffect, useState } from "preact/hooks";

const TICK_MS = 1000;
const listeners = new Set<() => void>();
let timer: number | undefined;

function join(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= window.setInterval(() => {
    for (const tell of listeners) tell();
  }, TICK_MS);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    window.clearInterval(timer);
    timer = undefined;
  };
}

/** Draws the caller again every second, on one timer for the whole page. */
export function useTick(): void {
  const [, setCount] = useState(0);
  useEffect(() => join(() => setCount((count) => count + 1)), []);
}

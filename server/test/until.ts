import { setTimeout as pause } from "node:timers/promises";

/** Looks until there is an answer; no test waits for a fixed time. */
export async function until<T>(
  what: string,
  look: () => Promise<T | null | undefined | false> | T | null | undefined | false,
  boundMs = 20_000,
): Promise<T> {
  const start = performance.now();
  for (;;) {
    const found = await look();
    if (found !== null && found !== undefined && found !== false) return found;
    if (performance.now() - start > boundMs) throw new Error(`Waited ${boundMs} ms in vain for ${what}`);
    await pause(20);
  }
}

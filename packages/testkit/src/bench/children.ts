import type { ChildProcess } from "node:child_process";

const alive = new Map<ChildProcess, () => void>();

/** A child that does not outlive this process, unless this one is killed outright. `tidyUp` is done first. */
export function endWithUs<C extends ChildProcess>(child: C, tidyUp: () => void = () => undefined): C {
  if (alive.size === 0) process.once("exit", endAll);
  alive.set(child, tidyUp);
  child.once("exit", () => {
    alive.delete(child);
    if (alive.size === 0) process.removeListener("exit", endAll);
  });
  return child;
}

function endAll(): void {
  for (const [child, tidyUp] of alive) {
    tidyUp();
    child.kill("SIGTERM");
  }
}

const endings = new Set<() => Promise<void>>();

/** What else is to be ended before this process may go, such as a database that is no child of ours. Call what comes back once it is. */
export function endBeforeUs(ending: () => Promise<void>): () => void {
  endings.add(ending);
  return () => void endings.delete(ending);
}

interface Signals {
  once(signal: NodeJS.Signals, heed: () => void): unknown;
  removeListener(signal: NodeJS.Signals, heed: () => void): unknown;
}

const HEEDED = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * For a program's own start: signals end it in order, and all that it began with it. A second signal waits for nothing. What comes back
 * has signals end it outright again.
 */
export function heedSignals(signals: Signals = process, exit: (code: number) => void = process.exit): () => void {
  let isEnding = false;
  const heed = (): void => {
    if (isEnding) return exit(1);
    isEnding = true;
    void Promise.allSettled([...endings].map((ending) => ending())).then(() => exit(1));
  };
  for (const signal of HEEDED) signals.once(signal, heed);
  return () => {
    for (const signal of HEEDED) signals.removeListener(signal, heed);
  };
}

/** Ends a child and waits until it is gone. */
export async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  await gone;
}

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

/** For a program's own start: signals end it in order, and its children with it. */
export function heedSignals(): void {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => process.exit(1));
}

/** Ends a child and waits until it is gone. */
export async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  await gone;
}

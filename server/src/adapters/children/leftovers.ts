import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { Log } from "../../log.ts";
import { identify, isRunning, type ProcessIdentity } from "../embedded-postgres/process-facts.ts";

const FILE = "children.json";
const PATIENCE_MS = 5_000;

/**
 * Which children of ours run on this data folder. A process that was killed cannot stop its children; the next one does,
 * because two agents with one identity would fork its chain.
 */
export class ChildrenFile {
  readonly #path: string;
  #running: ProcessIdentity[] = [];

  constructor(dataDir: string) {
    this.#path = join(dataDir, FILE);
  }

  async stopLeftovers(log: Log): Promise<void> {
    for (const child of this.#read().filter(isRunning)) {
      log.info(`Stopping process ${child.pid}, left behind by an earlier Truebound`);
      process.kill(child.pid, "SIGTERM");
      if (!(await ended(child))) process.kill(child.pid, "SIGKILL");
    }
    this.#write([]);
  }

  add(pid: number): void {
    const identity = identify(pid);
    if (identity !== undefined) this.#write([...this.#running.filter(isRunning), identity]);
  }

  #read(): ProcessIdentity[] {
    try {
      const found: unknown = JSON.parse(readFileSync(this.#path, "utf8"));
      return Array.isArray(found) ? found.filter(isIdentity) : [];
    } catch {
      // No file, or one that a crash cut short: then there is nothing that could safely be ended.
      return [];
    }
  }

  #write(running: ProcessIdentity[]): void {
    this.#running = running;
    const unfinished = `${this.#path}.new`;
    writeFileSync(unfinished, JSON.stringify(running), { mode: 0o600 });
    renameSync(unfinished, this.#path);
  }
}

const isIdentity = (value: unknown): value is ProcessIdentity =>
  typeof value === "object" &&
  value !== null &&
  "pid" in value &&
  typeof value.pid === "number" &&
  "startTicks" in value &&
  typeof value.startTicks === "string";

async function ended(child: ProcessIdentity): Promise<boolean> {
  const start = performance.now();
  while (isRunning(child) && performance.now() - start < PATIENCE_MS) await pause(50);
  return !isRunning(child);
}

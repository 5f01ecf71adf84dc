import { readdirSync, readFileSync } from "node:fs";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "@truebound/server";
import { startTcpRelay, type TcpRelay } from "../tcp/relay.ts";

/** A PostgreSQL at one address that can be killed, with all its processes, and comes back on the same data. */
export class PostgresThatFalls {
  readonly #folder: string;
  #running: EmbeddedPostgres;
  #relay: TcpRelay | null = null;

  private constructor(folder: string, running: EmbeddedPostgres) {
    this.#folder = folder;
    this.#running = running;
  }

  static async start(folder: string): Promise<PostgresThatFalls> {
    const made = new PostgresThatFalls(folder, await startIn(folder));
    made.#relay = await startTcpRelay({ targets: () => [endpointOf(made.#running.url)] });
    return made;
  }

  /** It listens elsewhere each time that it starts; this stays. */
  get url(): string {
    const url = new URL(this.#running.url);
    url.port = String(this.#relay?.port);
    return url.href;
  }

  /** As in a power cut, but for what the kernel still holds: no process of it has a last word. */
  async killAndRestart(): Promise<void> {
    const { pid } = this.#running;
    killWithChildren(pid);
    await this.#running.stop();
    this.#running = await startIn(this.#folder);
  }

  async stop(): Promise<void> {
    await this.#relay?.close();
    await this.#running.stop();
  }
}

const startIn = (dataDir: string): Promise<EmbeddedPostgres> => startEmbeddedPostgres({ dataDir, log: () => undefined });

const endpointOf = (url: string) => ({ host: "127.0.0.1", port: Number(new URL(url).port) });

export function killWithChildren(pid: number): void {
  for (const one of [pid, ...childrenOf(pid)]) kill(one);
}

/** proc_pid_stat(5): the fourth field, after a name that may hold anything, is the parent. */
function childrenOf(parent: number): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && parentOf(name) === parent)
    .map(Number);
}

function parentOf(pid: string): number | null {
  try {
    return Number(/.*\) \S (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, "utf8"))?.[1]);
  } catch {
    return null; // it has ended since
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // it has ended since
  }
}

import { type ChildProcess, execFile, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";

export interface Ended {
  readonly code: number | null;
  readonly out: string;
}

export interface Surroundings {
  readonly from?: readonly string[];
  readonly timeoutMs?: number;
}

/**
 * A Linux system to install into: what a folder holds (`/` = this machine's own), with every change kept apart and thrown away.
 * It shares the machine's network and kernel. Mounts end with the process that holds their namespace.
 */
export class ThrowawayRoot {
  readonly #holder: ChildProcess;
  readonly #folder: string;
  readonly #root: string;

  private constructor(holder: ChildProcess, folder: string, root: string) {
    this.#holder = holder;
    this.#folder = folder;
    this.#root = root;
  }

  /** `shared` is seen within as /mnt. */
  static async open(lower: string, folder: string, shared: string): Promise<ThrowawayRoot> {
    const root = join(folder, "root");
    mkdirSync(root, { recursive: true });
    const holder = spawn("unshare", ["--mount", "sh", "-ec", `${mounts(lower, folder, root, shared)}\necho ready; exec cat`], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    const [ready] = (await Promise.race([once(holder.stdout as NonNullable<typeof holder.stdout>, "data"), once(holder, "close")])) as [
      unknown,
    ];
    if (String(ready) !== "ready\n") throw new Error("Cannot mount a root to throw away");
    return new ThrowawayRoot(holder, folder, root);
  }

  /** Words that run a program of this machine where it sees the system as the folder `root`. */
  get beside(): { readonly words: readonly string[]; readonly root: string } {
    return { words: ["nsenter", `--mount=/proc/${this.#holder.pid}/ns/mnt`], root: this.#root };
  }

  /** Runs a command within, to its end; its output and errors come as one text, and what it asks nobody answers. `from` are words that run another command elsewhere. */
  run(command: string, env: Readonly<Record<string, string>> = {}, { from = [], timeoutMs = 120_000 }: Surroundings = {}): Promise<Ended> {
    const [program = "", ...args] = [...from, ...this.#within(), "sh", "-c", `exec 2>&1 </dev/null; ${command}`];
    return new Promise((resolve) => {
      execFile(program, args, { env: { ...CLEAN, ...env }, timeout: timeoutMs, maxBuffer: 16 * 1024 * 1024 }, (error, out) => {
        resolve({ code: error === null ? 0 : typeof error.code === "number" ? error.code : null, out });
      });
    });
  }

  /** Starts a program within; it has the pid that it has outside. */
  start(args: readonly string[], env: Readonly<Record<string, string>> = {}, from: readonly string[] = []): ChildProcess {
    const [program = "", ...before] = [...from, ...this.#within()];
    return spawn(program, [...before, ...args], { env: { ...CLEAN, ...env }, stdio: ["ignore", "pipe", "pipe"] });
  }

  async close(): Promise<void> {
    const ended = once(this.#holder, "close");
    this.#holder.stdin?.end();
    await ended;
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #within(): readonly string[] {
    const { words, root } = this.beside;
    return [...words, "chroot", root];
  }
}

const CLEAN = { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", LC_ALL: "C.UTF-8", DEBIAN_FRONTEND: "noninteractive" };

/** Changes lie in memory: an overlay's upper layer cannot lie on every file system. */
const mounts = (lower: string, folder: string, root: string, shared: string): string => `
mount --make-rprivate /
mkdir -p ${folder}/changes && mount -t tmpfs -o mode=755 none ${folder}/changes
mkdir ${folder}/changes/upper ${folder}/changes/work
mount -t overlay none -o lowerdir=${lower},upperdir=${folder}/changes/upper,workdir=${folder}/changes/work ${root}
mkdir -p ${root}/proc ${root}/dev ${root}/sys ${root}/mnt
mount -t proc none ${root}/proc || mount --rbind /proc ${root}/proc
mount --rbind /dev ${root}/dev
mount --rbind /sys ${root}/sys
mount --bind ${shared} ${root}/mnt`;

/** Why there can be none here; null = there can. */
export function whyNoThrowawayRoot(): string | null {
  if (process.getuid?.() !== 0) return "needs root";
  const tried =
    "mount -t tmpfs none /mnt && mkdir /mnt/u /mnt/w /mnt/r && mount -t overlay none -o lowerdir=/,upperdir=/mnt/u,workdir=/mnt/w /mnt/r";
  const done = spawnSync("unshare", ["--mount", "sh", "-ec", `mount --make-rprivate / && ${tried}`], { timeout: 10_000 });
  return done.status === 0 ? null : "needs the right to mount an overlay";
}

import { spawnSync } from "node:child_process";
import { closeSync, existsSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";

/** A file system of a test's own, in a mount namespace that ends with its process: nothing is left behind, however that ends. */
export interface DiskKind {
  readonly name: string;
  /** Commands that mount it at `at`, with `image` for what must lie somewhere. */
  readonly mount: (at: string, image: string) => readonly string[];
}

export const TMPFS: DiskKind = { name: "tmpfs of 1 MiB", mount: (at) => [`mount -t tmpfs -o size=1m,mode=700 none '${at}'`] };
export const EXT4: DiskKind = {
  name: "ext4 of 8 MiB",
  mount: (at, image) => [`truncate -s 8M '${image}'`, `mkfs.ext4 -q -F '${image}'`, `mount -o loop '${image}' '${at}'`],
};

/** As root, or as whoever may be root in a namespace; the latter cannot mount an image. */
const WAYS = [
  ["unshare", "--mount"],
  ["unshare", "--user", "--map-root-user", "--mount"],
];

/** The words to put before a command so that it runs with the disk at `at`; null = it cannot be had here. */
export function withDisk({ mount }: DiskKind, at: string, image: string): readonly string[] | null {
  const words = (way: readonly string[], last: string) => [...way, "sh", "-ec", [...mount(at, image), last].join("; "), "sh"];
  const way = WAYS.find((one) => {
    const [program = "", ...args] = words(one, "true");
    return spawnSync(program, args, { timeout: 10_000 }).status === 0;
  });
  return way === undefined ? null : words(way, 'exec "$@"');
}

/** The disk as its process sees it, reached from outside. */
export class SmallDisk {
  readonly #pid: number;
  readonly #at: string;

  constructor(pid: number, at: string) {
    this.#pid = pid;
    this.#at = at;
  }

  get #inside(): string {
    return `/proc/${this.#pid}/root${this.#at}`;
  }

  get isMounted(): boolean {
    return existsSync(`/proc/${this.#pid}/mounts`) && readFileSync(`/proc/${this.#pid}/mounts`, "utf8").includes(` ${this.#at} `);
  }

  /** Takes all the room that is left. */
  fill(): void {
    const fd = openSync(join(this.#inside, "filler"), "a");
    try {
      for (const size of [64 * 1024, 4096, 512, 1]) this.#fillBy(fd, Buffer.alloc(size));
    } finally {
      closeSync(fd);
    }
  }

  free(): true {
    rmSync(join(this.#inside, "filler"), { force: true });
    return true;
  }

  /** False = busy: something is just being written. */
  remount(how: "ro" | "rw"): boolean {
    const way = ["--target", String(this.#pid), "--mount", "--user", "--preserve-credentials"];
    const own = process.getuid?.() === 0 ? way.slice(0, 3) : way;
    const done = spawnSync("nsenter", [...own, "mount", "-o", `remount,${how}`, this.#at], { encoding: "utf8" });
    if (done.status !== 0 && !done.stderr.includes("busy")) throw new Error(`Cannot remount ${this.#at} ${how}: ${done.stderr}`);
    return done.status === 0;
  }

  /** Turns one bit of a file. */
  flip(name: string, place: number): void {
    const path = join(this.#inside, name);
    const bytes = readFileSync(path);
    bytes[place] = (bytes[place] as number) ^ 1;
    writeFileSync(path, bytes);
  }

  #fillBy(fd: number, block: Buffer): void {
    try {
      while (writeSync(fd, block) === block.length);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOSPC") throw error;
    }
  }
}

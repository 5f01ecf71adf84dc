import { statfsSync } from "node:fs";
import { dirname, resolve } from "node:path";

/** statfs(2), f_type of file systems whose files are the kernel's own words: nobody can keep anything there (linux/magic.h). */
const KERNELS_OWN: ReadonlyMap<number, string> = new Map([
  [0x9fa0, "proc"],
  [0x62656572, "sysfs"],
  [0x27e0eb, "cgroup"],
  [0x63677270, "cgroup2"],
  [0x64626720, "debugfs"],
  [0x74726163, "tracefs"],
  [0x73636673, "securityfs"],
  [0x62656570, "configfs"],
  [0xcafe4a11, "bpf"],
  [0x1cd1, "devpts"],
]);

/**
 * The kernel's own file system that a path lies on, by the nearest folder above it that exists; null = another one, or it cannot be
 * asked. To be asked before a folder is made: below /proc, mkdir says for ever that there is no such folder, and Node's recursive
 * mkdir tries for ever.
 */
export function kernelFileSystemOf(path: string, typeOf: (path: string) => number | null = typeOfFileSystem): string | null {
  const above = dirname(path);
  const type = typeOf(resolve(path));
  if (type !== null) return KERNELS_OWN.get(type) ?? null;
  return above === path ? null : kernelFileSystemOf(above, typeOf);
}

/** Null = there is no such path. */
function typeOfFileSystem(path: string): number | null {
  try {
    return statfsSync(path).type;
  } catch {
    return null; // not there yet, or out of reach: whoever makes it says so
  }
}

/** Why nothing can be kept at a path; null = nothing speaks against it. */
export function unkeepable(path: string): string | null {
  const kind = kernelFileSystemOf(resolve(path));
  return kind === null ? null : `it lies on ${kind}, which holds the kernel's own words and keeps nobody's files`;
}

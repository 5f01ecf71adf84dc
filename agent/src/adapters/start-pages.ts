import { readFileSync } from "node:fs";
import { unwrittenMappings } from "../memory/mappings.ts";
import type { Libc } from "./libc.ts";

const MADV_DONTNEED = 4;

/**
 * Gives back what only a start needed: pages of program files that are mapped and were never written, and what malloc holds free. What is
 * needed of them again is mapped again when it is touched, from the kernel's own copy of the file. Returns the bytes that were given back
 * as far as mappings tell; 0 where it cannot be done here.
 */
export function giveBackStartPages({ koffi }: Libc): number {
  try {
    const library = koffi.load(null);
    // koffi types every function alike; the shapes are those of the C declarations here.
    const madvise = library.func("int madvise(uintptr_t address, size_t length, int advice)") as unknown as Madvise;
    const idle = unwrittenMappings(readFileSync("/proc/self/smaps", "latin1"));
    const given = idle.filter(({ from, bytes }) => madvise(from, bytes, MADV_DONTNEED) === 0);
    trimMalloc(library);
    return given.reduce((sum, { resident }) => sum + resident, 0);
  } catch {
    return 0; // without /proc, or with a C library that has no madvise, all of it just stays mapped
  }
}

type Madvise = (address: bigint, length: number, advice: number) => number;

/** glibc alone has it. */
function trimMalloc(library: ReturnType<Libc["koffi"]["load"]>): void {
  try {
    library.func("int malloc_trim(size_t pad)")(0);
  } catch {
    // other C libraries keep little
  }
}

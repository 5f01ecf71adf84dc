import { createRequire } from "node:module";

/**
 * The C library through koffi, an optional dependency: absent, or without a build for this machine, everything below it on
 * the ladder still works. Symbols are looked up in the running process, so that a preloaded library is honoured.
 */
type Koffi = typeof import("koffi").default;

type Async<Arguments extends unknown[]> = (...args: [...Arguments, (error: Error | null, result: number) => void]) => void;

/** The calls that we make; pointers are bigint addresses or byte arrays that live for the call. */
export interface Libc {
  readonly koffi: Koffi;
  readonly clockGettime: (clock: number, timespec: Uint8Array) => number;
  readonly socket: (domain: number, type: number, protocol: number) => number;
  readonly setsockopt: (fd: number, level: number, name: number, value: Uint8Array, length: number) => number;
  readonly connect: (fd: number, address: Uint8Array, length: number) => number;
  readonly bind: (fd: number, address: Uint8Array, length: number) => number;
  readonly getsockname: (fd: number, address: Uint8Array, length: Uint8Array) => number;
  readonly send: (fd: number, bytes: Uint8Array, length: number, flags: number) => number | bigint;
  readonly recvmsg: (fd: number, message: bigint, flags: number) => number | bigint;
  readonly sendmsg: (fd: number, message: bigint, flags: number) => number | bigint;
  readonly poll: { readonly async: Async<[fds: bigint, count: number, timeout: number]> };
  readonly close: (fd: number) => number;
  readonly read: (fd: number, bytes: Uint8Array, length: number) => number | bigint;
  readonly write: (fd: number, bytes: Uint8Array, length: number) => number | bigint;
  readonly eventfd: (initial: number, flags: number) => number;
  readonly adjtimex: (timex: Uint8Array) => number;
  /** Ends the process at once, from any thread. */
  readonly exit: (status: number) => void;
  /** Read-only calls alone: which ones, say the layouts beside the adapters. */
  readonly ioctl: (fd: number, request: number, argument: Uint8Array) => number;
  readonly timerfdCreate: (clock: number, flags: number) => number;
  readonly timerfdSettime: (fd: number, flags: number, spec: Uint8Array, old: null) => number;
}

let loaded: { libc: Libc | null; why: string | null } | undefined;

/** The library, or why there is none. Loaded once. */
export function loadLibc(): { libc: Libc | null; why: string | null } {
  loaded ??= tryLoad();
  return loaded;
}

function tryLoad(): { libc: Libc | null; why: string | null } {
  if (process.platform !== "linux") return { libc: null, why: `kernel stamps need Linux, this is ${process.platform}` };
  if (!["x64", "arm64", "riscv64", "loong64"].includes(process.arch))
    return { libc: null, why: `no 64-bit layout known for ${process.arch}` };
  try {
    return { libc: declare(createRequire(import.meta.url)("koffi") as Koffi), why: null };
  } catch (error) {
    return { libc: null, why: `koffi does not load: ${(error as Error).message.split("\n")[0]}` };
  }
}

function declare(koffi: Koffi): Libc {
  const lib = koffi.load(null);
  // koffi types every function alike; the shapes above are those of the C declarations beside them.
  return {
    koffi,
    clockGettime: lib.func("int clock_gettime(int clock, void *timespec)"),
    socket: lib.func("int socket(int domain, int type, int protocol)"),
    setsockopt: lib.func("int setsockopt(int fd, int level, int name, const void *value, unsigned int length)"),
    connect: lib.func("int connect(int fd, const void *address, unsigned int length)"),
    bind: lib.func("int bind(int fd, const void *address, unsigned int length)"),
    getsockname: lib.func("int getsockname(int fd, void *address, void *length)"),
    send: lib.func("long send(int fd, const void *bytes, size_t length, int flags)"),
    recvmsg: lib.func("long recvmsg(int fd, void *message, int flags)"),
    sendmsg: lib.func("long sendmsg(int fd, void *message, int flags)"),
    poll: lib.func("int poll(void *fds, unsigned long count, int timeout)"),
    close: lib.func("int close(int fd)"),
    read: lib.func("long read(int fd, void *bytes, size_t length)"),
    write: lib.func("long write(int fd, const void *bytes, size_t length)"),
    eventfd: lib.func("int eventfd(unsigned int initial, int flags)"),
    adjtimex: lib.func("int adjtimex(void *timex)"),
    exit: lib.func("void _exit(int status)"),
    ioctl: lib.func("int ioctl(int fd, unsigned long request, void *argument)"),
    timerfdCreate: lib.func("int timerfd_create(int clock, int flags)"),
    timerfdSettime: lib.func("int timerfd_settime(int fd, int flags, const void *spec, void *old)"),
  } as unknown as Libc;
}

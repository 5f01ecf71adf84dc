import { closeSync, openSync, readSync } from "node:fs";
import { parseClocksource } from "../observe/clocksource.ts";
import type { AuditTail, HostWitness } from "../observe/ports.ts";
import { type CpuTimes, parseCpuTimes } from "../observe/steal.ts";
import { readMarker, VMCLOCK_BYTES, type VmMarker } from "../observe/vmclock.ts";
import { AuditLogFile } from "./audit-log-file.ts";
import { AuditNetlink } from "./audit-netlink.ts";
import { loadLibc } from "./libc.ts";

/** Where the kernel tells it. Tests point these elsewhere. */
export interface WitnessPaths {
  readonly clocksource: string;
  readonly vmclock: string;
  readonly cpuTimes: string;
  readonly auditLog: string;
}

export const KERNEL_PATHS: WitnessPaths = {
  clocksource: "/sys/devices/system/clocksource/clocksource0/current_clocksource",
  vmclock: "/dev/vmclock0",
  cpuTimes: "/proc/stat",
  auditLog: "/var/log/audit/audit.log",
};

/** The summary line of /proc/stat comes first; the rest grows with the number of CPUs. */
const HEAD_BYTES = 512;

/** The witness of a real Linux host: small reads of files, none of which needs a privilege except the audit trail. */
export class KernelWitness implements HostWitness {
  readonly #paths: WitnessPaths;
  readonly #log: AuditLogFile;
  #netlink: AuditNetlink | null | undefined;

  constructor(paths: WitnessPaths = KERNEL_PATHS) {
    this.#paths = paths;
    this.#log = new AuditLogFile(paths.auditLog);
  }

  clocksource(): string | null {
    const head = readHead(this.#paths.clocksource, HEAD_BYTES);
    return typeof head === "string" ? null : parseClocksource(latin1(head));
  }

  vmMarker(): VmMarker {
    let trouble: string | null = null;
    const marker = readMarker(() => {
      const head = readHead(this.#paths.vmclock, VMCLOCK_BYTES);
      if (typeof head !== "string") return head;
      trouble = head;
      return NOTHING;
    });
    if (trouble === null) return marker;
    if (trouble === "ENOENT" || trouble === "ENXIO" || trouble === "ENODEV") return { kind: "absent" };
    return { kind: "unreadable", why: isDenial(trouble) ? "denied" : "failed" };
  }

  cpuTimes(): CpuTimes | null {
    const head = readHead(this.#paths.cpuTimes, HEAD_BYTES);
    return typeof head === "string" ? null : parseCpuTimes(latin1(head));
  }

  /** The audit daemon's log where it can be read, else the kernel's own broadcast of the same records. */
  auditTail(): AuditTail {
    const log = this.#log.read();
    if (log.kind === "lines") return log;
    if (this.#netlink === undefined) this.#netlink = openNetlink();
    return this.#netlink?.read() ?? log;
  }

  close(): void {
    this.#log.close();
    this.#netlink?.close();
  }
}

const openNetlink = (): AuditNetlink | null => {
  const { libc } = loadLibc();
  return libc && AuditNetlink.open(libc);
};

const NOTHING = new Uint8Array(0);
const latin1 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("latin1");
const isDenial = (code: string): boolean => code === "EACCES" || code === "EPERM";

/** The first bytes of a file in one pread, or the code of what went wrong. */
function readHead(path: string, bytes: number): Uint8Array | string {
  let fd: number | null = null;
  try {
    fd = openSync(path, "r");
    const head = new Uint8Array(bytes);
    return head.subarray(0, readSync(fd, head, 0, bytes, 0));
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? "EIO";
  } finally {
    if (fd !== null) closeSync(fd);
  }
}

import { parseClocksource } from "../observe/clocksource.ts";
import type { AuditTail, HostWitness } from "../observe/ports.ts";
import { type CpuTimes, parseCpuTimes } from "../observe/steal.ts";
import { readMarker, VMCLOCK_BYTES, type VmMarker } from "../observe/vmclock.ts";
import { AuditLogFile } from "./audit-log-file.ts";
import { AuditNetlink } from "./audit-netlink.ts";
import { FileHead } from "./file-head.ts";
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
  readonly #clocksource: FileHead;
  readonly #vmclock: FileHead;
  readonly #cpuTimes: FileHead;
  readonly #log: AuditLogFile;
  #netlink: AuditNetlink | null | undefined;

  constructor(paths: WitnessPaths = KERNEL_PATHS) {
    this.#clocksource = new FileHead(paths.clocksource, HEAD_BYTES);
    this.#vmclock = new FileHead(paths.vmclock, VMCLOCK_BYTES);
    this.#cpuTimes = new FileHead(paths.cpuTimes, HEAD_BYTES);
    this.#log = new AuditLogFile(paths.auditLog);
  }

  clocksource(): string | null {
    const head = this.#clocksource.read();
    return typeof head === "string" ? null : parseClocksource(head.toString("latin1"));
  }

  vmMarker(): VmMarker {
    let trouble: string | null = null;
    const marker = readMarker(() => {
      const head = this.#vmclock.read();
      if (typeof head !== "string") return head;
      trouble = head;
      return NOTHING;
    });
    if (trouble === null) return marker;
    if (trouble === "ENOENT" || trouble === "ENXIO" || trouble === "ENODEV") return { kind: "absent" };
    return { kind: "unreadable", why: isDenial(trouble) ? "denied" : "failed" };
  }

  cpuTimes(): CpuTimes | null {
    const head = this.#cpuTimes.read();
    return typeof head === "string" ? null : parseCpuTimes(head.toString("latin1"));
  }

  /** The audit daemon's log where it can be read, else the kernel's own broadcast of the same records. */
  auditTail(): AuditTail {
    const log = this.#log.read();
    if (log.kind === "lines") return log;
    if (this.#netlink === undefined) this.#netlink = openNetlink();
    return this.#netlink?.read() ?? log;
  }

  close(): void {
    for (const file of [this.#clocksource, this.#vmclock, this.#cpuTimes, this.#log]) file.close();
    this.#netlink?.close();
  }
}

const openNetlink = (): AuditNetlink | null => {
  const { libc } = loadLibc();
  return libc && AuditNetlink.open(libc);
};

const NOTHING = new Uint8Array(0);
const isDenial = (code: string): boolean => code === "EACCES" || code === "EPERM";

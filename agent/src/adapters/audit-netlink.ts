import type { AuditTail } from "../observe/ports.ts";
import type { Libc } from "./libc.ts";

const AF_NETLINK = 16;
const SOCK_RAW = 3;
const SOCK_NONBLOCK = 0o4000;
const SOCK_CLOEXEC = 0o2000000;
const NETLINK_AUDIT = 9;
/** AUDIT_NLGRP_READLOG as a bit of nl_groups. */
const READLOG = 1;
const MSG_DONTWAIT = 0x40;
const HEADER_BYTES = 16;
const DATAGRAM_BYTES = 16 * 1024;
const MOST_DATAGRAMS = 512;
const EPERM = 1;
const EACCES = 13;
const ENOBUFS = 105;

interface Calls {
  readonly bind: (fd: number, address: Uint8Array, length: number) => number;
  readonly recv: (fd: number, bytes: Uint8Array, length: number, flags: number) => number | bigint;
}

/**
 * The kernel's broadcast of audit records (Linux 3.16; needs CAP_AUDIT_READ, disturbs no audit daemon). A datagram is a
 * netlink header, whose type is the record's, and the text that auditd would write behind `msg=`.
 */
export class AuditNetlink {
  readonly #libc: Libc;
  readonly #calls: Calls;
  readonly #fd: number;
  readonly #buffer = new Uint8Array(DATAGRAM_BYTES);
  #skipped = 0;

  private constructor(libc: Libc, calls: Calls, fd: number) {
    this.#libc = libc;
    this.#calls = calls;
    this.#fd = fd;
  }

  /** Null where the kernel has no such group or does not let us in. */
  static open(libc: Libc): AuditNetlink | null {
    const library = libc.koffi.load(null);
    // koffi types every function alike; the shapes above are those of the C declarations here.
    const calls = {
      bind: library.func("int bind(int fd, const void *address, unsigned int length)"),
      recv: library.func("long recv(int fd, void *bytes, size_t length, int flags)"),
    } as unknown as Calls;
    const fd = libc.socket(AF_NETLINK, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, NETLINK_AUDIT);
    if (fd < 0) return null;
    const address = netlinkAddress();
    if (calls.bind(fd, address, address.length) === 0) return new AuditNetlink(libc, calls, fd);
    libc.close(fd);
    return null;
  }

  read(): AuditTail {
    const lines: string[] = [];
    for (let datagrams = 0; datagrams < MOST_DATAGRAMS; datagrams++) {
      const length = Number(this.#calls.recv(this.#fd, this.#buffer, DATAGRAM_BYTES, MSG_DONTWAIT));
      const errno = length < 0 ? this.#libc.koffi.errno() : 0;
      if (errno === EPERM || errno === EACCES) return { kind: "denied" };
      // The kernel had to drop records for us: how many, it does not say.
      if (errno === ENOBUFS) this.#skipped += 1;
      else if (length < 0) break;
      else lines.push(...lineOf(this.#buffer.subarray(0, length)));
    }
    return { kind: "lines", from: "netlink", lines, skipped: this.#skipped };
  }

  close(): void {
    this.#libc.close(this.#fd);
  }
}

/** struct sockaddr_nl: family, pad, port (0 = the kernel's choice), groups; in the machine's own byte order. */
function netlinkAddress(): Uint8Array {
  const address = new Uint8Array(12);
  new Uint16Array(address.buffer, 0, 1)[0] = AF_NETLINK;
  new Uint32Array(address.buffer, 8, 1)[0] = READLOG;
  return address;
}

/** A datagram in the form of auditd's log. The header's length is not trusted: audit once wrote it without the header. */
export function lineOf(datagram: Uint8Array): string[] {
  if (datagram.length <= HEADER_BYTES) return [];
  const type = new DataView(datagram.buffer, datagram.byteOffset, HEADER_BYTES).getUint16(4, isLittleEndian);
  const text = Buffer.from(datagram.subarray(HEADER_BYTES))
    .toString("latin1")
    .replace(/[\0\n]+$/, "");
  return [`type=${type} msg=${text}`];
}

const isLittleEndian = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

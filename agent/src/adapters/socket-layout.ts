import { isIPv6 } from "node:net";
import type { Endpoint } from "../probe/ports.ts";

/** The bytes that Linux's 64-bit socket calls expect and return. Numbers from the kernel's uapi headers. */
export const AF_INET = 2;
export const AF_INET6 = 10;
export const SOCK_DGRAM = 2;
export const SOCK_NONBLOCK = 0o4000;
export const SOCK_CLOEXEC = 0o2000000;
export const SOL_SOCKET = 1;
export const SO_TIMESTAMPING = 37;
export const TX_SOFTWARE = 1 << 1;
export const RX_SOFTWARE = 1 << 3;
export const REPORT_SOFTWARE = 1 << 4;
export const OPT_ID = 1 << 7;
export const OPT_TSONLY = 1 << 11;
export const MSG_DONTWAIT = 0x40;
export const MSG_ERRQUEUE = 0x2000;
export const POLLIN = 1;

export const MSGHDR_BYTES = 56;
export const IOVEC_BYTES = 16;
export const CONTROL_BYTES = 512;
const CMSG_HEADER_BYTES = 16;

const littleEndian = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

export const family = (address: string): number => (isIPv6(address) ? AF_INET6 : AF_INET);

/** struct sockaddr_in or sockaddr_in6. */
export function sockaddr({ address, port }: Endpoint): Uint8Array {
  const six = isIPv6(address);
  const bytes = new Uint8Array(six ? 28 : 16);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, six ? AF_INET6 : AF_INET, littleEndian);
  view.setUint16(2, port, false);
  if (six) bytes.set(ipv6Bytes(address), 8);
  else bytes.set(address.split(".").map(Number), 4);
  return bytes;
}

/** Sixteen bytes of a numeric IPv6 address; a zone is not carried. */
export function ipv6Bytes(address: string): Uint8Array {
  const plain = address.split("%")[0] ?? "";
  const [head = "", tail] = withoutDottedTail(plain).split("::");
  const groups = (text: string) => (text === "" ? [] : text.split(":"));
  const left = groups(head);
  const right = groups(tail ?? "");
  const middle = tail === undefined ? [] : Array<string>(8 - left.length - right.length).fill("0");
  const words = [...left, ...middle, ...right].map((group) => Number.parseInt(group, 16));
  return Uint8Array.from(words.flatMap((word) => [word >> 8, word & 0xff]));
}

/** ::ffff:192.0.2.1 as ::ffff:c000:201. */
function withoutDottedTail(address: string): string {
  const dotted = /^(.*:)(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(address);
  if (dotted === null) return address;
  const [a = 0, b = 0, c = 0, d = 0] = dotted.slice(2).map(Number);
  return `${dotted[1]}${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
}

/** struct msghdr with one iovec and a control buffer; all three live at addresses that stay. */
export function msghdr(iovec: bigint, control: bigint, controlBytes: number): Uint8Array {
  const bytes = new Uint8Array(MSGHDR_BYTES);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(16, iovec, littleEndian);
  view.setBigUint64(24, 1n, littleEndian);
  view.setBigUint64(32, control, littleEndian);
  view.setBigUint64(40, BigInt(controlBytes), littleEndian);
  return bytes;
}

export function iovec(base: bigint, length: number): Uint8Array {
  const bytes = new Uint8Array(IOVEC_BYTES);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, base, littleEndian);
  view.setBigUint64(8, BigInt(length), littleEndian);
  return bytes;
}

/** struct pollfd for one descriptor. */
export function pollfd(fd: number): Uint8Array {
  const bytes = new Uint8Array(8);
  const view = new DataView(bytes.buffer);
  view.setInt32(0, fd, littleEndian);
  view.setInt16(4, POLLIN, littleEndian);
  return bytes;
}

export const POLLFD_BYTES = 8;

/** What happened to the descriptor at this place of an array of struct pollfd; 0 = nothing. */
export const revents = (fds: Uint8Array, index: number): number =>
  new DataView(fds.buffer, fds.byteOffset + index * POLLFD_BYTES).getInt16(6, littleEndian);

export const int32 = (value: number): Uint8Array => {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setInt32(0, value, littleEndian);
  return bytes;
};

/** The software stamp (REALTIME, ns) in a control buffer, or null when there is none. Bounded: each step moves forward. */
export function softwareStamp(control: Uint8Array): bigint | null {
  const view = new DataView(control.buffer, control.byteOffset, control.byteLength);
  let at = 0;
  while (at + CMSG_HEADER_BYTES <= control.length) {
    const length = Number(view.getBigUint64(at, littleEndian));
    if (length < CMSG_HEADER_BYTES || at + length > control.length) return null;
    const isStamp = view.getInt32(at + 8, littleEndian) === SOL_SOCKET && view.getInt32(at + 12, littleEndian) === SO_TIMESTAMPING;
    if (isStamp && length >= CMSG_HEADER_BYTES + 16) {
      const seconds = view.getBigInt64(at + 16, littleEndian);
      const nanoseconds = view.getBigInt64(at + 24, littleEndian);
      if (seconds !== 0n || nanoseconds !== 0n) return seconds * 1_000_000_000n + nanoseconds;
    }
    at += (length + 7) & ~7;
  }
  return null;
}

/** How much of the control buffer the kernel filled. */
export const controlLength = (message: Uint8Array): number => {
  const view = new DataView(message.buffer, message.byteOffset, message.byteLength);
  return Number(view.getBigUint64(40, littleEndian));
};

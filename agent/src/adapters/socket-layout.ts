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
export const TX_HARDWARE = 1 << 0;
export const TX_SOFTWARE = 1 << 1;
export const RX_HARDWARE = 1 << 2;
export const RX_SOFTWARE = 1 << 3;
export const REPORT_SOFTWARE = 1 << 4;
/** The card's own clock, unconverted. */
export const RAW_HARDWARE = 1 << 6;
export const OPT_ID = 1 << 7;
/** The stamp of a send says through which interface it left, if IP_PKTINFO is on and OPT_TSONLY is not. */
export const OPT_CMSG = 1 << 10;
export const OPT_TSONLY = 1 << 11;
/** The stamp of a receipt says whose card took it. */
export const OPT_PKTINFO = 1 << 13;
/** The stamp of the software and that of the card, in two messages. */
export const OPT_TX_SWHW = 1 << 14;
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

/** One control message: its level, its type, and the bytes that it carries. */
interface ControlMessage {
  readonly level: number;
  readonly type: number;
  readonly data: DataView;
}

/** The messages of a control buffer. Bounded: each step moves forward. */
function controlMessages(control: Uint8Array): ControlMessage[] {
  const view = new DataView(control.buffer, control.byteOffset, control.byteLength);
  const found: ControlMessage[] = [];
  let at = 0;
  while (at + CMSG_HEADER_BYTES <= control.length) {
    const length = Number(view.getBigUint64(at, littleEndian));
    if (length < CMSG_HEADER_BYTES || at + length > control.length) break;
    const data = new DataView(control.buffer, control.byteOffset + at + CMSG_HEADER_BYTES, length - CMSG_HEADER_BYTES);
    found.push({ level: view.getInt32(at + 8, littleEndian), type: view.getInt32(at + 12, littleEndian), data });
    at += (length + 7) & ~7;
  }
  return found;
}

/** struct scm_timestamping: three of struct timespec, of which the second is out of use. */
const TIMESPEC_BYTES = 16;

/** The software stamp (REALTIME, ns) in a control buffer, or null when there is none. */
export const softwareStamp = (control: Uint8Array): bigint | null => stampAt(control, 0);

/** The stamp of the card's own clock (ns, whatever it keeps) in a control buffer, or null when there is none. */
export const hardwareStamp = (control: Uint8Array): bigint | null => stampAt(control, 2);

function stampAt(control: Uint8Array, place: number): bigint | null {
  const at = place * TIMESPEC_BYTES;
  for (const { level, type, data } of controlMessages(control)) {
    if (level !== SOL_SOCKET || type !== SO_TIMESTAMPING || data.byteLength < at + TIMESPEC_BYTES) continue;
    const [seconds, nanoseconds] = [data.getBigInt64(at, littleEndian), data.getBigInt64(at + 8, littleEndian)];
    if (seconds !== 0n || nanoseconds !== 0n) return seconds * 1_000_000_000n + nanoseconds;
  }
  return null;
}

const SCM_TIMESTAMPING_PKTINFO = 58;

/** Index of the interface whose card stamped a packet that came (struct scm_ts_pktinfo); null = it is not told. */
export function stampingInterface(control: Uint8Array): number | null {
  const told = ({ level, type, data }: ControlMessage) => level === SOL_SOCKET && type === SCM_TIMESTAMPING_PKTINFO && data.byteLength >= 4;
  const message = controlMessages(control).find(told);
  return message === undefined ? null : message.data.getUint32(0, littleEndian);
}

/** Index of the interface through which a packet left, beside its stamp (struct in_pktinfo, in6_pktinfo); null = it is not told. */
export function leavingInterface(control: Uint8Array): number | null {
  for (const { level, type, data } of controlMessages(control)) {
    if (level === SOL_IP && type === IP_PKTINFO && data.byteLength >= 12) return data.getUint32(0, littleEndian);
    if (level === SOL_IPV6 && type === IPV6_PKTINFO && data.byteLength >= 20) return data.getUint32(16, littleEndian);
  }
  return null;
}

export const SOL_IP = 0;
export const SOL_IPV6 = 41;
export const IP_PKTINFO = 8;
export const IPV6_RECVPKTINFO = 49;
export const IPV6_V6ONLY = 26;
const IPV6_PKTINFO = 50;
const IP_RECVERR = 11;
const IPV6_RECVERR = 25;

/** Which of a socket's sends a stamp is of (`ee_data` of struct sock_extended_err, counted from 0); null = it does not say. */
export function stampId(control: Uint8Array): number | null {
  const isError = ({ level, type }: ControlMessage) =>
    (level === SOL_IP && type === IP_RECVERR) || (level === SOL_IPV6 && type === IPV6_RECVERR);
  const error = controlMessages(control).find((message) => isError(message) && message.data.byteLength >= 16);
  return error === undefined ? null : error.data.getUint32(12, littleEndian);
}

/** A control message that lets a reply leave from the address that its request came to, whatever the way back; empty = the kernel chooses. */
export function replyFrom(control: Uint8Array): Uint8Array {
  for (const { level, type, data } of controlMessages(control)) {
    // struct in6_pktinfo: address, interface. The interface is left to the routes.
    if (level === SOL_IPV6 && type === IPV6_PKTINFO && data.byteLength >= 20) return controlMessage(level, type, bytesOf(data, 0, 16), 20);
    // struct in_pktinfo: interface, local address, destination of the request.
    if (level === SOL_IP && type === IP_PKTINFO && data.byteLength >= 12)
      return controlMessage(level, type, [0, 0, 0, 0, ...bytesOf(data, 8, 4)], 12);
  }
  return new Uint8Array();
}

const bytesOf = (data: DataView, at: number, length: number): Uint8Array => new Uint8Array(data.buffer, data.byteOffset + at, length);

function controlMessage(level: number, type: number, content: ArrayLike<number>, length: number): Uint8Array {
  const bytes = new Uint8Array((CMSG_HEADER_BYTES + length + 7) & ~7);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(CMSG_HEADER_BYTES + length), littleEndian);
  view.setInt32(8, level, littleEndian);
  view.setInt32(12, type, littleEndian);
  bytes.set(content, CMSG_HEADER_BYTES);
  return bytes;
}

export const SOCKADDR_BYTES = 28;

/** Of what a buffer holds. */
export const sockaddrLength = (bytes: Uint8Array): number =>
  new DataView(bytes.buffer, bytes.byteOffset).getUint16(0, littleEndian) === AF_INET ? 16 : SOCKADDR_BYTES;

/** Address and port of struct sockaddr_in or sockaddr_in6. */
export function readSockaddr(bytes: Uint8Array): Endpoint {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const port = view.getUint16(2, false);
  if (view.getUint16(0, littleEndian) === AF_INET) return { address: bytes.subarray(4, 8).join("."), port };
  const groups = Array.from({ length: 8 }, (_, group) => view.getUint16(8 + 2 * group, false).toString(16));
  const isMapped = groups.slice(0, 5).every((group) => group === "0") && groups[5] === "ffff";
  return { address: isMapped ? bytes.subarray(20, 24).join(".") : groups.join(":"), port };
}

/** Says of a struct msghdr where the address stands, or is to be put. */
export function setName(message: Uint8Array, name: bigint, length: number): void {
  const view = new DataView(message.buffer, message.byteOffset, message.byteLength);
  view.setBigUint64(0, name, littleEndian);
  view.setUint32(8, length, littleEndian);
}

/** How much of the control buffer the kernel filled. */
export const controlLength = (message: Uint8Array): number => {
  const view = new DataView(message.buffer, message.byteOffset, message.byteLength);
  return Number(view.getBigUint64(40, littleEndian));
};

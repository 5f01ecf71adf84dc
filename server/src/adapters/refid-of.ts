import { createHash } from "node:crypto";
import { isIPv4, isIPv6 } from "node:net";

/** The reference id under which clients name a server: its IPv4 address, or the first four bytes of the MD5 of its IPv6 one (RFC 5905 section 7.3). */
export function refidOf(address: string): number {
  if (isIPv4(address)) return Buffer.from(address.split(".").map(Number)).readUInt32BE(0);
  if (!isIPv6(address)) return 0;
  return createHash("md5").update(ipv6Bytes(address)).digest().readUInt32BE(0);
}

function ipv6Bytes(address: string): Buffer {
  const plain = new URL(`http://[${address.split("%")[0]}]`).hostname.slice(1, -1);
  const [head = "", tail] = plain.split("::");
  const left = head === "" ? [] : head.split(":");
  const right = tail === undefined || tail === "" ? [] : tail.split(":");
  const zeros = Array<string>(8 - left.length - right.length).fill("0");
  const groups = [...left, ...zeros, ...right];
  return Buffer.from(groups.flatMap((group) => [Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 0xff]));
}

/** Whether an address is one of the public Internet. A name that leads elsewhere is reached only where somebody allowed it. */
export function isPublic(address: string): boolean {
  return address.includes(":") ? isPublicSix(address) : isPublicFour(bytesOfFour(address));
}

type Block = readonly [base: string, bits: number];

/** RFC 6890 and what came after it: this host, private, carrier's, loopback, link-local, protocols, examples, benchmarks, many, reserved. */
const NOT_PUBLIC_FOUR: readonly Block[] = [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 4],
  ["240.0.0.0", 4],
];

/** Within 2000::/3. Teredo and 6to4 hold an IPv4 address that a router elsewhere would unpack. */
const NOT_PUBLIC_SIX: readonly (readonly [groups: readonly number[], bits: number])[] = [
  [[0x2001, 0], 23],
  [[0x2001, 0x0db8], 32],
  [[0x2002], 16],
  [[0x3fff, 0], 20],
];

function bytesOfFour(address: string): number | null {
  const bytes = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(address)?.slice(1).map(Number);
  if (bytes === undefined || bytes.join(".") !== address || bytes.some((byte) => byte > 255)) return null;
  return bytes.reduce((sum, byte) => sum * 256 + byte, 0);
}

/** What cannot be read is not public. */
function isPublicFour(value: number | null): boolean {
  if (value === null) return false;
  return !NOT_PUBLIC_FOUR.some(([base, bits]) => {
    const size = 2 ** (32 - bits);
    return Math.floor(value / size) === Math.floor((bytesOfFour(base) ?? 0) / size);
  });
}

const NAT64 = [0x64, 0xff9b, 0, 0, 0, 0];

function isPublicSix(address: string): boolean {
  const groups = groupsOf(address);
  if (groups === null) return false;
  // A network without IPv4 reaches the Internet of IPv4 by these.
  if (NAT64.every((group, index) => groups[index] === group)) return isPublicFour((groups[6] ?? 0) * 65_536 + (groups[7] ?? 0));
  if ((groups[0] ?? 0) >> 13 !== 1) return false;
  return !NOT_PUBLIC_SIX.some(([base, bits]) => bitsOf(groups).slice(0, bits) === bitsOf(base).slice(0, bits));
}

const bitsOf = (groups: readonly number[]): string =>
  groups
    .map((group) => group.toString(2).padStart(16, "0"))
    .join("")
    .padEnd(128, "0");

/** By the parser of URLs, which knows every way of writing one; a zone (%eth0) is none. */
function groupsOf(address: string): number[] | null {
  const url = `http://[${address}]/`;
  if (!/^[0-9a-fA-F:.]+$/.test(address) || !URL.canParse(url)) return null;
  const [head = "", tail] = new URL(url).hostname.slice(1, -1).split("::");
  const read = (part: string) => (part === "" ? [] : part.split(":").map((group) => Number.parseInt(group, 16)));
  if (tail === undefined) return read(head);
  const [before, after] = [read(head), read(tail)];
  return [...before, ...Array.from({ length: 8 - before.length - after.length }, () => 0), ...after];
}

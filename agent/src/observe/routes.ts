/** A route of the kernel's table, its prefix as bits of an address. */
export interface KernelRoute {
  readonly interface: string;
  readonly prefix: bigint;
  readonly bits: number;
  /** Numeric; null = the destination is on the link. */
  readonly nextHop: string | null;
  readonly metric: number;
}

const UP = 0x1;
const REJECT = 0x200;
const GATEWAY = 0x2;
const FAMILY_BITS = { 4: 32, 6: 128 } as const;

/** /proc/net/route: addresses are little-endian hex. Lines of another form are passed over. */
export function parseRoutes4(text: string): KernelRoute[] {
  return text.split("\n").flatMap((line) => {
    const [name, destination = "", gateway = "", flags = "", , , metric = "", mask = ""] = line.trim().split(/\s+/);
    if (name === undefined || ![destination, gateway, mask].every((word) => /^[0-9A-Fa-f]{8}$/.test(word))) return [];
    const set = Number.parseInt(flags, 16);
    if ((set & UP) === 0 || (set & REJECT) !== 0) return [];
    const bits = swapped(mask).toString(2).replaceAll("0", "").length;
    const nextHop = (set & GATEWAY) === 0 ? null : address4(swapped(gateway));
    return [{ interface: name, prefix: swapped(destination), bits, nextHop, metric: Number(metric) }];
  });
}

/** /proc/net/ipv6_route: destination, its length, source, its length, next hop, metric, two counters, flags, interface. */
export function parseRoutes6(text: string): KernelRoute[] {
  return text.split("\n").flatMap((line) => {
    const [destination = "", length = "", , , gateway = "", metric = "", , , flags = "", name] = line.trim().split(/\s+/);
    if (name === undefined || ![destination, gateway].every((word) => /^[0-9a-f]{32}$/.test(word))) return [];
    const set = Number.parseInt(flags, 16);
    if ((set & UP) === 0 || (set & REJECT) !== 0) return [];
    const nextHop = (set & GATEWAY) === 0 ? null : address6(gateway);
    return [
      {
        interface: name,
        prefix: BigInt(`0x${destination}`),
        bits: Number.parseInt(length, 16),
        nextHop,
        metric: Number.parseInt(metric, 16),
      },
    ];
  });
}

/** The longest prefix that holds the address, and of those the least metric; null = there is none. */
export function routeTo(routes: readonly KernelRoute[], address: bigint, family: 4 | 6): KernelRoute | null {
  const size = FAMILY_BITS[family];
  const holds = ({ prefix, bits }: KernelRoute) => (prefix ^ address) >> BigInt(size - bits) === 0n;
  const better = (a: KernelRoute, b: KernelRoute) => (b.bits > a.bits || (b.bits === a.bits && b.metric < a.metric) ? b : a);
  return routes.filter(holds).reduce<KernelRoute | null>((best, next) => (best === null ? next : better(best, next)), null);
}

/** The bits of a numeric address; null = it is none. */
export function bitsOf(address: string): { readonly family: 4 | 6; readonly bits: bigint } | null {
  const four = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(address);
  if (four !== null) return { family: 4, bits: four.slice(1).reduce((sum, part) => sum * 256n + BigInt(part), 0n) };
  const [head = "", tail, odd] = (address.split("%")[0] ?? "").split("::");
  const groups = (text: string) => (text === "" ? [] : text.split(":"));
  const [before, after] = [groups(head), groups(tail ?? "")];
  const missing = 8 - before.length - after.length;
  if (odd !== undefined || (tail === undefined ? missing !== 0 : missing < 1)) return null;
  const all = [...before, ...Array<string>(missing).fill("0"), ...after];
  if (!all.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))) return null;
  return { family: 6, bits: all.reduce((sum, group) => sum * 65_536n + BigInt(`0x${group}`), 0n) };
}

const swapped = (hex: string): bigint => BigInt(`0x${(hex.match(/../g) ?? []).reverse().join("")}`);
const address4 = (bits: bigint): string => [24n, 16n, 8n, 0n].map((shift) => ((bits >> shift) & 255n).toString()).join(".");
const address6 = (hex: string): string => (hex.match(/..../g) ?? []).map((group) => Number.parseInt(group, 16).toString(16)).join(":");

/**
 * Who asks, whatever port: an IPv4 address, or the 64 bits of an IPv6 one that name its network, because a host may hold
 * as many of the rest as it likes. `::ffff:a.b.c.d` is the IPv4 address.
 */
export function addressKey(address: string): string {
  const bare = address.split("%")[0] as string;
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(bare)?.[1];
  if (mapped !== undefined) return mapped;
  return bare.includes(":") ? networkOf(bare) : bare;
}

/** The first four groups of eight. */
function networkOf(address: string): string {
  const [before = "", after] = address.split("::");
  const groups = before === "" ? [] : before.split(":");
  const tail = after === undefined || after === "" ? 0 : after.split(":").length + (after.includes(".") ? 1 : 0);
  const zeros = after === undefined ? 0 : 8 - groups.length - tail;
  const whole = [...groups, ...Array<string>(Math.max(0, zeros)).fill("0"), ...(after ? after.split(":") : [])];
  return `${whole
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(":")}::/64`;
}

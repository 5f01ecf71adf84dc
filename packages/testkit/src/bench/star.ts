import { end } from "./children.ts";
import { entered, hold, inside, ip, reasonOf, runInside } from "./namespace.ts";

/** Network namespaces around a hub that forwards between them, and nothing else. */
export interface Star {
  /** Commands that run another one inside, and the address there. */
  readonly hosts: readonly { readonly inside: readonly string[]; readonly address: string }[];
  readonly insideHub: readonly string[];
  /** An address of the hub's own, from 1. */
  readonly hubAddress: (index: number) => string;
  close(): Promise<void>;
}

const HUB_ADDRESSES = 16;

/** Text = why they cannot be made here. */
export async function makeStar(count: number): Promise<Star | string> {
  const holders = Array.from({ length: count + 1 }, hold);
  const close = async () => {
    await Promise.all(holders.map(end));
  };
  try {
    const [hub, ...spokes] = await Promise.all(holders.map(entered));
    if (hub === undefined) throw new Error("Cannot make a namespace for the hub");
    await ip(hub, ["link", "set", "lo", "up"]);
    await runInside(hub, ["sh", "-c", "echo 1 > /proc/sys/net/ipv4/ip_forward"]);
    for (let index = 1; index <= HUB_ADDRESSES; index++) await ip(hub, ["address", "add", `${hubAddress(index)}/32`, "dev", "lo"]);
    for (const [index, pid] of spokes.entries()) await join(hub, pid, index);
    return {
      hosts: spokes.map((pid, index) => ({ inside: inside(pid), address: spokeAddress(index) })),
      insideHub: inside(hub),
      hubAddress,
      close,
    };
  } catch (error) {
    await close();
    return reasonOf(error);
  }
}

const hubAddress = (index: number): string => `10.205.0.${index}`;
const spokeAddress = (index: number): string => `10.204.${index}.2`;

async function join(hub: number, pid: number, index: number): Promise<void> {
  const device = `spoke${index}`;
  await ip(hub, ["link", "add", device, "type", "veth", "peer", "name", "uplink", "netns", String(pid)]);
  await ip(hub, ["address", "add", `10.204.${index}.1/30`, "dev", device]);
  await ip(hub, ["link", "set", device, "up"]);
  await ip(pid, ["link", "set", "lo", "up"]);
  await ip(pid, ["address", "add", `${spokeAddress(index)}/30`, "dev", "uplink"]);
  await ip(pid, ["link", "set", "uplink", "up"]);
  await ip(pid, ["route", "add", "default", "via", `10.204.${index}.1`]);
}

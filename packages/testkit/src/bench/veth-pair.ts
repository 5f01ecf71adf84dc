import { end } from "./children.ts";
import { entered, hold, inside, ip, reasonOf } from "./namespace.ts";

/** Two network namespaces with a veth pair between them and nothing else: whoever is inside reaches only the other side. */
export interface VethPair {
  /** Commands that run another one inside. */
  readonly insideServer: readonly string[];
  readonly insideClient: readonly string[];
  readonly serverAddress: string;
  /** Both addresses. */
  readonly network: string;
  close(): Promise<void>;
}

const NETWORK = "10.203.7.0/30";
const [SERVER, CLIENT] = ["10.203.7.1", "10.203.7.2"];
/** Text = why they cannot be made here. */
export async function makeVethPair(): Promise<VethPair | string> {
  const holders = [hold(), hold()] as const;
  const close = async () => {
    await Promise.all(holders.map(end));
  };
  try {
    const [server, client] = await Promise.all(holders.map(entered));
    if (server === undefined || client === undefined) throw new Error("Cannot make two namespaces");
    await ip(server, ["link", "add", "truebound0", "type", "veth", "peer", "name", "truebound1", "netns", String(client)]);
    for (const [pid, address, device] of [[server, SERVER, "truebound0"] as const, [client, CLIENT, "truebound1"] as const]) {
      await ip(pid, ["address", "add", `${address}/30`, "dev", device]);
      await ip(pid, ["link", "set", device, "up"]);
    }
    return { insideServer: inside(server), insideClient: inside(client), serverAddress: SERVER, network: NETWORK, close };
  } catch (error) {
    await close();
    return reasonOf(error);
  }
}

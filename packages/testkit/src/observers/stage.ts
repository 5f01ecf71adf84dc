import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { end, endWithUs } from "../bench/children.ts";
import { entered, hold, inside, runInside } from "../bench/namespace.ts";
import { ADDRESSES, type ServerAt } from "./cast.ts";

const SERVERS = fileURLToPath(new URL("./servers-child.js", import.meta.url));

export interface Stage {
  /** A command that runs another one where the servers are. */
  readonly insideServers: readonly string[];
  /** The host's end of the pair of cards, and the servers'. */
  readonly cards: { readonly host: string; readonly servers: string };
  close(): Promise<void>;
}

/** Another network with servers in it, and a pair of cards between it and this one. Only inside a network of one's own. */
export async function openStage(servers: readonly ServerAt[]): Promise<Stage> {
  const holder = hold();
  const pid = await entered(holder);
  const here = (...words: string[]) => runInside(process.pid, ["ip", ...words]);
  const there = (...words: string[]) => runInside(pid, ["ip", ...words]);
  const cards = { host: "tb-host", servers: "tb-servers" };
  await here("link", "add", cards.host, "type", "veth", "peer", "name", cards.servers, "netns", String(pid));
  await here("address", "add", `${ADDRESSES.host}/24`, "dev", cards.host);
  await here("link", "set", cards.host, "up");
  await there("link", "set", "lo", "up");
  for (const { address } of servers) await there("address", "add", `${address}/24`, "dev", cards.servers);
  await there("link", "set", cards.servers, "up");
  const [command = "", ...rest] = [...inside(pid), process.execPath, SERVERS, JSON.stringify(servers)];
  const child = endWithUs(spawn(command, rest, { stdio: ["ignore", "pipe", "inherit"] }));
  await once(child.stdout, "data");
  const close = async () => void (await Promise.all([end(child), end(holder)]));
  return { insideServers: inside(pid), cards, close };
}

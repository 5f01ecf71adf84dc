import { type ChildProcess, execFile, spawn } from "node:child_process";
import { readlinkSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";
import { end, endWithUs } from "./children.ts";

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
/** A namespace lives as long as a process in it: one that ends by itself leaves nothing behind, whatever becomes of us. */
const HOLDS_FOR_S = 1800;
const run = promisify(execFile);

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

const inside = (pid: number): string[] => ["nsenter", `--net=/proc/${pid}/ns/net`];

async function ip(pid: number, args: readonly string[]): Promise<void> {
  const [command = "", ...rest] = [...inside(pid), "ip", ...args];
  await run(command, rest, { timeout: 10_000 });
}

function hold(): ChildProcess {
  const child = spawn("unshare", ["--net", "sleep", String(HOLDS_FOR_S)], { stdio: ["ignore", "ignore", "pipe"] });
  return endWithUs(child);
}

const TRIES = 100;

/** Its pid, once it is in a namespace of its own. */
async function entered(holder: ChildProcess): Promise<number> {
  let said = "";
  let gone: string | null = null;
  holder.stderr?.on("data", (chunk: Buffer) => (said += chunk.toString()));
  holder.once("error", (error) => (gone = error.message));
  holder.once("exit", (code) => (gone ??= `exit ${code}`));
  const ours = readlinkSync("/proc/self/ns/net");
  for (let attempt = 0; attempt < TRIES && gone === null; attempt++) {
    if (holder.pid !== undefined && namespaceOf(holder.pid) !== ours) return holder.pid;
    await pause(20);
  }
  throw new Error(said.trim() || (gone ?? "the namespace did not appear within 2 s"));
}

/** While it is not known: ours. */
function namespaceOf(pid: number): string {
  try {
    return readlinkSync(`/proc/${pid}/ns/net`);
  } catch {
    return readlinkSync("/proc/self/ns/net");
  }
}

/** The first line of what a command said, or of the error itself. */
export function reasonOf(error: unknown): string {
  const said = error instanceof Error && "stderr" in error ? String(error.stderr) : "";
  const text = said.trim() || (error instanceof Error ? error.message : String(error));
  return `network namespaces cannot be made here: ${text.split("\n")[0]}`;
}

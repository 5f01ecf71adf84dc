import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { afterEach, describe, expect, it } from "vitest";
import { SeededRandom } from "../sim/random.ts";
import { bound } from "./reference-server.ts";
import { type Relay, startRelay } from "./relay.ts";
import { byTimer, byTurning } from "./wait.ts";

const open: { close(): void }[] = [];
afterEach(() => {
  for (const one of open.splice(0)) one.close();
});

async function socketOn(address: string): Promise<Socket> {
  const socket = createSocket("udp4");
  open.push(socket);
  await bound(socket, 0, address);
  return socket;
}

/** Answers each packet with itself, and notes the port that it came from. */
async function startEcho(seen: Map<string, Set<number>>) {
  const socket = await socketOn("127.0.0.1");
  socket.on("message", (bytes, from) => {
    const ports = seen.get(bytes.toString()) ?? new Set();
    seen.set(bytes.toString(), ports.add(from.port));
    socket.send(bytes, from.port, from.address);
  });
  return { address: "127.0.0.1", port: socket.address().port };
}

async function ask(client: Socket, relay: Relay, text: string): Promise<string> {
  const reply = once(client, "message");
  client.send(text, relay.port, relay.address);
  const [bytes] = (await reply) as [Buffer];
  return bytes.toString();
}

describe.each([
  ["timers", byTimer],
  ["turns of the event loop", byTurning],
])("a relay that waits by %s", (_, wait) => {
  it("brings each reply back to its client, and shows each client's port to the server as one port", async () => {
    const seen = new Map<string, Set<number>>();
    const relay = await startRelay("127.0.0.1", await startEcho(seen), { thereMs: 2, backMs: 0, jitterMs: 1 }, new SeededRandom(1), wait);
    open.push(relay);
    const clients = await Promise.all([socketOn("127.0.0.1"), socketOn("127.0.0.1")]);
    for (let turn = 0; turn < 3; turn++)
      expect(await Promise.all(clients.map((client, index) => ask(client, relay, `client ${index}`)))).toEqual(["client 0", "client 1"]);
    const [first, second] = ["client 0", "client 1"].map((name) => [...(seen.get(name) ?? [])]);
    expect([first?.length, second?.length]).toEqual([1, 1]);
    expect(first).not.toEqual(second);
  });
  it("loses what it is told to lose, and ends with packets under way", async () => {
    const seen = new Map<string, Set<number>>();
    const target = await startEcho(seen);
    const losing = await startRelay("127.0.0.1", target, { thereMs: 0, backMs: 0, loss: 1 }, new SeededRandom(2), wait);
    const slow = await startRelay("127.0.0.1", target, { thereMs: 60_000, backMs: 0 }, new SeededRandom(3), wait);
    const straight = await startRelay("127.0.0.1", target, { thereMs: 0, backMs: 0 }, new SeededRandom(4), wait);
    const client = await socketOn("127.0.0.1");
    client.send("lost", losing.port, losing.address);
    client.send("late", slow.port, slow.address);
    expect(await ask(client, straight, "straight")).toBe("straight");
    for (const relay of [losing, slow, straight]) relay.close();
    expect([...seen.keys()]).toEqual(["straight"]);
  });
  it("never does what was given up", () => {
    const acted: string[] = [];
    const giveUp = wait(0, () => acted.push("given up"));
    giveUp();
    return new Promise<void>((resolve) => {
      wait(1, () => {
        expect(acted).toEqual([]);
        resolve();
      });
    });
  });
});

import { randomInt } from "node:crypto";
import { createSocket } from "node:dgram";
import { createServer } from "node:net";

/** Below what the kernel hands out by itself, so that no connection of another test takes a port before it is used. */
const FIRST_PORT = 20_000;
const PORTS = 12_000;
const PORT_TRIES = 50;

/** A port of 127.0.0.1 that nobody holds, for UDP and for TCP. */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < PORT_TRIES; attempt++) {
    const port = FIRST_PORT + randomInt(PORTS);
    if ((await isFreeForUdp(port)) && (await isFreeForTcp(port))) return port;
  }
  throw new Error(`Cannot find a free port of 127.0.0.1 between ${FIRST_PORT} and ${FIRST_PORT + PORTS} in ${PORT_TRIES} tries`);
}

function isFreeForUdp(port: number): Promise<boolean> {
  const socket = createSocket("udp4");
  return new Promise((resolve) => {
    socket.once("error", () => socket.close(() => resolve(false)));
    socket.bind(port, "127.0.0.1", () => socket.close(() => resolve(true)));
  });
}

function isFreeForTcp(port: number): Promise<boolean> {
  const listener = createServer();
  return new Promise((resolve) => {
    listener.once("error", () => resolve(false));
    listener.listen(port, "127.0.0.1", () => listener.close(() => resolve(true)));
  });
}

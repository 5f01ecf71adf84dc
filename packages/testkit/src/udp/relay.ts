import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import type { SeededRandom } from "../sim/random.ts";
import { bound } from "./reference-server.ts";
import { byTimer, type Wait } from "./wait.ts";

/** What a relay does to packets on each way. */
export interface PathFaults {
  readonly thereMs: number;
  readonly backMs: number;
  /** Mean of an exponential jitter added on each way, ms. */
  readonly jitterMs?: number;
  /** Share of packets lost on each way. */
  readonly loss?: number;
}

export interface Relay {
  readonly address: string;
  readonly port: number;
  close(): void;
}

/**
 * A UDP relay in front of a server that delays, jitters and loses: the path between a host and its source. Each client's port
 * has a port of its own on the server's side, as behind a NAT. `wait` decides how exactly it delays.
 */
export async function startRelay(
  address: string,
  target: { address: string; port: number },
  faults: PathFaults,
  random: SeededRandom,
  wait: Wait = byTimer,
): Promise<Relay> {
  const front = openSocket();
  const backs = new Backs((reply, to) => carry(faults.backMs, () => front.send(reply, to.port, to.address)));
  const underWay = new Set<() => void>();
  const carry = (ms: number, act: () => void) => {
    if (random.next() < (faults.loss ?? 0)) return;
    const giveUp = wait(ms + random.exponential(faults.jitterMs ?? 0), () => {
      underWay.delete(giveUp);
      act();
    });
    underWay.add(giveUp);
  };
  front.on("message", (bytes, from) => {
    // Opened as the packet comes, not as it goes: opening is then hidden in the delay.
    backs.of(from);
    carry(faults.thereMs, () => backs.of(from).send(bytes, target.port, target.address));
  });
  await bound(front, 0, address);
  const close = () => {
    for (const giveUp of underWay) giveUp();
    backs.close();
    front.close();
  };
  return { address, port: front.address().port, close };
}

/** How long a silent client keeps its port. */
const PATIENCE_MS = 3000;

class Backs {
  readonly #sockets = new Map<string, { readonly socket: Socket; giveUp: () => void }>();
  readonly #answered: (reply: Buffer, to: RemoteInfo) => void;

  constructor(answered: (reply: Buffer, to: RemoteInfo) => void) {
    this.#answered = answered;
  }

  /** The socket of a client's port, kept until it has been silent for a while. */
  of(client: RemoteInfo): Socket {
    const key = `${client.address}:${client.port}`;
    const back = this.#sockets.get(key) ?? { socket: this.#open(client), giveUp: () => undefined };
    back.giveUp();
    back.giveUp = byTimer(PATIENCE_MS, () => {
      this.#sockets.delete(key);
      back.socket.close();
    });
    this.#sockets.set(key, back);
    return back.socket;
  }

  close(): void {
    for (const { socket, giveUp } of this.#sockets.values()) {
      giveUp();
      socket.close();
    }
    this.#sockets.clear();
  }

  #open(client: RemoteInfo): Socket {
    const socket = openSocket();
    // A server that is away shows itself by its silence.
    socket.on("error", () => undefined);
    socket.on("message", (reply) => this.#answered(reply, client));
    socket.bind();
    return socket;
  }
}

/** Addresses are numbers here: a socket that need not look them up sends at once. */
const openSocket = (): Socket => createSocket({ type: "udp4", lookup: (host, _options, done) => done(null, host, 4) });

import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import type { SeededRandom } from "../sim/random.ts";
import { bound } from "./reference-server.ts";

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

/** A UDP relay in front of a server that delays, jitters and loses: the path between a host and its source. */
export async function startRelay(
  address: string,
  target: { address: string; port: number },
  faults: PathFaults,
  random: SeededRandom,
): Promise<Relay> {
  const front = createSocket("udp4");
  const backs = new Set<Socket>();
  const timers = new Set<NodeJS.Timeout>();
  const after = (ms: number, act: () => void) => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      act();
    }, ms);
    timers.add(timer);
  };
  const carry = (ms: number, act: () => void) => {
    if (random.next() >= (faults.loss ?? 0)) after(ms + random.exponential(faults.jitterMs ?? 0), act);
  };
  const forward = (bytes: Buffer, from: RemoteInfo) => {
    const back = createSocket("udp4");
    backs.add(back);
    const done = () => {
      if (backs.delete(back)) back.close();
    };
    after(PATIENCE_MS, done);
    back.on("error", done);
    back.on("message", (reply) => carry(faults.backMs, () => front.send(reply, from.port, from.address)));
    back.send(bytes, target.port, target.address);
  };
  front.on("message", (bytes, from) => carry(faults.thereMs, () => forward(bytes, from)));
  await bound(front, 0, address);
  const close = () => {
    for (const timer of timers) clearTimeout(timer);
    for (const back of backs) back.close();
    front.close();
  };
  return { address, port: front.address().port, close };
}

const PATIENCE_MS = 3000;

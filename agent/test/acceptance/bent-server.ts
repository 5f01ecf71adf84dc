import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import { setTimeout as pause } from "node:timers/promises";
import { makeSource, nonceSource, pollOnce, type Rung, refidOf, rungs, SourceProbe } from "@truebound/agent";
import { decode, encode, fromUtc, type Packet } from "@truebound/ntp";
import { contains, type HostReading, type Interval, offsetAt, ppb, uncalibrated } from "@truebound/time";

/** What a bent server sends for one request: in this order, from its own address and port. */
export type Answers = (genuine: Packet, request: Packet, from: RemoteInfo) => readonly (Packet | Uint8Array)[];

export interface BentServer {
  readonly port: number;
  readonly socket: Socket;
  /** Transmit fields of the requests, and the ports that they came from. */
  readonly nonces: Set<bigint>;
  readonly ports: Set<number>;
  /** Receive stamps of the genuine replies. */
  readonly genuine: Set<bigint>;
  answers: Answers;
  /** At any time, and from another socket if one is given. */
  send(packet: Packet, to: RemoteInfo, from?: Socket): void;
  close(): void;
}

const SLICE = 32;

/** A server over real UDP on this machine's own clock, so that the true offset is zero, that can say anything beside the truth. */
export async function startBentServer(rung: Rung, address = "127.0.0.1"): Promise<BentServer> {
  const socket = createSocket("udp4");
  let open = true;
  const server: BentServer = {
    get port() {
      return socket.address().port;
    },
    socket,
    nonces: new Set(),
    ports: new Set(),
    genuine: new Set(),
    answers: (genuine) => [genuine],
    send: (packet, to, from = socket) => from.send(encode(packet), to.port, to.address),
    close: () => {
      open = false;
      socket.close();
    },
  };
  socket.on("message", (bytes, from) => {
    const request = decode(bytes);
    if (typeof request === "string") return;
    server.nonces.add(request.transmit);
    server.ports.add(from.port);
    const genuine = replyTo(request, rung.clocks.read(), rung.clocks.read());
    server.genuine.add(genuine.receive);
    const sending = server.answers(genuine, request, from).map((one) => (one instanceof Uint8Array ? one : encode(one)));
    void sendInSlices(sending, (one) => open && socket.send(one, from.port, from.address));
  });
  await new Promise<void>((resolve, reject) => {
    socket.once("error", reject);
    socket.bind(0, address, resolve);
  });
  return server;
}

/** A flood in one go would overflow the receiver's buffer, and the genuine reply be lost in it: that is no matter of ours. */
async function sendInSlices(packets: readonly Uint8Array[], send: (packet: Uint8Array) => void): Promise<void> {
  for (let at = 0; at < packets.length; at += SLICE) {
    for (const packet of packets.slice(at, at + SLICE)) send(packet);
    await pause(1);
  }
}

/** What the two reads leave open is owned in the root dispersion. */
function replyTo(request: Packet, received: HostReading, sent: HostReading): Packet {
  const unsure = received.rawAfter - received.rawBefore + (sent.rawAfter - sent.rawBefore);
  return {
    ...request,
    leap: 0,
    mode: 4,
    stratum: 2,
    precision: -20,
    rootDelay: 0,
    rootDispersion: Number((unsure * 65_536n) / 1_000_000_000n) + 1,
    refid: 0x7f000001,
    origin: request.transmit,
    receive: fromUtc(received.realtime),
    transmit: fromUtc(sent.realtime > received.realtime ? sent.realtime : received.realtime),
  };
}

/** One by the kernel's own sockets, one by node:dgram; where no native code loads, the latter alone. */
export function twoRungs(): { readonly mode: string; readonly build: () => Rung }[] {
  const native = rungs().filter(({ mode }) => mode === "kernel_basic" || mode === "userland_clock");
  return native.length > 0 ? native : rungs().filter(({ mode }) => mode === "calibrated_clock");
}

export function probeOf(port: number, { transport }: Rung, over: { pollSeconds?: number } = {}): SourceProbe {
  const probe = new SourceProbe({
    source: makeSource("127.0.0.1", port, "declared"),
    drift: uncalibrated(ppb(200_000n)),
    sigma: ppb(2000n),
    client: { interleave: false, interleaveAfter: 8 },
    quality: { precision: transport.precision, uncertainty: transport.uncertainty, rootsRoundedUp: false },
    pollSeconds: over.pollSeconds ?? 16,
    trusted: false,
    refidOf,
  });
  probe.resolved("127.0.0.1");
  return probe;
}

export const nonce = nonceSource();

export const poll = (probe: SourceProbe, rung: Rung) => pollOnce(probe, { clocks: rung.clocks, transport: rung.transport, nonce });

/** The bound on the offset that a probe's window gives now; the truth is zero. */
export function offsetNow(probe: SourceProbe, rung: Rung): Interval | null {
  const reading = rung.clocks.read();
  const bound = probe.boundAt(reading.rawAfter);
  const rho = ppb(rung.clocks.ruler === "raw" ? 200_000n : 300_000_000n);
  return bound.kind === "bound" ? offsetAt(reading, bound.interval, rho) : null;
}

export const holdsZero = (offset: Interval | null): boolean => offset !== null && contains(offset, 0n);

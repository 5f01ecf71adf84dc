import { createSocket, type Socket } from "node:dgram";
import { fromUtc, makeReply, readRequest, type ServerState } from "@truebound/ntp";
import { leapFree, type Timescale, utc } from "@truebound/time";
import { leapIndicatorOf, serverShows, trueInstant } from "../sim/server-clock.ts";
import type { TrueTime } from "../sim/sim-clock.ts";

/** A real NTP server over UDP whose clock is wrong in a known way. */
export interface ReferenceServerOptions {
  /** Loopback address to answer on; each server its own, because one address is one clock. */
  readonly address: string;
  readonly truth: TrueTime;
  /** Server clock − UTC at a true instant (ns since the start). */
  readonly error?: (elapsed: bigint) => bigint;
  /** What it does about the leap seconds of `truth`; UTC by default. */
  readonly timescale?: Timescale;
  /** False = does not answer. Asked for each request. */
  readonly answers?: (elapsed: bigint) => boolean;
  readonly stratum?: number;
  /** Four letters or fewer. */
  readonly code?: string;
  /** 0 for any free one. */
  readonly port?: number;
}

export interface ReferenceServer {
  readonly address: string;
  readonly port: number;
  /** Requests answered since the start. */
  readonly answered: () => number;
  close(): void;
}

const PRECISION = -20;
const ROOT_DISPERSION = 7;

export async function startReferenceServer(options: ReferenceServerOptions): Promise<ReferenceServer> {
  const socket = createSocket("udp4");
  const state = stateOf(options);
  let answered = 0;
  const { truth, timescale = "utc" } = options;
  const leaps = truth.leaps ?? [];
  const now = () => {
    const elapsed = truth.elapsed();
    const keeps = leapFree(trueInstant(truth, elapsed) + (options.error?.(elapsed) ?? 0n));
    const { count, refid } = serverShows(timescale, keeps, leaps);
    return {
      elapsed,
      stamp: fromUtc(count),
      says: { leap: leapIndicatorOf(timescale, keeps, leaps), ...(refid === null ? {} : { refid }) },
    };
  };
  socket.on("message", (bytes, from) => {
    const received = now();
    const request = readRequest(bytes);
    if (request === null || options.answers?.(received.elapsed) === false) return;
    answered += 1;
    socket.send(makeReply(request, { ...state, ...received.says }, received.stamp, now().stamp, null), from.port, from.address);
  });
  await bound(socket, options.port ?? 0, options.address);
  return { address: options.address, port: socket.address().port, answered: () => answered, close: () => socket.close() };
}

function stateOf({ stratum = 1, code = "GPS", truth }: ReferenceServerOptions): ServerState {
  const refid = [...code.padEnd(4, "\0")].reduce((sum, letter) => sum * 256 + letter.charCodeAt(0), 0);
  return {
    leap: 0,
    stratum,
    precision: PRECISION,
    rootDelay: 0,
    rootDispersion: ROOT_DISPERSION,
    refid,
    reference: fromUtc(utc(truth.startUtc)),
  };
}

export const bound = (socket: Socket, port: number, address: string): Promise<void> =>
  new Promise((resolve, reject) => {
    socket.once("error", reject);
    socket.bind(port, address, () => {
      socket.removeListener("error", reject);
      resolve();
    });
  });

import { createSocket } from "node:dgram";
import type { Delivery, Rung } from "@truebound/agent";
import type { Packet } from "@truebound/ntp";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type BentServer, holdsZero, nonce, offsetNow, poll, probeOf, startBentServer, twoRungs } from "./bent-server.ts";
import { times } from "./scale.ts";

const EACH = times(100, 10_000);
/** A reply that never comes is waited for this long. */
const SHORT_MS = 5;

let previous = 1n;
/** What each stray says, and how it is counted. */
const STRAYS: readonly (readonly [string, string, (genuine: Packet) => Packet])[] = [
  ["a zero origin", "zero_origin", (genuine) => ({ ...genuine, origin: 0n })],
  ["the nonce of the request before", "origin_mismatch", (genuine) => ({ ...genuine, origin: previous })],
  ["a nonce one off", "origin_mismatch", (genuine) => ({ ...genuine, origin: genuine.origin ^ 1n })],
  ["its own transmit stamp as origin", "origin_mismatch", (genuine) => ({ ...genuine, origin: genuine.transmit })],
  ["mode 3", "wrong_mode", (genuine) => ({ ...genuine, mode: 3 })],
  ["mode 5, a broadcast", "wrong_mode", (genuine) => ({ ...genuine, mode: 5 })],
  ["mode 1, symmetric active", "wrong_mode", (genuine) => ({ ...genuine, mode: 1 })],
  ["mode 6, control", "wrong_mode", (genuine) => ({ ...genuine, mode: 6 })],
  ["version 3", "wrong_version", (genuine) => ({ ...genuine, version: 3 })],
  ["version 5", "wrong_version", (genuine) => ({ ...genuine, version: 5 })],
];

describe.each(twoRungs().map(({ mode, build }) => [mode, build] as const))("R2 replies that answer nothing: %s", (_, build) => {
  let rung: Rung;
  let server: BentServer;
  beforeEach(async () => {
    rung = build();
    server = await startBentServer(rung);
  });
  afterEach(() => {
    server.close();
    rung.close();
  });

  it.each(STRAYS)("%s is dropped and counted as %s, and the reply behind it is used", async (_, trouble, bend) => {
    server.answers = (genuine, request) => {
      const stray = bend({ ...genuine, receive: genuine.receive + (1n << 33n), transmit: genuine.transmit + (1n << 33n) });
      previous = request.transmit;
      return [stray, genuine];
    };
    const probe = probeOf(server.port, rung);
    for (let turn = 0; turn < EACH; turn++) expect(await poll(probe, rung)).toHaveLength(1);
    expect(probe.replies).toBe(EACH);
    expect(Object.fromEntries(probe.troubles)).toEqual({ [trouble]: EACH });
    expect(holdsZero(offsetNow(probe, rung))).toBe(true);
  });

  it("a second copy gives no second sample", async () => {
    server.answers = (genuine) => [genuine, genuine, genuine];
    const probe = probeOf(server.port, rung);
    for (let turn = 0; turn < EACH; turn++) expect(await poll(probe, rung)).toHaveLength(1);
    expect([probe.replies, [...probe.troubles]]).toEqual([EACH, []]);
  });

  const exchangeOnce = (probe: ReturnType<typeof probeOf>): Promise<Delivery> => {
    const { bytes, outstanding } = probe.begin({ transmit: nonce(), receive: nonce() });
    return rung.transport.exchange({ address: "127.0.0.1", port: server.port }, bytes, SHORT_MS, (reply) =>
      probe.consider(outstanding, reply),
    );
  };

  it("an answer after the time is up is used for nothing, not for the next request either", async () => {
    const late: (() => void)[] = [];
    server.answers = (genuine, _, from) => {
      late.push(() => server.send(genuine, from));
      return [];
    };
    const probe = probeOf(server.port, rung);
    for (let turn = 0; turn < times(60, 2000); turn++) {
      expect(await exchangeOnce(probe)).toEqual({ kind: "failed", reason: "timeout" });
      for (const send of late.splice(0)) send();
    }
    expect([probe.replies, [...probe.troubles]]).toEqual([0, []]);
  });

  it("the right answer from another port or address never reaches us", async () => {
    const others = [createSocket("udp4"), createSocket("udp4")];
    await Promise.all(others.map((socket, index) => new Promise<void>((resolve) => socket.bind(0, `127.0.0.${1 + index}`, resolve))));
    server.answers = (genuine, _, from) => {
      for (const socket of others) server.send(genuine, from, socket);
      return [];
    };
    const probe = probeOf(server.port, rung);
    for (let turn = 0; turn < times(60, 2000); turn++) expect(await exchangeOnce(probe)).toEqual({ kind: "failed", reason: "timeout" });
    expect([probe.replies, [...probe.troubles]]).toEqual([0, []]);
    for (const socket of others) socket.close();
  });
});

import type { Rung } from "@truebound/agent";
import type { Packet } from "@truebound/ntp";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type BentServer, nonce, poll, probeOf, startBentServer, twoRungs } from "./bent-server.ts";
import { times } from "./scale.ts";

const EACH = times(20, 1000);
const KISSES = ["RATE", "DENY", "RSTR", "XXXX", "\0\0\0\0"];
const code = (text: string) => [...text].reduce((sum, letter) => sum * 256 + letter.charCodeAt(0), 0);
const kiss = (genuine: Packet, text: string, origin: bigint): Packet => ({
  ...genuine,
  stratum: 0,
  leap: 3,
  refid: code(text),
  origin,
  // Its timestamps are for nobody: an hour off.
  receive: genuine.receive + (3600n << 32n),
  transmit: genuine.transmit + (3600n << 32n),
});

describe("R3 kisses of death over real sockets", () => {
  let rung: Rung;
  let server: BentServer;
  beforeEach(async () => {
    rung = (twoRungs()[0] as { build: () => Rung }).build();
    server = await startBentServer(rung);
  });
  afterEach(() => {
    server.close();
    rung.close();
  });

  it.each(KISSES)("%j with a wrong nonce has no effect", async (text) => {
    const clean = probeOf(server.port, rung);
    for (let turn = 0; turn < EACH; turn++) await poll(clean, rung);
    server.answers = (genuine) => [kiss(genuine, text, nonce()), kiss(genuine, text, 0n), genuine];
    const kissed = probeOf(server.port, rung);
    for (let turn = 0; turn < EACH; turn++) expect(await poll(kissed, rung)).toHaveLength(1);
    expect([kissed.replies, kissed.pollSeconds, kissed.stopped]).toEqual([clean.replies, clean.pollSeconds, false]);
    expect(Object.fromEntries(kissed.troubles)).toEqual({ origin_mismatch: EACH, zero_origin: EACH });
  });

  it.each([
    [0.05, 1],
    [1, 1],
    [16, 16],
    [3600, 3600],
  ])("RATE with our nonce doubles an interval of %d s, never below the floor, up to an hour", async (pollSeconds, floored) => {
    server.answers = (genuine, request) => [kiss(genuine, "RATE", request.transmit)];
    for (let turn = 0; turn < EACH; turn++) {
      const probe = probeOf(server.port, rung, { pollSeconds });
      for (let round = 1; round <= 3; round++) {
        expect(await poll(probe, rung)).toEqual([]);
        expect(probe.pollSeconds).toBe(Math.min(Math.max(3600, floored), floored * 2 ** round));
      }
      expect([probe.stopped, probe.troubles.get("kiss_rate")]).toEqual([false, 3]);
    }
  });

  it.each([
    ["DENY", "kiss_deny"],
    ["RSTR", "kiss_rstr"],
  ] as const)("%s with our nonce stops the source, and its times are not used", async (text, trouble) => {
    server.answers = (genuine, request) => [kiss(genuine, text, request.transmit), genuine];
    for (let turn = 0; turn < EACH; turn++) {
      const probe = probeOf(server.port, rung);
      expect(await poll(probe, rung)).toEqual([]);
      expect([probe.stopped, probe.replies, [...probe.troubles]]).toEqual([true, 0, [[trouble, 1]]]);
    }
  });

  it.each(["XXXX", "\0\0\0\0"])("an unknown one, %j, is counted and does nothing else", async (text) => {
    const probe = probeOf(server.port, rung);
    const { pollSeconds } = probe;
    server.answers = (genuine, request) => [kiss(genuine, text, request.transmit)];
    for (let turn = 0; turn < EACH; turn++) expect(await poll(probe, rung)).toEqual([]);
    expect([probe.stopped, probe.replies, [...probe.troubles]]).toEqual([false, 0, [["kiss_other", EACH]]]);
    expect(probe.pollSeconds).toBeGreaterThanOrEqual(pollSeconds);
  });
});

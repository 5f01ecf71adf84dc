import type { Rung } from "@truebound/agent";
import type { Packet } from "@truebound/ntp";
import { toUtc } from "@truebound/ntp";
import { SeededRandom } from "@truebound/testkit";
import { describe, expect, it } from "vitest";
import { type BentServer, holdsZero, offsetNow, poll, probeOf, startBentServer, twoRungs } from "./bent-server.ts";
import { times } from "./scale.ts";

const POLLS = times(60, 1000);
const SPOOFED_EACH = times(50, 1000);
const PLAIN_POLLS = times(400, 10_000);

/** Right address, right port, a time 80 ms off, and a guess at the nonce. */
const spoofed = (genuine: Packet, random: SeededRandom): Packet => ({
  ...genuine,
  origin: random.nonce(),
  receive: genuine.receive + (80n << 32n) / 1000n,
  transmit: genuine.transmit + (80n << 32n) / 1000n,
});

async function run(rung: Rung, server: BentServer, polls: number) {
  const probe = probeOf(server.port, rung);
  const stamps: bigint[] = [];
  for (let turn = 0; turn < polls; turn++) for (const { sample } of await poll(probe, rung)) stamps.push(sample.exchange.t2);
  const genuine = new Set([...server.genuine].map((stamp) => toUtc(stamp)));
  return {
    probe,
    foreign: stamps.filter((stamp) => !genuine.has(stamp as ReturnType<typeof toUtc>)).length,
    outcome: {
      replies: probe.replies,
      pollSeconds: probe.pollSeconds,
      stopped: probe.stopped,
      holds: holdsZero(offsetNow(probe, rung)),
      troubles: [...probe.troubles.keys()].filter((trouble) => trouble !== "origin_mismatch"),
    },
  };
}

describe("R1 spoofed replies from the right address and port", () => {
  it.each(twoRungs().map(({ mode, build }) => [mode, build] as const))(
    "%s: none is used, and all else is as without them",
    async (_, build) => {
      const rung = build();
      const server = await startBentServer(rung);
      const random = new SeededRandom(1);
      try {
        const clean = await run(rung, server, POLLS);
        server.answers = (genuine) => {
          const flood = Array.from({ length: SPOOFED_EACH }, () => spoofed(genuine, random));
          const middle = Math.floor(SPOOFED_EACH / 2);
          return [...flood.slice(0, middle), genuine, ...flood.slice(middle)];
        };
        const attacked = await run(rung, server, POLLS);
        expect(attacked.foreign).toBe(0);
        expect(attacked.outcome).toEqual(clean.outcome);
        expect(clean.outcome).toMatchObject({ replies: POLLS, holds: true, troubles: [] });
        expect(attacked.probe.troubles.get("origin_mismatch")).toBeGreaterThanOrEqual((POLLS * SPOOFED_EACH) / 2);
      } finally {
        server.close();
        rung.close();
      }
    },
  );

  it.each(twoRungs().map(({ mode, build }) => [mode, build] as const))(
    "%s: goes on listening however many come before the reply",
    async (_, build) => {
      const rung = build();
      const server = await startBentServer(rung);
      const random = new SeededRandom(2);
      // As many as the buffer of a socket surely holds while its reader is kept waiting: what the kernel drops says nothing of us.
      server.answers = (genuine) => [...Array.from({ length: 250 }, () => spoofed(genuine, random)), genuine];
      try {
        const { foreign, outcome } = await run(rung, server, 3);
        expect(foreign).toBe(0);
        expect(outcome).toMatchObject({ replies: 3, holds: true, troubles: [] });
      } finally {
        server.close();
        rung.close();
      }
    },
  );

  it("every poll has a port and a nonce that nobody can guess", async () => {
    const rung = (twoRungs()[0] as { build: () => Rung }).build();
    const server = await startBentServer(rung);
    try {
      await run(rung, server, PLAIN_POLLS);
      expect(server.nonces.size).toBe(PLAIN_POLLS);
      expect(server.ports.size).toBeGreaterThanOrEqual(times(380, 8000));
      expect([...server.nonces].some((one) => one === 0n)).toBe(false);
    } finally {
      server.close();
      rung.close();
    }
  });
});

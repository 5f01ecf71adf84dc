import { createSocket, type Socket } from "node:dgram";
import type { Rung, SourceProbe } from "@truebound/agent";
import { chronydPath, type Relay, SeededRandom, startChronydServer, startRelay } from "@truebound/testkit";
import { contains, intervalAtReceive, offsetAt, ppb, widen } from "@truebound/time";
import { describe, expect, it } from "vitest";
import { holdsZero, offsetNow, poll, probeOf, twoRungs } from "./bent-server.ts";
import { times } from "./scale.ts";

const SAMPLES = times(150, 10_000);
const PROBES = times(48, 240);
const LOSS = 0.3;
const TWICE = 0.05;
const LIMIT = 100_000_000n;

/** Sends every twentieth reply twice. */
async function startDoubler(target: number, random: SeededRandom): Promise<{ port: number; close: () => void }> {
  const front = createSocket("udp4");
  const backs = new Set<Socket>();
  front.on("message", (bytes, from) => {
    const back = createSocket("udp4");
    backs.add(back);
    back.on("message", (reply) => {
      for (let copies = random.next() < TWICE ? 2 : 1; copies > 0; copies--) front.send(reply, from.port, from.address);
      if (backs.delete(back)) back.close();
    });
    back.send(bytes, target, "127.0.0.1");
  });
  await new Promise<void>((resolve) => front.bind(0, "127.0.0.1", resolve));
  const close = () => {
    for (const back of backs) back.close();
    front.close();
  };
  return { port: front.address().port, close };
}

describe.skipIf(chronydPath() === null)("R5 bad paths to a real chronyd (skipped: chronyd not found)", () => {
  it("0 to 500 ms each way, jitter of 800 ms, 30 % lost, 5 % twice: every interval holds the truth", { timeout: 1_200_000 }, async () => {
    const random = new SeededRandom(5);
    const server = await startChronydServer();
    const doubler = await startDoubler(server.port, random);
    const relays: Relay[] = [];
    for (let index = 0; index < 12; index++) {
      const faults = {
        thereMs: random.between(0, index % 3 === 0 ? 500 : 120),
        backMs: random.between(0, index % 3 === 1 ? 500 : 120),
        jitterMs: [0, 40, 200, 800][index % 4] as number,
        loss: LOSS,
      };
      relays.push(await startRelay("127.0.0.1", { address: "127.0.0.1", port: doubler.port }, faults, random));
    }
    // node:dgram waits for any number of replies at once.
    const rung = (twoRungs().at(-1) as { build: () => Rung }).build();
    const tally = { samples: 0, missed: 0, wrongly: 0, windows: 0 };
    const judge = (probe: SourceProbe, evidence: Awaited<ReturnType<typeof poll>>) => {
      for (const { sample, budget } of evidence) {
        const rho = ppb(rung.clocks.ruler === "raw" ? 200_000n : 300_000_000n);
        const own = intervalAtReceive(sample.exchange, budget, rho);
        if (typeof own === "string") throw new Error(own);
        const reading = rung.clocks.read();
        const offset = offsetAt(reading, widen(own, rho, reading.rawAfter - sample.exchange.t4), rho);
        tally.samples += 1;
        if (!contains(offset, 0n)) tally.missed += 1;
        // Within a limit that the interval is wider than nothing may be called proved.
        if (offset.hi - offset.lo > 2n * LIMIT && offset.lo >= -LIMIT && offset.hi <= LIMIT) tally.wrongly += 1;
        if (!holdsZero(offsetNow(probe, rung))) tally.windows += 1;
      }
    };
    const run = async (index: number) => {
      const probe = probeOf((relays[index % relays.length] as Relay).port, rung);
      for (let turn = 0; tally.samples < SAMPLES && turn < 40 * Math.ceil(SAMPLES / PROBES); turn++) judge(probe, await poll(probe, rung));
    };
    try {
      await Promise.all(Array.from({ length: PROBES }, (_, index) => run(index)));
      expect(tally).toEqual({ samples: expect.any(Number), missed: 0, wrongly: 0, windows: 0 });
      expect(tally.samples).toBeGreaterThanOrEqual(SAMPLES);
    } finally {
      for (const relay of relays) relay.close();
      doubler.close();
      rung.close();
      await server.stop();
    }
  });
});

import { createSocket } from "node:dgram";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { openResponder, ownState, RESPONDER_LIMITS, rungs } from "@truebound/agent";
import { askForRuler, DEFAULT_CLIENT, FRESH_MEMORY, makeRequest, TransmitMemory } from "@truebound/ntp";
import { measureRung, newRun, rungResult, SeededRandom } from "@truebound/testkit";
import { UNKNOWN_SLEW } from "@truebound/time";
import { describe, expect, it } from "vitest";
import { loadLibc } from "../../src/adapters/libc.ts";
import { addressKey } from "../../src/responder/address-key.ts";
import { Limiter } from "../../src/responder/limiter.ts";
import { respond } from "../../src/responder/respond.ts";
import { times } from "./scale.ts";

const { rate, burst, remembered } = RESPONDER_LIMITS;
const STATE = ownState({ guaranteed: { lo: -1_000n, hi: 1_000n }, proven: true }, 3, -24, 0n);
const REQUEST = makeRequest(FRESH_MEMORY, { transmit: 77n, receive: 78n }, DEFAULT_CLIENT).bytes;
const RULER = { id: () => 7, slew: () => UNKNOWN_SLEW };
/** Each that is answered costs a look at the clocks as well. */
const WITH_ROOM = askForRuler(REQUEST);

/** A responder without its socket, on a clock that the test moves. */
class Answering {
  readonly limiter: Limiter;
  readonly #memory = new TransmitMemory();
  answered = 0;

  constructor(seed: number) {
    const random = new SeededRandom(seed);
    this.limiter = new Limiter(() => random.next());
  }

  ask(address: string, ms: number, request = REQUEST): boolean {
    const rules = { isPeer: () => true, limiter: this.limiter, memory: this.#memory };
    const isAnswered = respond(rules, request, address, 1n, ms).kind === "reply";
    if (isAnswered) this.answered += 1;
    return isAnswered;
  }
}

/** What one address may get: its share, and one in four of the rest, so that nobody can mute it. */
const share = (requests: number, seconds: number) => burst + rate * seconds + requests / 4;

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;
/** Bytes that are in use once everything that could be forgotten is. */
function held(): number {
  collect();
  return process.memoryUsage().heapUsed;
}

describe("R11 floods of requests", () => {
  it.each([
    ["plain", REQUEST],
    ["with room for the ruler", WITH_ROOM],
  ])("from one address, by whatever port, are limited as one: %s", (_, request) => {
    const responder = new Answering(1);
    const [seconds, perSecond] = [10, 10_000];
    for (let n = 0; n < seconds * perSecond; n++) responder.ask("192.0.2.1", (n * 1000) / perSecond, request);
    expect(responder.answered).toBeLessThanOrEqual(1.1 * share(seconds * perSecond, seconds));
    expect(responder.limiter.remembered).toBe(1);
  });
  it("from 65,536 addresses of one /64 too", () => {
    const responder = new Answering(2);
    for (let host = 0; host < 65_536; host++) responder.ask(`2001:db8::${host.toString(16)}`, host / 10);
    expect(responder.answered).toBeLessThanOrEqual(1.1 * share(65_536, 6.6));
    expect(responder.limiter.remembered).toBe(1);
  });
  it("from a million addresses fill no memory, and cost no more answers than all may have", { timeout: 120_000 }, () => {
    const responder = new Answering(3);
    const before = held();
    const seconds = 100;
    for (let n = 0; n < 1_000_000; n++) responder.ask(`10.${n >> 16}.${(n >> 8) & 255}.${n & 255}`, (n * seconds) / 1000);
    expect(responder.limiter.remembered).toBe(remembered);
    expect(responder.answered).toBeLessThanOrEqual(1.1 * RESPONDER_LIMITS.total * (seconds + 1));
    expect(held() - before).toBeLessThanOrEqual(4 * 1024 * 1024);
  });
  it("in the name of an honest host leave it at least a fifth of its answers", { timeout: 120_000 }, () => {
    const responder = new Answering(4);
    let honest = 0;
    const asks = times(200, 1_000);
    for (let second = 0; second < asks; second++) {
      for (let spoofed = 0; spoofed < 1_000; spoofed++) responder.ask("192.0.2.1", second * 1000 + spoofed / 2);
      if (responder.ask("192.0.2.1", second * 1000 + 500)) honest += 1;
    }
    expect(honest / asks).toBeGreaterThanOrEqual(0.2);
  });
  it("counts an address behind a mapped one as itself", () => expect(addressKey("::ffff:192.0.2.1")).toBe(addressKey("192.0.2.1")));

  const noNative = loadLibc().libc === null;
  it.skipIf(noNative)("leave the host's own bounds right while they come (skipped: koffi not found)", { timeout: 60_000 }, async () => {
    const responder = openResponder({ listen: { address: "127.0.0.1", port: 0 }, isPeer: () => true, state: () => STATE, ruler: RULER });
    // Another one that nobody floods: it tells this machine's own clock, so the true offset is zero.
    const reference = openResponder({
      listen: { address: "127.0.0.1", port: 0 },
      isPeer: () => true,
      state: () => STATE,
      limits: { ...RESPONDER_LIMITS, rate: 1e6, burst: 1e6 },
    });
    const socket = createSocket("udp4");
    await new Promise<void>((resolve) => socket.connect(responder.port, "127.0.0.1", resolve));
    let sent = 0;
    const flood = setInterval(() => {
      for (let count = 0; count < 100; count++) {
        socket.send(WITH_ROOM, () => {});
        sent += 1;
      }
    }, 10);
    const basic = rungs().find(({ mode }) => mode === "kernel_basic");
    const rung = (basic as NonNullable<typeof basic>).build();
    const run = newRun();
    try {
      await measureRung(rung, { endpoint: { address: "127.0.0.1", port: reference.port }, exchanges: times(200, 2_000), paceMs: 5 }, run);
    } finally {
      clearInterval(flood);
      socket.close();
      rung.close();
      await reference.close();
      await responder.close();
    }
    const { missed, exchanges } = rungResult(rung.mode, run);
    expect(missed).toBe(0);
    expect(exchanges).toBeGreaterThan(100);
    expect(sent).toBeGreaterThan(5_000);
    const { answered, silent } = responder.counts();
    expect(answered + silent.over_limit).toBeGreaterThan(1_000);
    expect(silent.over_limit).toBeGreaterThan(answered);
  });
});

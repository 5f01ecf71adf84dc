import { describe, expect, it } from "vitest";
import { readingAt } from "../observe/reading.fixture.ts";
import type { Timers } from "../timers.ts";
import { NtsDialogue } from "./nts-dialogue.ts";
import { aProbe, keysAt } from "./probe.fixture.ts";
import { Rounds, type RoundsPorts } from "./rounds.ts";
import type { SourceProbe } from "./source-probe.ts";

/** One source whose name is looked up when the test says so, and which never answers. */
function rounds(probe = aProbe()) {
  const noted: string[] = [];
  const planned: { readonly ms: number; readonly act: () => unknown }[] = [];
  const lookUps: ((address: string) => void)[] = [];
  const asked: string[] = [];
  const timers = {
    stopped: false,
    now: () => performance.now(),
    later: (ms: number, act: () => unknown) => void planned.push({ ms, act }),
  } as Timers;
  const ports: RoundsPorts<SourceProbe> = {
    probes: () => [probe],
    instruments: {
      clocks: { ruler: "raw", read: () => readingAt(1) },
      nonce: () => 7n,
      transport: {
        mode: "simulated",
        precision: -24,
        uncertainty: 0n,
        close: () => undefined,
        exchange: async ({ address }) => {
          asked.push(address);
          return { kind: "failed", reason: "timeout" };
        },
      },
    },
    timers,
    resolve: () => new Promise((resolve) => lookUps.push(resolve)),
    learned: () => undefined,
    exchanged: () => undefined,
    note: (kind) => void noted.push(kind),
    random: () => 0.5,
    log: () => undefined,
  };
  const fire = () => planned.splice(0).map(({ act }) => act());
  return { probe, rounds: new Rounds(ports), planned, lookUps, asked, noted, fire };
}

describe("polling a source", () => {
  it.each([
    ["a policy comes", (on: Rounds<SourceProbe>) => Promise.resolve(on.begin())],
    ["the server asks", (on: Rounds<SourceProbe>) => on.askNow()],
  ])("asks it once where %s while its name is still looked up, and goes on at its pace", async (_, happens) => {
    const { probe, rounds: on, planned, lookUps, asked, fire } = rounds();
    on.begin();
    const first = fire();
    const done = happens(on);
    const second = fire();
    for (const found of lookUps) found("192.0.2.1");
    await Promise.all([...first, ...second, done]);
    expect([lookUps.length, asked]).toEqual([1, ["192.0.2.1"]]);
    expect(planned.map(({ ms }) => Math.round(ms / 1000))).toEqual([probe.pollSeconds]);
  });
  it("whose name leads where it led before is told of by nobody, also where NTP is asked elsewhere", async () => {
    const nts = new NtsDialogue({ mode: "preferred", kePort: 4460 }, "ntp.example.net");
    const probe = aProbe({ nts });
    probe.resolved("192.0.2.1");
    nts.learned(keysAt("192.0.2.9"), null);
    for (let poll = 0; poll < 8; poll++) {
      const { outstanding } = probe.begin({ transmit: 1n, receive: 2n }, () => 3n);
      probe.finish(outstanding, { kind: "failed", reason: "timeout" });
    }
    const { rounds: on, lookUps, noted, asked, fire } = rounds(probe);
    on.begin();
    const done = fire();
    for (const found of lookUps) found("192.0.2.1");
    await Promise.all(done);
    expect([lookUps.length, noted, asked]).toEqual([1, [], ["192.0.2.9"]]);
  });
});

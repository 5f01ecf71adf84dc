import { describe, expect, it } from "vitest";
import { readingAt } from "../observe/reading.fixture.ts";
import type { Timers } from "../timers.ts";
import { NtsDialogue } from "./nts-dialogue.ts";
import type { KeyMaker } from "./nts-keys.ts";
import { aProbe, keysAt } from "./probe.fixture.ts";
import { Rounds, type RoundsPorts } from "./rounds.ts";
import type { SourceProbe } from "./source-probe.ts";

/** One source whose name is looked up when the test says so, and which never answers. */
function rounds(probe = aProbe(), keys?: KeyMaker) {
  const noted: string[] = [];
  const details: unknown[] = [];
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
      ...(keys === undefined ? {} : { keys }),
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
    note: (kind, _, detail) => {
      noted.push(kind);
      details.push(detail);
    },
    random: () => 0.5,
    log: () => undefined,
  };
  const fire = () => planned.splice(0).map(({ act }) => act());
  return { probe, rounds: new Rounds(ports), planned, lookUps, asked, noted, details, fire };
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
  it("that shows another key than those pinned is told of, once for each key, and asked nothing", async () => {
    const nts = new NtsDialogue({ mode: "required", kePort: 4460, pins: ["p".repeat(43)] }, "ntp.example.net");
    const probe = aProbe({ nts });
    probe.resolved("192.0.2.1");
    const shown = ["s", "s", "t"].map((digit) => digit.repeat(43));
    const keys: KeyMaker = { establish: async () => ({ kind: "refused", reason: "nts_pin_mismatch", shown: shown[0] as string }) };
    const { rounds: on, noted, details, asked, fire } = rounds(probe, keys);
    on.begin();
    for (let poll = 0; poll < 3; poll++) {
      // As long as the back-off between two tries lasts.
      nts.moved();
      await Promise.all(fire());
      shown.shift();
    }
    expect([asked, noted]).toEqual([[], ["nts_pin_mismatch", "nts_pin_mismatch"]]);
    expect(details).toEqual(["s", "t"].map((digit) => ({ shown: `sha256/${digit.repeat(43)}=`, pins: 1 })));
    expect(probe.troubles.get("nts_pin_mismatch")).toBe(3);
  });
});

import type { Channel } from "@truebound/wire";
import { describe, expect, it } from "vitest";
import { NOTICE } from "./notice.fixture.ts";
import { again, type Outcome } from "./ports.ts";
import { reminder } from "./reminder.ts";

const AM: Channel = { name: "am", kind: "alertmanager", urls: ["http://x"], severities: ["critical"], enabled: true, allow_private: true };
const HOOK: Channel = { name: "hook", kind: "webhook", url: "http://x", severities: ["critical"], enabled: true, allow_private: true };

function world(channels: readonly Channel[]) {
  const made = {
    log: [] as string[],
    said: [] as string[],
    standing: [NOTICE],
    behind: false,
    fails: "",
    outcome: { kind: "delivered" } as Outcome,
  };
  const say = (words: string) => void made.said.push(words);
  const look = reminder({
    store: {
      places: async () => ({ channels, pageUrl: null }),
      standing: async (channel) => {
        made.log.push(`reads ${channel}`);
        return made.standing;
      },
      alone: async (channel, work) => {
        made.log.push(`alone with ${channel}`);
        await work();
        made.log.push("no longer");
      },
    },
    remind: async ({ name }, notices) => {
      made.log.push(`reminds ${name} of ${notices.length}`);
      if (name === made.fails) throw new TypeError("alerts is not iterable");
      return made.outcome;
    },
    isBehind: () => made.behind,
    log: { info: say, warn: say, error: say },
  });
  return { made, look };
}

describe("who reminds Alertmanagers", () => {
  it("reads what goes on and says it while nobody tells them anything else, and reminds nobody but them", async () => {
    const { made, look } = world([HOOK, AM, { ...AM, name: "off", enabled: false }]);
    await look();
    expect(made.log).toEqual(["alone with am", "reads am", "reminds am of 1", "no longer"]);
  });
  it("does not while an end was told that the database does not know of yet, nor when nothing goes on", async () => {
    const { made, look } = world([AM]);
    made.behind = true;
    await look();
    made.behind = false;
    made.standing = [];
    await look();
    expect(made.log.filter((line) => line.startsWith("reminds"))).toEqual([]);
  });
  it("one that cannot be put into words stops no other channel, and is said once", async () => {
    const { made, look } = world([AM, { ...AM, name: "second" }]);
    made.fails = "am";
    await look();
    await look();
    expect(made.log.filter((line) => line.startsWith("reminds"))).toEqual([
      "reminds am of 1",
      "reminds second of 1",
      "reminds am of 1",
      "reminds second of 1",
    ]);
    expect(made.said.filter((line) => line.startsWith("Cannot tell am"))).toEqual([
      "Cannot tell am again what goes on; it takes it for over after five minutes: it could not be put into words: alerts is not iterable",
    ]);
  });
  it("says once that one does not hear it, and once that it does again", async () => {
    const { made, look } = world([AM]);
    made.outcome = again("it is down");
    await look();
    await look();
    made.outcome = { kind: "delivered" };
    await look();
    await look();
    expect(made.said).toEqual([
      "Cannot tell am again what goes on; it takes it for over after five minutes: it is down",
      "am can be told again what goes on",
    ]);
  });
});

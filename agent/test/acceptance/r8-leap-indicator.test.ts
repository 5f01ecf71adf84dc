import type { Rung } from "@truebound/agent";
import { parseUtc } from "@truebound/time";
import { describe, expect, it } from "vitest";
import { holdsZero, offsetNow, poll, probeOf, startBentServer, twoRungs } from "./bent-server.ts";
import { times } from "./scale.ts";

describe("R8 leap seconds: the wire and the words (the scenarios beside it go through leaps second by second)", () => {
  it.each([
    [1, "an insertion"],
    [2, "a deletion"],
  ])("a server that announces %d, %s, changes nothing of what its exchanges prove", async (leap) => {
    const rung = (twoRungs()[0] as { build: () => Rung }).build();
    const server = await startBentServer(rung);
    try {
      const [honest, announcing] = [probeOf(server.port, rung), probeOf(server.port, rung)];
      for (let turn = 0; turn < times(20, 2000); turn++) {
        server.answers = (genuine) => [genuine];
        await poll(honest, rung);
        server.answers = (genuine) => [{ ...genuine, leap }];
        expect(await poll(announcing, rung)).toHaveLength(1);
      }
      expect([announcing.replies, announcing.pollSeconds, [...announcing.troubles]]).toEqual([honest.replies, honest.pollSeconds, []]);
      expect(holdsZero(offsetNow(announcing, rung))).toBe(true);
      expect(announcing.latest.packet?.leap).toBe(leap);
    } finally {
      server.close();
      rung.close();
    }
  });
  it("23:59:60 is a time, and not the minute before", () => {
    expect(parseUtc("2016-12-31T23:59:60Z")).toBe(parseUtc("2017-01-01T00:00:00Z"));
    expect(parseUtc("2017-01-01T01:59:60+02:00")).toBe(parseUtc("2017-01-01T00:00:00Z"));
  });
});

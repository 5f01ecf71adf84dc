import { openResponder, type PeerSettings, ResponderKeeper, rungs } from "@truebound/agent";
import { measureRuler } from "@truebound/testkit";
import { contains, UNKNOWN_SLEW } from "@truebound/time";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { loadLibc } from "../src/adapters/libc.ts";
import { keepStamping } from "./keep-stamping.ts";

const RULE = { domain: "ams", port: 12_300 };
const ruler = { id: () => 7, slew: () => UNKNOWN_SLEW };

describe.skipIf(loadLibc().libc === null)("the keeper, over real sockets (skipped: koffi not found)", () => {
  const keepers: ResponderKeeper[] = [];
  let letStampingGo: () => Promise<void>;
  beforeAll(async () => {
    letStampingGo = await keepStamping();
  });
  afterAll(() => letStampingGo());
  afterEach(() => Promise.all(keepers.splice(0).map((keeper) => keeper.close())));
  const keeperAt = (listen: PeerSettings["listen"]): ResponderKeeper => {
    const settings = { off: false, listen, address: null };
    const keeper = new ResponderKeeper({ settings, open: openResponder, own: () => null, ruler, log: () => undefined });
    keepers.push(keeper);
    return keeper;
  };

  /** At a port that no socket without one of its own is given: it is free again once the keeper has let it go. */
  const keeperOutOfReach = (): [ResponderKeeper, number] => {
    for (let port = 20_000 + (process.pid % 10_000); port < 32_000; port++) {
      const keeper = keeperAt({ address: "127.0.0.1", port });
      keeper.tend(RULE, [], 0);
      if (keeper.answers !== null) return [keeper, port];
    }
    throw new Error("Cannot find a free port below 32000");
  };

  it("answers whom it is told to, with its ruler, and says so", async () => {
    const keeper = keeperAt({ address: "127.0.0.1", port: 0 });
    keeper.tend(RULE, [], 0);
    const port = keeper.answers?.port ?? 0;
    expect(keeper.answers).toEqual({ address: "127.0.0.1", port });
    keeper.tend(RULE, ["127.0.0.1"], 1);
    const basic = rungs().find(({ mode }) => mode === "kernel_basic");
    const rung = (basic as NonNullable<typeof basic>).build();
    const told = await measureRuler(rung, { address: "127.0.0.1", port });
    rung.close();
    expect(told?.reading.ruler).toBe(7);
    expect(told && contains(told.difference, 0n)).toBe(true);
    expect(keeper.requests).toEqual({ answered: 1, stranger: 0, not_a_request: 0, over_limit: 0, unsent: 0 });
  });

  it("waits for a port that another has, and takes it when that one lets it go", async () => {
    const [first, port] = keeperOutOfReach();
    const second = keeperAt({ address: "127.0.0.1", port });
    second.tend(RULE, [], 0);
    expect([second.answers, second.trouble]).toEqual([null, expect.stringContaining(`127.0.0.1:${port}: another program has that port`)]);
    await first.close();
    second.tend(RULE, [], 999);
    expect(second.answers).toBeNull();
    // The kernel lets a port go once nobody waits at it any more, which may be a moment later.
    let at = 0;
    await vi.waitFor(() => {
      at += 1_000;
      second.tend(RULE, [], at);
      expect([second.answers, second.trouble]).toEqual([{ address: "127.0.0.1", port }, null]);
    });
  });

  it("says that an address is not this host's", () => {
    const keeper = keeperAt({ address: "192.0.2.7", port: 12_300 });
    keeper.tend(RULE, [], 0);
    expect(keeper.trouble).toBe(
      "Cannot answer peers on 192.0.2.7:12300: no interface of this host has that address (EADDRNOTAVAIL); name one that it has in TRUEBOUND_PEER_LISTEN",
    );
  });
});

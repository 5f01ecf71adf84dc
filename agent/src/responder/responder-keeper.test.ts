import { ppb, raw, utc } from "@truebound/time";
import { BatchMesh, type MeshRule, validator } from "@truebound/wire";
import { describe, expect, it } from "vitest";
import { CannotListen } from "./cannot-listen.ts";
import type { PeerSettings } from "./peer-settings.ts";
import type { ResponderCounts, ToOpen } from "./ports.ts";
import { ResponderKeeper } from "./responder-keeper.ts";

const RULE: MeshRule = { domain: "ams", port: 12_300 };
const EADDRINUSE = 98;
const EAFNOSUPPORT = 97;

/** A host whose ports and networks the test decides, and a keeper on it. */
function host(settings: Partial<PeerSettings> = {}) {
  const errnos = new Map<string, number>();
  const open: { asked: ToOpen; counts: ResponderCounts; closed: boolean }[] = [];
  const said: string[] = [];
  let attempts = 0;
  const keeper = new ResponderKeeper({
    settings: { off: false, listen: null, address: null, ...settings },
    open: (asked) => {
      attempts += 1;
      const errno = errnos.get(asked.listen.address) ?? errnos.get(String(asked.listen.port));
      if (errno !== undefined) throw new CannotListen(asked.listen, errno);
      const one = { asked, closed: false, counts: { answered: 3, silent: { stranger: 2, not_a_request: 1, over_limit: 0 }, unsent: 0 } };
      const close = async () => {
        one.closed = true;
      };
      open.push(one);
      return { port: asked.listen.port, counts: () => one.counts, close };
    },
    own: () => null,
    ruler: { id: () => 7, slew: () => ppb(0n) },
    log: (level, message) => said.push(`${level} ${message}`),
  });
  return { keeper, errnos, open, said, attempts: () => attempts };
}

describe("the keeper of the responder", () => {
  it("opens it where the policy says so, once, and lets in whom the assignment names", () => {
    const { keeper, open, said } = host();
    keeper.tend(null, [], 0);
    expect([keeper.answers, keeper.trouble, open.length]).toEqual([null, null, 0]);
    keeper.tend(RULE, ["192.0.2.1"], 1);
    keeper.tend({ ...RULE, domain: "fra" }, ["192.0.2.2", "2001:db8::1"], 2);
    expect(open).toHaveLength(1);
    const { listen, isPeer, state } = (open[0] as (typeof open)[number]).asked;
    expect(listen).toEqual({ address: "::", port: 12_300 });
    expect(["192.0.2.1", "192.0.2.2", "2001:db8:0:0::/64"].map(isPeer)).toEqual([false, true, true]);
    expect(state({ rawBefore: raw(5n), realtime: utc(5n), rawAfter: raw(5n) }, null)).toMatchObject({ leap: 3, stratum: 16 });
    expect([keeper.answers, keeper.trouble]).toEqual([{ address: null, port: 12_300 }, null]);
    expect(said).toEqual(["info answers peers on [::]:12300"]);
  });

  it("follows the rule to another port, closes where it goes, and counts on", async () => {
    const { keeper, open } = host();
    keeper.tend(RULE, [], 0);
    keeper.tend({ ...RULE, port: 12_400 }, [], 1);
    expect(open.map(({ asked, closed }) => [asked.listen.port, closed])).toEqual([
      [12_300, true],
      [12_400, false],
    ]);
    expect(keeper.answers).toEqual({ address: null, port: 12_400 });
    expect(keeper.requests).toEqual({ answered: 6, stranger: 4, not_a_request: 2, over_limit: 0, unsent: 0 });
    keeper.tend(null, [], 2);
    await keeper.close();
    expect(open.every(({ closed }) => closed)).toBe(true);
    expect([keeper.answers, keeper.trouble]).toEqual([null, null]);
    expect(keeper.requests.answered).toBe(6);
  });

  it("does not fall over itself where the rule goes and comes back at once", async () => {
    const { keeper, open } = host();
    keeper.tend(RULE, [], 0);
    keeper.tend(null, [], 1);
    keeper.tend(RULE, [], 2);
    expect([open.length, keeper.answers]).toEqual([1, null]);
    expect(keeper.trouble).toContain("until the responder of before is closed");
    await keeper.close();
    keeper.tend(RULE, [], 3);
    expect([open.length, keeper.answers, keeper.trouble]).toEqual([2, { address: null, port: 12_300 }, null]);
  });

  it("says once that a port is taken, tries again after pauses that grow to five minutes, and answers once it is free", () => {
    const { keeper, errnos, said, attempts } = host();
    errnos.set("12300", EADDRINUSE);
    const tried: number[] = [];
    for (let second = 0; second < 2_000; second++) {
      const before = attempts();
      keeper.tend(RULE, [], second * 1000);
      if (attempts() > before) tried.push(second);
    }
    expect(tried).toEqual([0, 1, 3, 7, 15, 31, 63, 127, 255, 511, 811, 1111, 1411, 1711]);
    const trouble =
      "Cannot answer peers on [::]:12300: another program has that port (EADDRINUSE); end it, or name another port in the policy's mesh, or an address and port in TRUEBOUND_PEER_LISTEN";
    expect([keeper.answers, keeper.trouble]).toEqual([null, trouble]);
    expect(said).toEqual([`warn ${trouble}`]);
    errnos.clear();
    keeper.tend(RULE, [], 2_011_000);
    expect([keeper.answers, keeper.trouble]).toEqual([{ address: null, port: 12_300 }, null]);
  });

  it("tries another port at once", () => {
    const { keeper, errnos } = host();
    errnos.set("12300", EADDRINUSE);
    keeper.tend(RULE, [], 0);
    keeper.tend({ ...RULE, port: 12_400 }, [], 1);
    expect(keeper.answers).toEqual({ address: null, port: 12_400 });
  });

  it("answers on IPv4 alone where there is no IPv6", () => {
    const { keeper, errnos, open, said } = host();
    errnos.set("::", EAFNOSUPPORT);
    keeper.tend(RULE, [], 0);
    keeper.tend(RULE, [], 1);
    expect(open.map(({ asked }) => asked.listen.address)).toEqual(["0.0.0.0"]);
    expect([keeper.answers, said]).toEqual([{ address: null, port: 12_300 }, ["info answers peers on 0.0.0.0:12300"]]);
  });

  it("tells any other trouble in one clear line that a batch can hold", () => {
    const said: string[] = [];
    const keeper = new ResponderKeeper({
      settings: { off: false, listen: null, address: null },
      open: () => {
        throw new Error(`Cannot answer peers: koffi does not load:\n${"x".repeat(500)}`);
      },
      own: () => null,
      ruler: { id: () => 7, slew: () => ppb(0n) },
      log: (_, message) => said.push(message),
    });
    keeper.tend(RULE, [], 0);
    expect(said).toEqual([keeper.trouble]);
    expect(validator(BatchMesh.properties.trouble).accepts(keeper.trouble)).toBe(true);
    expect(keeper.trouble).toHaveLength(400);
  });

  it("heeds what this host says itself", () => {
    const off = host({ off: true });
    off.keeper.tend(RULE, [], 0);
    expect([off.keeper.answers, off.keeper.trouble, off.open.length]).toEqual([null, "This host answers no peers: TRUEBOUND_PEERS=off", 0]);
    const there = host({ listen: { address: "192.0.2.7", port: 9_000 } });
    there.keeper.tend(RULE, [], 0);
    there.keeper.tend({ ...RULE, port: 12_400 }, [], 1);
    expect([there.open.length, there.keeper.answers]).toEqual([1, { address: "192.0.2.7", port: 9_000 }]);
    const behind = host({ address: { address: "203.0.113.7", port: null } });
    behind.keeper.tend(RULE, [], 0);
    expect(behind.keeper.answers).toEqual({ address: "203.0.113.7", port: 12_300 });
    const mapped = host({ listen: { address: "::", port: 9_000 }, address: { address: "203.0.113.7", port: 40_000 } });
    mapped.keeper.tend(RULE, [], 0);
    expect(mapped.keeper.answers).toEqual({ address: "203.0.113.7", port: 40_000 });
  });
});

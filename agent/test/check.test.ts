import { createSocket, type Socket } from "node:dgram";
import { decode, encode, fromUtc, type Packet } from "@truebound/ntp";
import { agentOn, runningTime, startReferenceServer } from "@truebound/testkit";
import { utc } from "@truebound/time";
import { Batch, DEFAULT_POLICY, validator } from "@truebound/wire";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { chooseRung } from "../src/adapters/ladder.ts";
import { openOpinion } from "../src/adapters/opinion-child.ts";
import { nonceSource } from "../src/adapters/random.ts";
import { parseSource, type Source } from "../src/probe/source.ts";
import { loggedIn, runAgent } from "./helpers.ts";

interface CheckJson {
  readonly sources: readonly {
    id: string;
    status: string;
    guaranteed: { lo_ns: string; hi_ns: string } | null;
    stratum: number | null;
    refid: string | null;
    stamp_mode: string | null;
    terms: Record<string, string> | null;
    refusals: Record<string, number>;
  }[];
  readonly fused: { status: string; faults: number; guaranteed: { lo_ns: string; hi_ns: string } | null };
}

const check = async (...args: string[]) => {
  const run = await runAgent(["check", ...args, "--json"]);
  return { ...run, json: JSON.parse(run.stdout) as CheckJson };
};

const truth = runningTime();
const servers = new Map<string, string>();
const closers: (() => void)[] = [];

beforeAll(async () => {
  for (const [name, address, errorMs] of [
    ["a", "127.0.8.1", 0],
    ["b", "127.0.8.2", 0],
    ["c", "127.0.8.3", 0],
    ["liar", "127.0.8.4", 80],
    ["far", "127.0.8.5", 30_000],
  ] as const) {
    const server = await startReferenceServer({ address, truth, error: () => BigInt(errorMs) * 1_000_000n });
    servers.set(name, `${server.address}:${server.port}`);
    closers.push(server.close);
  }
});
afterAll(() => {
  for (const close of closers) close();
});
const at = (...names: string[]) => names.map((name) => servers.get(name) as string);

interface CrossCheckJson {
  readonly cross_check: readonly {
    source: string;
    verdict: string;
    guaranteed: { lo_ns: string; hi_ns: string } | null;
    refusals: Record<string, number>;
  }[];
}

describe("truebound-agent check --cross-check", () => {
  it("has ntp-time-sync ask the same servers, and its interval holds what is true of each, the liar's own clock too", async () => {
    const { code, json } = await check(...at("a", "liar"), "--samples", "1", "--cross-check");
    const [right, liar] = (json as unknown as CrossCheckJson).cross_check;
    // Two servers that exclude each other prove nothing, and neither vouches for what the other program says.
    expect([code, right?.refusals, liar?.refusals, right?.verdict]).toEqual([3, {}, {}, "unknown"]);
    // As above: the reference server's truth is within two milliseconds of REALTIME.
    for (const [opinion, ms] of [
      [right, 0],
      [liar, 80],
    ] as const) {
      const { lo_ns, hi_ns } = opinion?.guaranteed ?? { lo_ns: "NaN", hi_ns: "NaN" };
      expect(Number(lo_ns)).toBeLessThan((ms + 2) * 1e6);
      expect(Number(hi_ns)).toBeGreaterThan((ms - 2) * 1e6);
      expect(Number(hi_ns) - Number(lo_ns)).toBeGreaterThan(2e6);
    }
    const { stdout } = await runAgent(["check", ...at("a"), "--samples", "1", "--cross-check"]);
    expect(stdout).toMatch(
      /second opinion by ntp-time-sync.*no part of the bound above:\n {4}127\.0\.8\.1:\d+: .*has an offset in common with ours/,
    );
  });
  it("says why there is no second opinion, and leaves the verdict as it is", async () => {
    const { code, json } = await check("127.0.0.1:9", "--samples", "1", "--cross-check");
    expect(code).toBe(3);
    expect((json as unknown as CrossCheckJson).cross_check).toEqual([
      { source: "127.0.0.1:9", verdict: "unknown", guaranteed: null, exchanges: 0, refusals: { timeout: 1 } },
    ]);
  });
});

describe("a second opinion as a source of a running agent", () => {
  it("is compared with what is proved, counts nothing, and is reported as what it is", async () => {
    const { rung } = await chooseRung(nonceSource());
    // So far off that it shows however long a busy machine takes for an answer.
    const [a = "", far = ""] = at("a", "far");
    const named = [...at("a", "b", "c"), `opinion:${a}`, `opinion:${far}`].map((text) => parseSource(text) as Source);
    const ports = { look: () => rung.clocks.read(), steering: () => ({ kind: "unknown" }) as const };
    const batches: Batch[] = [];
    const agent = agentOn(rung, named, {
      openIntervals: (source) => openOpinion(source, ports),
      policy: { ...DEFAULT_POLICY, declared: [`opinion:${a}`] },
      report: (batch) => batches.push(batch),
    });
    agent.start();
    const opinions = () => agent.lookNow().sources.filter(({ kind }) => kind === "opinion");
    await expect.poll(() => opinions().map(({ state }) => state), { timeout: 30_000 }).toEqual(["agrees", "falseticker"]);
    const { row, assumptions } = agent.lookNow();
    expect([row.status, row.bound.votes, assumptions.faults, assumptions.declared]).toEqual(["proven", 3, 1, undefined]);
    agent.reportNow();
    agent.stop();
    rung.close();
    const last = batches.at(-1) as Batch;
    expect(validator(Batch).errors(last)).toEqual([]);
    expect(last.sources[3]).toMatchObject({ id: `opinion:${a}`, counts: false, facts: { program: "ntp-time-sync" }, polls: 1, replies: 1 });
    // A millisecond of rounding on either side at the least.
    expect(Number(last.sources[3]?.hi_ns) - Number(last.sources[3]?.lo_ns)).toBeGreaterThan(2e6);
    expect(batches.flatMap(({ intervals }) => intervals?.source ?? []).sort()).toEqual([3, 4]);
  });
});

describe("truebound-agent check", () => {
  it("measures one server and says what the width is made of", async () => {
    const { code, json } = await check(...at("a"), "--samples", "2");
    expect(code).toBe(0);
    expect(json.fused).toMatchObject({ status: "unverified", faults: 0 });
    const [source] = json.sources;
    expect(source).toMatchObject({ status: "agrees", stratum: 1, refid: "GPS", refusals: {} });
    expect(Object.keys(source?.terms ?? {})).toEqual(["path_ns", "root_ns", "precision_ns", "stamp_ns", "drift_ns"]);
    // The reference server's truth began at a Date.now() of this machine: within a millisecond of REALTIME, and drifting with it.
    const { lo_ns, hi_ns } = json.fused.guaranteed ?? { lo_ns: "0", hi_ns: "0" };
    expect(Number(lo_ns)).toBeLessThan(2_000_000);
    expect(Number(hi_ns)).toBeGreaterThan(-2_000_000);
    expect(Number(hi_ns) - Number(lo_ns)).toBeGreaterThan(0);
  });

  it("names the liar among four", async () => {
    const { json } = await check(...at("a", "b", "c", "liar"), "--samples", "1");
    expect(json.fused).toMatchObject({ status: "proven", faults: 1 });
    expect(json.sources.map(({ status }) => status)).toEqual(["agrees", "agrees", "agrees", "falseticker"]);
  });

  it("is unknown, exit 3, when nobody answers, and says why", async () => {
    const { code, json, stderr } = await check("127.0.0.1:9", "--samples", "1");
    expect(code).toBe(3);
    expect(json.fused).toMatchObject({ status: "unknown", guaranteed: null });
    expect(json.sources[0]?.refusals).toEqual({ connection_refused: 1 });
    expect(stderr).toBe("");
  });

  it("grades by the worst error", async () => {
    expect((await runAgent(["check", ...at("liar"), "--samples", "1", "--warn", "1ms", "--crit", "10s"])).code).toBe(1);
    expect((await runAgent(["check", ...at("liar"), "--samples", "1", "--warn", "1ms", "--crit", "2ms"])).code).toBe(2);
    expect((await runAgent(["check", ...at("a"), "--samples", "1", "--warn", "10s"])).code).toBe(0);
  });

  it("says the offset in words", async () => {
    const { stdout } = await runAgent(["check", ...at("liar"), "--samples", "1"]);
    expect(stdout).toMatch(/OK: this clock is [78]\d(\.\d+)? ms behind UTC, at most [78]\d(\.\d+)? ms; unverified \(one vote\)/);
  });

  it.each([
    [[], "Cannot check without a server"],
    [["host:0"], "Cannot use port 0"],
    [["host", "--nope"], "Cannot take --nope: there is no such option"],
  ])("explains wrong usage %j and exits 3", async (args, words) => {
    const run = await runAgent(["check", ...args]);
    expect(run.code).toBe(3);
    expect(run.stderr).toContain(words);
    expect(run.stderr).toContain("usage: truebound-agent check");
  });

  it("refuses an unknown command with exit 2 and a misspelt setting with exit 78", async () => {
    expect(await runAgent(["chekc"])).toMatchObject({ code: 2 });
    const run = await runAgent(["run"], { TRUEBOUND_SORCES: "a" });
    expect(run).toMatchObject({ code: 78 });
    const said = "Cannot use TRUEBOUND_SORCES: there is no such setting; did you mean TRUEBOUND_SOURCES?";
    expect(loggedIn(run.stderr)).toEqual([{ level: "error", said }]);
  });
});

describe("replies that are no evidence, over real sockets", () => {
  const code = (text: string) => [...text].reduce((sum, letter) => sum * 256 + letter.charCodeAt(0), 0);
  type Bend = (reply: Packet) => Packet | Uint8Array;
  const now = () => fromUtc(utc(BigInt(Date.now()) * 1_000_000n));
  const bends: [string, string, Bend][] = [
    ["a short one", "too_short", (reply) => encode(reply).slice(0, 40)],
    ["a malformed tail", "malformed_extension", (reply) => Buffer.concat([encode(reply), Buffer.alloc(7)])],
    ["one that answers another request", "origin_mismatch", (reply) => ({ ...reply, origin: reply.origin ^ 1n })],
    ["one with a zero origin", "zero_origin", (reply) => ({ ...reply, origin: 0n })],
    ["an echo of the request", "wrong_mode", (reply) => ({ ...reply, mode: 3 })],
    ["a kiss RATE", "kiss_rate", (reply) => ({ ...reply, stratum: 0, refid: code("RATE") })],
    ["a kiss DENY", "kiss_deny", (reply) => ({ ...reply, stratum: 0, refid: code("DENY") })],
    ["stratum 16", "stratum_too_high", (reply) => ({ ...reply, stratum: 16 })],
    ["leap indicator 3", "unsynchronised", (reply) => ({ ...reply, leap: 3 })],
    ["a hold longer than the round trip", "negative_delay", (reply) => ({ ...reply, transmit: reply.receive + (1n << 31n) })],
    ["a send before the receive", "server_order", (reply) => ({ ...reply, transmit: reply.receive - (1n << 24n) })],
    ["a zero timestamp", "zero_timestamp", (reply) => ({ ...reply, receive: 0n })],
  ];

  async function withServer(bend: Bend, use: (endpoint: string) => Promise<void>): Promise<void> {
    const socket: Socket = createSocket("udp4");
    socket.on("message", (bytes, from) => {
      const request = decode(bytes) as Packet;
      const reply: Packet = { ...request, mode: 4, stratum: 2, precision: -20, origin: request.transmit, receive: now(), transmit: now() };
      const bent = bend(reply);
      socket.send(bent instanceof Uint8Array ? bent : encode(bent), from.port, from.address);
    });
    await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", resolve));
    try {
      await use(`127.0.0.1:${socket.address().port}`);
    } finally {
      socket.close();
    }
  }

  it.each(bends)("%s is refused as %s", async (_, reason, bend) => {
    await withServer(bend, async (endpoint) => {
      const { code: exit, json } = await check(endpoint, "--samples", "1");
      expect(exit).toBe(3);
      expect(json.sources[0]?.refusals[reason]).toBe(1);
      expect(json.sources[0]?.guaranteed).toBeNull();
    });
  });

  it("an era-wrapped reply is read in the era of today", async () => {
    const in2036: Bend = (reply) => ({ ...reply, receive: 5n << 32n, transmit: 5n << 32n });
    await withServer(in2036, async (endpoint) => {
      const { json } = await check(endpoint, "--samples", "1");
      const years = Number(BigInt(json.fused.guaranteed?.lo_ns ?? "0") / 1_000_000_000n) / 31_556_952;
      expect(years).toBeGreaterThan(5);
      expect(years).toBeLessThan(2037 - new Date().getFullYear());
    });
  });
});

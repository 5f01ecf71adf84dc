import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { existsSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { chronydPath, freePort, startChronyd } from "@truebound/testkit";
import { type LeapList, utc } from "@truebound/time";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { Chronyc } from "../src/adapters/chronyc.ts";
import { openExternal } from "../src/adapters/external-source.ts";
import { gpsdReports } from "../src/adapters/gpsd-link.ts";
import { loadLibc } from "../src/adapters/libc.ts";
import { KernelClocks } from "../src/adapters/os-clock.ts";
import { GpsdEvidence } from "../src/evidence/gpsd-evidence.ts";
import { type EvidenceHead, type EvidenceLine, readHead, readLine } from "../src/interval-source/evidence-line.ts";
import type { IntervalSource, Taken } from "../src/interval-source/ports.ts";
import { parseSource } from "../src/probe/source.ts";
import { AGENT, startAgent, temporaryFolder } from "./helpers.ts";

const GPSD = [process.env.TRUEBOUND_TEST_GPSD, "/usr/sbin/gpsd"].find((path) => path !== undefined && existsSync(path));
const SECOND = 1_000_000_000n;
const folder = temporaryFolder();
const document = join(folder.path, "certificate.txt");
let running: ChildProcess[] = [];
let stops: (() => Promise<void>)[] = [];

const start = (program: string, args: readonly string[]): ChildProcess => {
  const child = spawn(program, args, { stdio: ["pipe", "pipe", "inherit"] });
  running.push(child);
  return child;
};
const linesOf = (child: ChildProcess) => createInterface({ input: child.stdout as NodeJS.ReadableStream })[Symbol.asyncIterator]();
const nextOf = async (lines: AsyncIterator<string>): Promise<string> => {
  const { value, done } = await lines.next();
  if (done === true) throw new Error("Cannot read on: the program has ended");
  return value;
};

/** What a carrier says: its head, and then so many lines, each shown as it comes. */
async function listen(args: readonly string[], count: number, see: (line: EvidenceLine) => void): Promise<EvidenceHead> {
  const lines = linesOf(start(process.execPath, [AGENT, "evidence", ...args, "--document", document]));
  const head = readHead(await nextOf(lines));
  if (typeof head === "string") throw new Error(`Cannot read the head: ${head}`);
  for (let read = 0; read < count; read++) {
    const line = readLine(await nextOf(lines), head);
    if (typeof line === "string") throw new Error(`Cannot read a line: ${line}`);
    see(line);
  }
  return head;
}

async function freeTcpPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return port;
}

beforeAll(() => {
  writeFileSync(document, "Within 1 ms, and up to 10 s late.\n");
  return () => folder.remove();
});
afterEach(async () => {
  for (const child of running) child.kill("SIGKILL");
  await Promise.all(stops.map((stop) => stop()));
  [running, stops] = [[], []];
});

interface Receiver {
  readonly port: number;
  /** Loses its satellites, or finds them again. */
  readonly tell: (word: "fix" | "lost") => void;
  readonly kill: () => Promise<void>;
  /** A gpsd on the same port and receiver as before. */
  readonly startAgain: () => Promise<void>;
}

/** A receiver so many seconds ahead of this machine's clock, behind a gpsd of its own. */
async function receiver(ahead: number): Promise<Receiver> {
  const device = start("python3", [join(import.meta.dirname, "nmea-receiver.py"), String(ahead)]);
  const terminal = await nextOf(linesOf(device));
  const port = await freeTcpPort();
  let gpsd: ChildProcess;
  const startAgain = async () => {
    gpsd = start(GPSD as string, ["-N", "-n", "-S", String(port), terminal]);
    await reachable(port);
  };
  await startAgain();
  const kill = async () => {
    const gone = once(gpsd, "exit");
    gpsd.kill("SIGKILL");
    await gone;
  };
  return { port, kill, startAgain, tell: (word) => void device.stdin?.write(`${word}\n`) };
}

const WEEKS_1024 = 1024 * 7 * 86_400;
/** As of a day between what a receiver could give 1024 weeks ago and what it could give as much ahead. */
const LEAP_LIST: LeapList = { updated: utc(1_735_689_600n * SECOND), expires: utc(1_814_140_800n * SECOND), rows: [] };

/** What the agent takes of a carrier that it starts itself. */
function carried(port: number): IntervalSource {
  const { libc } = loadLibc();
  if (libc === null) throw new Error("Cannot read RAW on this machine");
  const clocks = new KernelClocks(libc);
  const args = [
    "evidence",
    "gpsd",
    "--by",
    "toff",
    "--late",
    "10s",
    "--error",
    "1ms",
    "--document",
    document,
    "--server",
    `127.0.0.1:${port}`,
  ];
  const source = parseSource(`external:exec:${process.execPath} name=gps -- ${[AGENT, ...args].join(" ")}`);
  if (typeof source === "string") throw new Error(source);
  const steering = () => ({ kind: "unknown" as const });
  const external = openExternal(source, { look: () => clocks.read(), steering, hasRaw: true, leapList: () => LEAP_LIST });
  stops.push(async () => {
    external.close();
    clocks.close();
  });
  return external;
}

/** Whether its newest reading holds UTC, which is this machine's own clock here. */
function holdsNow({ readings }: Extract<Taken, { kind: "readings" }>): boolean {
  const { libc } = loadLibc();
  if (libc === null) throw new Error("Cannot read RAW on this machine");
  const clocks = new KernelClocks(libc);
  const { realtime, rawBefore, rawAfter } = clocks.read();
  clocks.close();
  return readings.every(({ lo, hi }) => lo <= realtime - rawBefore && realtime - rawAfter <= hi);
}

const untilTaken = (source: IntervalSource, isSo: (taken: Taken) => boolean) =>
  vi.waitUntil(
    async () => {
      const taken = await source.take();
      return isSo(taken) ? taken : undefined;
    },
    { timeout: 60_000, interval: 100 },
  );

describe.skipIf(GPSD === undefined)("a receiver that cannot be believed, behind a real gpsd (skipped: gpsd not found)", () => {
  it("says nothing while it has lost its satellites, is heard when it has them again, and never has a pulse", {
    timeout: 90_000,
  }, async () => {
    const { port, tell } = await receiver(0);
    const evidence = new GpsdEvidence({ device: null, by: "toff", errorNs: 1_000_000n, lateNs: 10n * SECOND });
    const said: string[] = [];
    const kinds = new Set<string>();
    let isLost = false;
    for await (const report of gpsdReports("127.0.0.1", port)) {
      const { class: kind, mode } = JSON.parse(report) as { class: string; mode?: number };
      kinds.add(kind);
      if (evidence.take(report, performance.now()) !== null) said.push("an interval");
      else if (kind === "TPV" && isLost) said.push((mode ?? 0) >= 2 ? "fix" : "no fix");
      if (said.at(-1) === "an interval" && !isLost) {
        isLost = true;
        tell("lost");
      }
      if (said.filter((word) => word === "no fix").length === 4) tell("fix");
      if (said.at(-1) === "an interval" && said.includes("no fix")) break;
    }
    const lost = said.slice(said.indexOf("no fix"), said.lastIndexOf("no fix") + 1);
    expect([lost.length >= 4, new Set(lost)]).toEqual([true, new Set(["no fix"])]);
    expect([kinds.has("TOFF"), kinds.has("PPS")]).toEqual([true, false]);
  });

  it.each([
    ["back", -WEEKS_1024],
    ["ahead", WEEKS_1024],
  ])("is not believed where it is 1024 weeks %s, whatever else there is to hold it against", { timeout: 90_000 }, async (way, ahead) => {
    const { port } = await receiver(ahead);
    const source = carried(port);
    const name = way === "back" ? "external_before_leap_list" : "external_beyond_leap_list";
    const taken = await untilTaken(source, (one) => one.kind === "readings" || one.reason === name);
    // gpsd 3.22 mends what is back by itself: then the time is of now.
    if (way === "back" && taken.kind === "readings") expect(holdsNow(taken)).toBe(true);
    else expect(taken).toEqual({ kind: "refused", reason: name });
  });

  it("is heard again when its gpsd was killed and is back, and is named meanwhile", { timeout: 120_000 }, async () => {
    const { port, kill, startAgain } = await receiver(0);
    const source = carried(port);
    await untilTaken(source, ({ kind }) => kind === "readings");
    await kill();
    await untilTaken(source, (taken) => taken.kind === "refused" && taken.reason === "external_ended");
    await startAgain();
    const back = await untilTaken(source, ({ kind }) => kind === "readings");
    if (back.kind !== "readings") throw new Error("It is not back");
    // Wide by what is declared, and by what REALTIME can have been slewed since it was stamped.
    const [{ lo, hi, cap }] = back.readings;
    expect(hi - lo).toBe(10n * SECOND + 2_000_000n + 2n * cap);
    expect(Number(source.says().restarts)).toBeGreaterThan(0);
  });
});

describe("a receiver behind a real gpsd, on this machine's own clock", () => {
  it.skipIf(GPSD === undefined).each([0, 18])(
    "that is %i s ahead says intervals that hold just that (skipped: gpsd not found)",
    { timeout: 60_000 },
    async (ahead) => {
      const { port } = await receiver(ahead);
      const found: EvidenceLine[] = [];
      const server = ["--server", `127.0.0.1:${port}`];
      const head = await listen(["gpsd", "--by", "toff", "--late", "10s", "--error", "1ms", ...server], 3, (line) => found.push(line));
      expect(head).toEqual({
        clock: "realtime",
        document: createHash("sha256").update("Within 1 ms, and up to 10 s late.\n").digest("hex"),
        model: "gpsd toff of any device",
      });
      const truth = BigInt(ahead) * SECOND;
      expect(found.map(({ lo, hi }) => lo <= truth && truth <= hi)).toEqual([true, true, true]);
      // It came late by what it came late, and by no more than that is it narrower below.
      expect(found.map(({ lo, hi }) => hi - lo)).toEqual(Array(3).fill(10n * SECOND + 2_000_000n));
      expect(found.every(({ lo }) => lo > truth - 10n * SECOND)).toBe(true);
    },
  );
});

const reachable = (port: number) =>
  vi.waitUntil(
    () =>
      new Promise<boolean>((resolve) => {
        const socket = connect(port, "127.0.0.1", () => resolve(true));
        socket.once("connect", () => socket.destroy()).once("error", () => resolve(false));
      }),
    { timeout: 20_000, interval: 50 },
  );

describe("a SOCK reference clock of a real chronyd that sets no clock", () => {
  it.skipIf(chronydPath() === null)(
    "says intervals on UTC − RAW that hold what its samples say, before chronyd follows it and after (skipped: chronyd not found)",
    { timeout: 90_000 },
    async () => {
      const { libc } = loadLibc();
      if (libc === null) throw new Error("Cannot read RAW on this machine");
      const clocks = new KernelClocks(libc);
      const port = await freePort();
      const socket = join(folder.path, "refclock.sock");
      const chronyd = startChronyd(0, [
        `refclock SOCK ${socket} refid GPS0 poll 0 filter 1`,
        `cmdport ${port}`,
        "bindcmdaddress 127.0.0.1",
      ]);
      stops.push(() => chronyd.stop());
      start("python3", [join(import.meta.dirname, "sock-refclock.py"), socket, "0.005"]);
      await known(port);
      const missed: unknown[] = [];
      const see = ({ lo, hi }: EvidenceLine) => {
        const { realtime, rawBefore, rawAfter } = clocks.read();
        // What the clock was slewed since the line was made is far below its width.
        const truth = { lo: realtime - rawAfter + 5_000_000n, hi: realtime - rawBefore + 5_000_000n };
        if (truth.hi < lo || truth.lo > hi) missed.push({ lo: lo - truth.lo, hi: hi - truth.hi });
      };
      const args = ["chrony", "--refclock", "GPS0", "--error", "20us", "--server", `127.0.0.1:${port}`];
      const head = await listen(args, 8, see);
      expect([head.clock, head.model, missed]).toEqual(["raw", "chrony refclock GPS0", []]);
      clocks.close();
    },
  );
});

/** Until chronyd has a sample of it. */
const known = (port: number) =>
  vi.waitUntil(
    async () => {
      const sources = await new Chronyc({ host: "127.0.0.1", port }).sources();
      return sources.kind === "ok" && sources.value.some(({ reach }) => reach > 0);
    },
    { timeout: 30_000, interval: 200 },
  );

describe("an agent that runs", () => {
  const DOCUMENT = "d".repeat(64);
  /** What it says of itself once the program that it starts was heard. */
  async function statusOf(declared: string) {
    const port = await freeTcpPort();
    const script = join(import.meta.dirname, "say-evidence.py");
    const agent = startAgent({
      // Nobody answers there: without it the agent would ask whom it finds.
      TRUEBOUND_SOURCES: `127.0.0.1:1,external:exec:/usr/bin/env name=gps document=${DOCUMENT} -- python3 ${script} ${DOCUMENT}`,
      TRUEBOUND_DECLARED: declared,
      TRUEBOUND_AGENT_HTTP_PORT: String(port),
      TRUEBOUND_AGENT_DATA_DIR: join(folder.path, `agent-${declared}`),
      TRUEBOUND_PROBE_INTERVAL: "1s",
    });
    running.push(agent);
    return await vi.waitUntil(
      async () => {
        const answer = await fetch(`http://127.0.0.1:${port}/status`).catch(() => null);
        const status = (await answer?.json()) as { sources: { id: string; replies: number }[] } | undefined;
        return status?.sources.some(({ id, replies }) => id === "external:gps" && replies > 1) === true ? status : undefined;
      },
      { timeout: 60_000, interval: 200 },
    );
  }

  it("bounds its clock by a program that it is told may count, and says by which document", { timeout: 90_000 }, async () =>
    expect(await statusOf("external:gps")).toMatchObject({
      status: "unverified",
      guaranteed: { lo_ns: expect.stringMatching(/^-/) as unknown },
      assumptions: { declared: ["external:gps"] },
      sources: [
        { id: "127.0.0.1:1", state: "never_answered" },
        { id: "external:gps", kind: "external", counts: true, state: "agrees", document: DOCUMENT, facts: { model: "this clock" } },
      ],
    }),
  );
  it("proves nothing by one that nobody told it may count", { timeout: 90_000 }, async () =>
    expect(await statusOf("")).toMatchObject({
      status: "unknown",
      guaranteed: null,
      sources: [{}, { id: "external:gps", counts: false, state: "no_region" }],
    }),
  );
});

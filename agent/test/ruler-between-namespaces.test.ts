import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { promisify } from "node:util";
import { makeVethPair } from "@truebound/testkit";
import { contains } from "@truebound/time";
import { afterAll, expect, it } from "vitest";
import { loadLibc } from "../src/adapters/libc.ts";

const CHILD = join(import.meta.dirname, "../../packages/testkit/dist/child");
const EXCHANGES = 200;
const pair = loadLibc().libc === null ? "koffi not found" : await makeVethPair();
const skipped = typeof pair === "string" ? ` (skipped: ${pair})` : "";
afterAll(() => (typeof pair === "string" ? undefined : pair.close()));

it.skipIf(typeof pair === "string")(
  `two network namespaces of one machine have one ruler: what they tell each other of it holds zero${skipped}`,
  { timeout: 60_000 },
  async () => {
    if (typeof pair === "string") throw new Error(pair);
    const { insideServer, insideClient, serverAddress: address } = pair;
    const [enter = "", ...rest] = [
      ...insideServer,
      process.execPath,
      join(CHILD, "ruler-responder.js"),
      JSON.stringify({ address, id: 41 }),
    ];
    const responder = spawn(enter, rest, { stdio: ["ignore", "pipe", "inherit"] });
    try {
      const { told, cards } = await ask(insideClient, { address, port: await portOf(responder), exchanges: EXCHANGES });
      expect(told.length).toBeGreaterThan(EXCHANGES * 0.9);
      expect(told.filter(({ lo, hi }) => !contains({ lo, hi }, 0n))).toEqual([]);
      expect(new Set(told.map(({ ruler }) => ruler))).toEqual(new Set([41]));
      // The kernel's stamps were taken, since a virtual card says that it has none: it was asked, and once.
      expect(cards).toEqual([{ interface: expect.any(String), found: "no_answer", outcomes: {} }]);
    } finally {
      const gone = once(responder, "exit");
      responder.kill("SIGTERM");
      expect(await gone).toEqual([0, null]);
    }
  },
);

async function portOf({ stdout }: ChildProcess): Promise<number> {
  if (stdout === null) throw new Error("Cannot hear the responder");
  const [line] = (await once(stdout, "data")) as [Buffer];
  return Number(line.toString());
}

interface Told {
  readonly lo: bigint;
  readonly hi: bigint;
  readonly ruler: number;
}

async function ask(inside: readonly string[], options: object): Promise<{ readonly told: Told[]; readonly cards: readonly object[] }> {
  const [enter = "", ...rest] = [...inside, process.execPath, join(CHILD, "ruler-asker.js"), JSON.stringify(options)];
  const { stdout } = await promisify(execFile)(enter, rest, { timeout: 50_000 });
  const { told, cards } = JSON.parse(stdout) as {
    told: { difference: Record<"lo" | "hi", string>; reading: { ruler: number } }[];
    cards: object[];
  };
  const read = told.map(({ difference: { lo, hi }, reading: { ruler } }) => ({ lo: BigInt(lo), hi: BigInt(hi), ruler }));
  return { told: read, cards };
}

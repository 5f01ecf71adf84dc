import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { sayHead, sayLine } from "../evidence/say-line.ts";
import type { IntervalSource } from "../interval-source/ports.ts";
import { readingAt } from "../observe/reading.fixture.ts";
import { parseSource, type Source } from "../probe/source.ts";
import { openExternal } from "./external-source.ts";

const DOCUMENT = "a".repeat(64);
const HEAD = `${sayHead({ clock: "raw", document: DOCUMENT, model: null })}\n`;
const line = (t: bigint) => `${sayLine({ t, lo: 5n, hi: 7n })}\n`;
const PORTS = { look: () => readingAt(1000), steering: () => ({ kind: "unknown" as const }), hasRaw: true, leapList: () => null };

let folder: string;
let opened: IntervalSource[] = [];
const open = (text: string): IntervalSource => {
  const source = openExternal(parseSource(text) as Source, PORTS);
  opened.push(source);
  return source;
};
/** What it says next that is not `external_silent`, or for lack of which it would not be heard at all. */
const heard = (source: IntervalSource) =>
  vi.waitUntil(
    async () => {
      const taken = await source.take();
      return taken.kind === "refused" && taken.reason === "external_silent" ? undefined : taken;
    },
    { timeout: 20_000, interval: 5 },
  );

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tb-external-"));
});
afterEach(() => {
  for (const source of opened) source.close();
  opened = [];
  rmSync(folder, { recursive: true });
});

describe("a program behind a socket", () => {
  async function listen(talk: (socket: Socket) => void): Promise<{ server: Server; path: string }> {
    const path = join(folder, "gps.sock");
    const server = createServer(talk);
    await new Promise<void>((resolve) => server.listen(path, resolve));
    return { server, path };
  }

  it("is heard, is found again after it ended, and is named where nobody listens", async () => {
    const { server, path } = await listen((socket) => socket.end(HEAD + line(5n)));
    const source = open(`external:${path}`);
    expect(await heard(source)).toMatchObject({ kind: "readings", readings: [{ raw: 5n, lo: 5n, hi: 7n, document: DOCUMENT }] });
    // Ended, and begun again after a second: the second conversation says the same.
    await vi.waitUntil(async () => (await source.take()).kind === "readings", { timeout: 20_000, interval: 50 });
    expect(source.says()).toMatchObject({ clock: "raw" });
    server.close();
    expect(await heard(open(`external:${join(folder, "nobody.sock")}`))).toEqual({ kind: "refused", reason: "external_absent" });
  });
  it("is cut off where it says what is no head, and what it says is never answered", async () => {
    let ended: () => void = () => undefined;
    const over = new Promise<void>((resolve) => {
      ended = resolve;
    });
    const answers: Buffer[] = [];
    const { server, path } = await listen((socket) => {
      socket.on("data", (chunk) => answers.push(chunk as Buffer)).on("error", () => undefined);
      socket.once("close", ended);
      socket.write("nonsense\n");
    });
    const source = open(`external:${path}`);
    await over;
    expect(await heard(source)).toEqual({ kind: "refused", reason: "external_not_json" });
    expect(await heard(source)).toEqual({ kind: "refused", reason: "external_misbehaved" });
    expect(answers).toEqual([]);
    server.close();
  });
});

describe("a program that is started", () => {
  it("gets its arguments and nothing of this environment, and is ended when nobody wants it", async () => {
    const script = join(folder, "say.js");
    const text = `process.stdout.write(${JSON.stringify(HEAD)} + JSON.stringify({ t: String(process.argv.length), lo: 0, hi: Object.keys(process.env).length, }) + "\\n"); setInterval(() => 0, 1000);`;
    writeFileSync(script, text);
    const source = open(`external:exec:${process.execPath} name=it -- ${script} one two`);
    expect(await heard(source)).toMatchObject({ kind: "readings", readings: [{ raw: 4n, hi: 2n }] });
    source.close();
    await vi.waitUntil(async () => {
      const taken = await source.take();
      return taken.kind === "refused" && taken.reason === "external_ended";
    });
  });
  it("is named where there is none, and where it may not be started", async () => {
    expect(await heard(open(`external:exec:${join(folder, "none")}`))).toEqual({ kind: "refused", reason: "external_absent" });
    const plain = join(folder, "plain");
    writeFileSync(plain, "", { mode: 0o600 });
    expect(await heard(open(`external:exec:${plain}`))).toEqual({ kind: "refused", reason: "external_denied" });
  });
  it("is named where the kernel starts nothing of that path, and is tried again", async () => {
    const plain = join(folder, "plain");
    writeFileSync(plain, "");
    const source = open(`external:exec:${plain}/below`);
    expect(await source.take()).toEqual({ kind: "refused", reason: "external_failed" });
    await vi.waitUntil(() => Number(source.says().restarts) > 1, { timeout: 20_000, interval: 50 });
  });
});

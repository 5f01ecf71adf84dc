import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ReportManifest, verifyBundle } from "@truebound/audit";
import { utc } from "@truebound/time";
import { type Batch, packColumn } from "@truebound/wire";
import type pg from "pg";
import { afterAll, beforeAll, expect, it } from "vitest";
import { batchContent } from "../agent/src/adapters/batch-content.ts";
import { bundleFiles, bundleFolder } from "../server/src/adapters/bundle-folder.ts";
import { openReceiptKey } from "../server/src/adapters/crypto/receipt-key.ts";
import { drawPdf } from "../server/src/adapters/pdf/draw-report.ts";
import { openPool } from "../server/src/adapters/postgres/pool.ts";
import { reportShelf } from "../server/src/adapters/postgres/report/report-book.ts";
import { reportPorts } from "../server/src/adapters/report-wiring.ts";
import { anchorKeeper } from "../server/src/adapters/tsa/anchor-keeper.ts";
import { verifyPorts } from "../server/src/adapters/verify/verify-ports.ts";
import { renderReport } from "../server/src/report/render-report.ts";
import { tellCreated } from "../server/src/report/report-command.ts";
import { ask, quiet, receiptKeyFile } from "../server/test/database.ts";
import { batchOf, FakeAgent, type Row } from "../server/test/fake-agent.ts";
import { serverForTests } from "../server/test/server-under-test.ts";
import { hasOpenssl, timeAuthority } from "../server/test/time-authority.ts";
import { HAS_PYTHON, NEEDS_PYTHON, secondSaysOf } from "./two-verifiers.ts";

/** A day of two hosts as a real server stores it: deflated batches, signed deliveries, a sealed log and a token over it. */
const S = 1_000_000_000n;
const MINUTE = 60n * S;
const DAY = 1_772_496_000n * S;
const BOOTED = 1_700_000_000n * S;
const A_BATCH = 20;
const LEAPS = { updated: utc(0n), expires: utc(2n ** 62n), rows: [{ from: utc(1_483_228_800n * S), taiMinusUtc: 37 }] };

const tested = serverForTests();
const folder = mkdtempSync(join(tmpdir(), "second-verifier-"));
let pool: pg.Pool;
beforeAll(() => {
  pool = openPool(tested.url, quiet);
});
afterAll(async () => {
  await pool?.end();
  rmSync(folder, { recursive: true, force: true });
});

/** 0, and of the second host 150 µs from 10:00 until it is stepped back at 11:00. */
const offsetAt = (host: number, minute: number): bigint => (host === 1 && minute >= 600 && minute < 660 ? -150_000n : 0n);
const scatter = (n: number, below: number): bigint => BigInt((n * 2_654_435_761) % below);

const lineOf = (host: number, minute: number) => {
  const offset = offsetAt(host, minute);
  const [lo, hi] = [offset - 9_000n - scatter(minute, 20_011), offset + 9_000n + scatter(minute + 5, 20_011)];
  return { from: DAY + BigInt(minute) * MINUTE - offset, to: DAY + BigInt(minute + 1) * MINUTE - offset, lo, hi };
};

function batchFrom(agent: FakeAgent, host: number, first: number): Batch {
  const lines = Array.from({ length: A_BATCH }, (_, row) => lineOf(host, first + row));
  const rows: Row[] = lines.map(({ to, lo, hi }, row) => {
    const isJoined = offsetAt(host, first + row) === offsetAt(host, first + row - 1);
    return { realtime: to, lo, hi, throughout: isJoined ? [lo - 3_000n, hi + 3_000n] : null };
  });
  const column = (of: (line: (typeof lines)[number]) => bigint) => packColumn(lines.map(of));
  return batchOf(agent.id, rows, {
    spans: {
      from_raw_ns: column(({ from }) => from - BOOTED),
      from_realtime_ns: column(({ from }) => from),
      to_raw_ns: column(({ to }) => to - BOOTED),
      to_realtime_ns: column(({ to }) => to),
      lo_ns: column(({ lo }) => lo - 1_500n),
      hi_ns: column(({ hi }) => hi + 1_500n),
      readings: lines.map(() => 60),
      status: lines.map(() => "proven" as const),
    },
  });
}

async function reportOf(agent: FakeAgent, host: number): Promise<void> {
  for (let first = -2 * A_BATCH; first < 1440 + 2 * A_BATCH; first += 4 * A_BATCH) {
    const batches = [0, 1, 2, 3].map((one) => batchFrom(agent, host, first + one * A_BATCH));
    expect((await agent.sendAll(batches.map((batch) => Buffer.from(batchContent(batch))))).status).toBe(200);
  }
}

async function enrolled(name: string): Promise<FakeAgent> {
  const agent = new FakeAgent(tested.server.agentsUrl);
  await agent.enrol(await tested.server.createToken({ labels: {}, uses: 1, ttlSeconds: 600 }), name);
  await ask(tested.url, "update host set enrolled_at = '2025-01-01' where id = $1", [agent.id]);
  return agent;
}

async function create(name: string): Promise<string> {
  const ports = reportPorts({
    pool,
    archive: null,
    signer: openReceiptKey(receiptKeyFile),
    leaps: () => LEAPS,
    render: renderReport(drawPdf),
  });
  const request = { from: utc(DAY), to: utc(DAY + 1440n * MINUTE), profiles: ["us-cat-participant"], hosts: ["fra-1", "fra-2"] };
  const watching = { progress: () => undefined, signal: new AbortController().signal };
  const out = join(folder, name);
  const shelf = reportShelf(pool);
  const asked = { do: "create" as const, request, out, regenerate: false, json: false };
  expect(await tellCreated({ sink: bundleFolder, ports, shelf, watching }, asked)).toMatchObject({ code: 0 });
  return out;
}

/** For a release: UPDATE_GOLDEN=0.1.0 npx vitest run test/second-verifier-server.test.ts */
function keepGolden(out: string, release: string, keyId: string): void {
  const kept = new URL(`./golden/${release}`, import.meta.url).pathname;
  rmSync(kept, { recursive: true, force: true });
  cpSync(out, kept, { recursive: true });
  writeFileSync(new URL(`./golden/${release}.key`, import.meta.url).pathname, `${keyId}\n`);
}

it.skipIf(!HAS_PYTHON || !hasOpenssl)(
  `a report of a real server holds for both verifiers, with the token over its log${NEEDS_PYTHON}`,
  async () => {
    for (const [host, name] of ["fra-1", "fra-2"].entries()) await reportOf(await enrolled(name), host);
    await create("before");
    const authority = timeAuthority();
    const settings = { url: "http://127.0.0.1:1/tsa", allowPrivate: true, roots: null };
    await anchorKeeper(pool, settings, async (_, request) => authority.reply(request), quiet).look();
    authority.end();
    const out = await create("day");
    const manifest = JSON.parse(readFileSync(join(out, "manifest.json"), "utf8")) as ReportManifest;
    expect(manifest.results.map(({ verdict }) => verdict)).toEqual(["INCONCLUSIVE", "FAIL"]);
    expect(manifest.previous).not.toBeNull();
    expect(await verifyBundle({ ...verifyPorts, files: bundleFiles(out) })).toMatchObject({ kind: "holds", records: 152 });
    expect(secondSaysOf(out)).toBeNull();
    if (process.env.UPDATE_GOLDEN !== undefined) keepGolden(out, process.env.UPDATE_GOLDEN, manifest.issuer.key_id);
  },
);

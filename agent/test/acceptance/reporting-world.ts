import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inflateSync } from "node:zlib";
import { freePort, type NumbersChild, type NumbersOptions, startNumbersChild } from "@truebound/testkit";
import { BATCH_DICTIONARY, chainText, genesisText } from "@truebound/wire";
import { expect } from "vitest";
import { type RunningServer, startServer } from "../../../server/src/server.ts";
import { ask, quiet, receiptKeyFile, type TestDatabases, testDatabases } from "../../../server/test/database.ts";

const DICTIONARY = Buffer.from(BATCH_DICTIONARY);

export const REPORT_NUMBERS = join(import.meta.dirname, "../../../packages/testkit/dist/child/report-numbers.js");

/** A real server over a real PostgreSQL that can go away and come back at the same address. */
export class ServerThatComesAndGoes {
  readonly databaseUrl: string;
  readonly #port: number;
  #server: RunningServer | null = null;

  private constructor(databaseUrl: string, port: number) {
    this.databaseUrl = databaseUrl;
    this.#port = port;
  }

  static async on(databases: TestDatabases): Promise<ServerThatComesAndGoes> {
    const made = new ServerThatComesAndGoes(await databases.create(), await freePort());
    await made.up();
    return made;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  get isUp(): boolean {
    return this.#server !== null;
  }

  async up(): Promise<void> {
    const { databaseUrl } = this;
    const agents = { host: "127.0.0.1", port: this.#port };
    this.#server ??= await startServer({ databaseUrl, httpPort: 0, agents, siteDir: "/nonexistent", receiptKeyFile, log: quiet });
  }

  async down(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    await server?.stop();
  }

  token(uses = 1): Promise<string> {
    if (this.#server === null) throw new Error("Cannot make a token while the server is down");
    return this.#server.createToken({ uses, ttlSeconds: 3600, labels: {} });
  }
}

type Surroundings = NonNullable<Parameters<typeof startNumbersChild>[2]>;

/** What one test needs: a server, and folders that go with it. */
export class World {
  readonly server: ServerThatComesAndGoes;
  readonly folder = mkdtempSync(join(tmpdir(), "truebound-world-"));
  readonly #children: NumbersChild[] = [];

  private constructor(server: ServerThatComesAndGoes) {
    this.server = server;
  }

  static async on(databases: TestDatabases): Promise<World> {
    const world = new World(await ServerThatComesAndGoes.on(databases));
    writeFileSync(world.tokenFile, await world.server.token(), { mode: 0o600 });
    return world;
  }

  get tokenFile(): string {
    return join(this.folder, "token");
  }

  /** Batches with numbers, from an agent in this world, at once. */
  start(...args: Parameters<World["prepare"]>): NumbersChild {
    const child = this.prepare(...args);
    child.begin();
    return child;
  }

  /** The same, loaded, and waiting to begin. */
  prepare(options: Partial<NumbersOptions> & Pick<NumbersOptions, "from">, surroundings: Surroundings = {}): NumbersChild {
    const common = { dataDir: join(this.folder, "agent"), server: this.server.url, tokenFile: this.tokenFile, everyMs: 5, padBytes: 0 };
    const child = startNumbersChild(REPORT_NUMBERS, { ...common, ...options }, surroundings);
    this.#children.push(child);
    return child;
  }

  /** Lets it rest until its very newest number has arrived, then ends it: its last try to send is short. */
  async finish(child: NumbersChild, boundMs = 60_000): Promise<void> {
    child.process.kill("SIGUSR2");
    const isDrained = () => hasArrived(this.server.databaseUrl, producedOf(child).at(-1) as number);
    await expect.poll(isDrained, { timeout: boundMs, interval: 50 }).toBe(true);
    child.process.kill("SIGTERM");
    expect(await child.ended).toBe(0);
    expect(child.stderr()).toBe("");
  }

  async close(): Promise<void> {
    for (const { process } of this.#children) process.kill("SIGKILL");
    await Promise.all(this.#children.map(({ ended }) => ended));
    await this.server.down();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export const startDatabases = testDatabases;

export interface Evidence {
  /** In the order of the chain. */
  readonly numbers: readonly number[];
  /** What signed events say is missing; of one process the newest counts, and here they end only once all is told. */
  readonly declared: number;
  readonly epochs: number;
  /** What of the chain does not verify. */
  readonly broken: readonly string[];
  readonly events: readonly { readonly kind: string; readonly detail: Readonly<Record<string, unknown>> }[];
}

interface EvidenceRow {
  readonly host_id: string;
  readonly epoch: number;
  readonly seq: bigint;
  readonly hash: string;
  readonly prev: string;
  readonly body: Buffer;
  readonly quarantined: string | null;
}

const EVIDENCE = `
  select host_id, epoch, seq, encode(hash, 'hex') as hash, encode(prev_hash, 'hex') as prev, body, quarantined
  from evidence order by host_id, epoch, seq`;

const sha256 = (data: Buffer | string) => createHash("sha256").update(data);

/** Reads all evidence, recomputes each digest and hash from the bytes as they were kept, and follows the chain. */
export async function readEvidence(databaseUrl: string): Promise<Evidence> {
  const rows = await ask<EvidenceRow>(databaseUrl, EVIDENCE);
  const broken: string[] = [];
  const events: { kind: string; detail: Record<string, unknown> }[] = [];
  for (const [index, row] of rows.entries()) {
    const why = brokenLink(row, rows[index - 1]);
    if (why !== null) broken.push(`${row.epoch}/${row.seq}: ${why}`);
    events.push(...eventsOf(row.body));
  }
  return {
    numbers: events.filter(({ detail }) => "n" in detail).map(({ detail }) => Number(detail.n)),
    declared: declaredBy(events),
    epochs: new Set(rows.map(({ epoch }) => epoch)).size,
    broken,
    events,
  };
}

const eventsOf = (body: Uint8Array): Evidence["events"] =>
  (JSON.parse(inflateSync(body, { dictionary: DICTIONARY }).toString()) as { events: Evidence["events"] }).events;

/** The number that a batch carries. */
export const numberOf = (body: Uint8Array): number => Number(eventsOf(body).find(({ detail }) => "n" in detail)?.detail.n);

/** Whether this number is in the evidence; cheap, so that it can be asked while much arrives. */
export async function hasArrived(databaseUrl: string, n: number): Promise<boolean> {
  const latest = await ask<{ body: Buffer }>(databaseUrl, "select body from evidence order by received_at desc, seq desc limit 200");
  return latest.some(({ body }) => numberOf(body) === n);
}

/**
 * Of what was sealed each says how many since the enrolment; of what was not, each life counts from zero, so a lower count begins
 * another.
 */
function declaredBy(events: Evidence["events"]): number {
  const declared = events.filter(({ kind }) => kind === "spool_gap");
  const sealed = declared.reduce((most, { detail }) => Math.max(most, Number(detail.dropped_in_all ?? 0)), 0);
  const totals = declared.filter(({ detail }) => "dropped_since_start" in detail).map(({ detail }) => Number(detail.dropped_since_start));
  return totals.filter((total, index) => total > (totals[index + 1] ?? 0)).reduce((sum, total) => sum + total, sealed);
}

function brokenLink(row: EvidenceRow, before: EvidenceRow | undefined): string | null {
  const { host_id: agent, epoch, prev } = row;
  const seq = Number(row.seq);
  const contentDigest = `sha-256=:${sha256(row.body).digest("base64")}:`;
  if (sha256(chainText({ agent, epoch, seq, prev, contentDigest })).digest("hex") !== row.hash) return "its hash is not that of its bytes";
  if (row.quarantined !== null) return `quarantined: ${row.quarantined}`;
  const isNext = before?.epoch === epoch && Number(before.seq) === seq - 1;
  const expected = isNext ? before.hash : sha256(genesisText(agent, epoch)).digest("hex");
  if (!isNext && seq !== 1) return "a number before it is missing";
  return prev === expected ? null : "it does not follow the one before";
}

export const durableOf = ({ lines }: Pick<NumbersChild, "lines">): number[] =>
  lines.flatMap((line) => ("n" in line && line.put === "durable" ? [line.n] : []));

export const producedOf = ({ lines }: Pick<NumbersChild, "lines">): number[] => lines.flatMap((line) => ("n" in line ? [line.n] : []));

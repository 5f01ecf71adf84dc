import { canonicalJson, keyId, type ReportManifest, reportText, timestampRequest } from "@truebound/audit";
import { type Batch, chainText } from "@truebound/wire";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { MemoryBundle } from "../server/src/report/memory-bundle.fixture.ts";
import { checks, newKey, sha256Hex } from "../server/src/report/memory-crypto.fixture.ts";
import { MemoryLog } from "../server/src/report/memory-log.fixture.ts";
import type { World } from "../server/src/report/memory-world.fixture.ts";
import { hasOpenssl, type TimeAuthority, timeAuthority } from "../server/test/time-authority.ts";
import { firstTells, HAS_PYTHON, NEEDS_PYTHON, secondTells } from "./two-verifiers.ts";
import { reported, troubledWorld } from "./verified-scene.ts";

/**
 * Twelve things that somebody inside can do who holds the database, and the key of the server where that helps: each is found
 * offline, from the bundle alone, by both verifiers, which name the first index that is bad.
 */
let authority: TimeAuthority;
let world: World;
/** A report, and one that was made when more lay in the log. */
let earlier: MemoryBundle;
let bundle: MemoryBundle;
const DELETION = { kind: "deletion", what: "batches", from: "1/7", to: "1/9", count: 3, who: "retention", at_ns: "17" } as const;
const stamp = (sha256: Uint8Array) => authority.reply(timestampRequest(sha256, Uint8Array.of(1, 2, 3)));

beforeAll(async () => {
  if (!hasOpenssl) return;
  authority = timeAuthority();
  world = troubledWorld(7, 2);
  world.log.append({ ...DELETION, host: host(0) });
  earlier = await reported(world);
  world.log.stamp(stamp);
  world.log.append({ ...DELETION, host: host(1) });
  bundle = await reported(world);
});
afterAll(() => authority?.end());

const host = (index: number): string => world.hosts[index]?.facts.id ?? "";
const file = (index: number): string => `evidence/${host(index)}.ndjson`;
type Line = Record<string, unknown>;
const linesOf = (text: string): Line[] =>
  text
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Line);

function withLines(name: string, change: (lines: Line[]) => Line[], of = bundle): MemoryBundle {
  const copy = of.copy();
  const after = change(linesOf(copy.text(name))).map((line) => `${JSON.stringify(line)}\n`);
  expect(after.join("")).not.toBe(copy.text(name));
  copy.files.set(name, Buffer.from(after.join("")));
  return copy;
}

/** By one who has the server's key. */
function resigned(change: (manifest: ReportManifest) => object, files = bundle): MemoryBundle {
  const copy = files.copy();
  const text = canonicalJson(change(JSON.parse(files.text("manifest.json"))) as Parameters<typeof canonicalJson>[0]);
  const public_key = Buffer.from(world.key.publicKey).toString("base64url");
  const signature = Buffer.from(world.key.sign(reportText(sha256Hex(text)))).toString("base64url");
  copy.files.set("manifest.json", Buffer.from(text));
  copy.files.set("manifest.sig", Buffer.from(JSON.stringify({ key_id: keyId(world.key.publicKey, checks), public_key, signature })));
  return copy;
}
const ofHost = (index: number, change: (one: ReportManifest["hosts"][number]) => object) => (manifest: ReportManifest) => ({
  ...manifest,
  hosts: manifest.hosts.map((one) => (one.id === host(index) ? change(one) : one)),
});

const batchAt = (lines: readonly Line[], seq: number): number => lines.findIndex((line) => line.kind === "batch" && line.seq === seq);
const edited = (lines: Line[], seq: number, change: (line: Line) => Line): Line[] =>
  lines.with(batchAt(lines, seq), change(lines[batchAt(lines, seq)] as Line));

/** The log is written anew, of the same size and with one batch changed, and signed; the report before is the one that was handed out. */
async function forked(change: (batch: Batch) => Batch): Promise<MemoryBundle> {
  const forged = troubledWorld(7, 2);
  const log = new MemoryLog(world.key);
  for (const { facts, key } of forged.hosts)
    log.append({ kind: "enrol", host: facts.id, name: facts.name, public_key: Buffer.from(key.publicKey).toString("base64url") });
  let size = forged.hosts.length;
  for (const { facts, batches } of forged.hosts) {
    let prev = "";
    for (const [index, one] of batches.entries()) {
      const body = index === 8 ? Buffer.from(JSON.stringify(change(JSON.parse(Buffer.from(one.body).toString()) as Batch))) : one.body;
      const isNext = index > 0 && one.seq === (batches[index - 1]?.seq ?? 0) + 1;
      const prevHash = isNext ? prev : one.prevHash;
      const contentDigest = `sha-256=:${Buffer.from(checks.sha256(body)).toString("base64")}:`;
      prev = sha256Hex(chainText({ agent: facts.id, epoch: 1, seq: one.seq, prev: prevHash, contentDigest }));
      batches[index] = { ...one, body, prevHash, hash: prev };
      log.append({ kind: "batch", host: facts.id, epoch: 1, seq: one.seq, hash: prev, received_at_ns: String(one.receivedAt) });
      size += 1;
    }
  }
  for (; size < handedOut().size; size += 1) log.append(DELETION);
  // What was declared lies in its log from here on.
  await reported(forged);
  forged.made.splice(0, forged.made.length, ...world.made);
  return reported({ ...forged, ports: (sink) => ({ ...forged.ports(sink), log, signer: world.key }) });
}

const handedOut = (): ReportManifest["log"]["head"] => (world.made.at(-1) as (typeof world.made)[number]).head;
const leafOf = (of: number, seq: number): number => {
  const lines = linesOf(bundle.text(file(of)));
  return ((lines[batchAt(lines, seq)] as Line).leaf as { readonly index: number }).index;
};
const deletionLeaf = (of: MemoryBundle): number =>
  Number(linesOf(of.text("log.ndjson")).find(({ entry }) => (entry as Line | undefined)?.kind === "deletion")?.index);

const TWELVE: Readonly<Record<string, readonly [() => MemoryBundle | Promise<MemoryBundle>, () => string]>> = {
  edit: [
    () =>
      withLines(file(0), (lines) =>
        edited(lines, 5, (line) => ({ ...line, body: Buffer.from(`${Buffer.from(String(line.body), "base64")} `).toString("base64") })),
      ),
    () => `step evidence, host ${host(0)}, epoch 1, seq 5, rule body`,
  ],
  delete: [
    () => withLines(file(0), (lines) => lines.filter(({ seq }) => seq !== 3 && seq !== 4)),
    () => `step evidence, host ${host(0)}, epoch 1, seq 3, rule lost_evidence`,
  ],
  insert: [
    () => withLines(file(0), (lines) => lines.toSpliced(batchAt(lines, 4) + 1, 0, { ...lines[batchAt(lines, 4)], seq: 5 })),
    () => `step evidence, host ${host(0)}, epoch 1, seq 5, rule chain`,
  ],
  reorder: [
    () =>
      withLines(file(0), (lines) => {
        const [a, b] = [batchAt(lines, 11), batchAt(lines, 12)];
        return lines.with(a, lines[b] as Line).with(b, lines[a] as Line);
      }),
    () => `step evidence, host ${host(0)}, epoch 1, seq 11, rule order`,
  ],
  rollback: [
    () => resigned((one) => ({ ...one, previous: { id: "handed out", sha256: "0".repeat(64), head: handedOut() } }), earlier),
    () => `step heads, rule consistency: The log of 2026-03 does not go on from (the|its) ${handedOut().size} leaves`,
  ],
  "tail cut": [
    () =>
      resigned(
        ofHost(0, (one) => ({ ...one, chains: one.chains.map((chain) => ({ ...chain, last_seq: chain.last_seq - 1 })) })),
        withLines(file(0), (lines) => lines.slice(0, -2)),
      ),
    () => `step evidence, host ${host(0)}, epoch 1, seq 119, rule delivery`,
  ],
  "fork of a size": [
    () => forked((batch) => ({ ...batch, software: "forged" })),
    () => `step heads, rule consistency: The log of 2026-03 does not go on from (the|its) ${handedOut().size} leaves`,
  ],
  "key swap": [
    () => {
      const public_key = Buffer.from(newKey().publicKey).toString("base64url");
      return resigned(ofHost(0, (one) => ({ ...one, keys: one.keys.map((key) => ({ ...key, public_key })) })));
    },
    () => `step evidence, host ${host(0)}, rule host_key: Leaf 0 of 2026-03 does not know key`,
  ],
  "back-dated agent": [
    () => withLines(file(0), (lines) => edited(lines, 6, (line) => ({ ...line, received_at_ns: "1772500000000000001" }))),
    () => `step evidence, host ${host(0)}, epoch 1, seq 6, rule leaf: Leaf ${leafOf(0, 6)} of 2026-03`,
  ],
  "dropped gap record": [
    () => resigned(ofHost(1, (one) => ({ ...one, chains: one.chains.map((chain) => ({ ...chain, lost: [] })) }))),
    () => `step evidence, host ${host(1)}, epoch 1, seq \\d+, rule lost_evidence`,
  ],
  "replaced anchor": [
    () => {
      const copy = bundle.copy();
      const name = [...copy.files.keys()].find((one) => one.endsWith(".tsr")) ?? "";
      copy.files.set(name, stamp(checks.sha256("another head")));
      return copy;
    },
    () => "step anchors, rule anchor: anchors/[0-9a-f]{64}.tsr",
  ],
  "altered deletion entry": [
    () =>
      withLines("log.ndjson", (lines) =>
        lines.map((line) =>
          (line.entry as Line | undefined)?.kind === "deletion" ? { ...line, entry: { ...(line.entry as Line), count: 2 } } : line,
        ),
      ),
    () => `step evidence, rule leaf: Leaf ${deletionLeaf(bundle)} of 2026-03`,
  ],
};

describe.skipIf(!HAS_PYTHON || !hasOpenssl)(`twelve insider attacks${NEEDS_PYTHON}`, () => {
  it("have a report to begin with that holds, with an anchor and a deletion in it", async () => {
    expect(await firstTells(bundle)).toBeNull();
    expect(secondTells(bundle)).toBeNull();
    expect(deletionLeaf(bundle)).toBeGreaterThan(0);
    expect(Object.keys(TWELVE)).toHaveLength(12);
  });
  it.each(Object.keys(TWELVE))("%s", async (name) => {
    const [forge, names] = TWELVE[name] as (typeof TWELVE)[string];
    const forged = await forge();
    const first = new RegExp(`^Does not hold: ${names()}`);
    expect(await firstTells(forged)).toMatch(first);
    expect(secondTells(forged)).toMatch(first);
  });
});

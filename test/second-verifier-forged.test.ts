import { canonicalJson, keyId, type ReportManifest, reportText } from "@truebound/audit";
import { type Batch, chainText } from "@truebound/wire";
import { beforeAll, describe, expect, it } from "vitest";
import type { MemoryBundle } from "../server/src/report/memory-bundle.fixture.ts";
import { checks, newKey, sha256Hex } from "../server/src/report/memory-crypto.fixture.ts";
import { MemoryLog } from "../server/src/report/memory-log.fixture.ts";
import type { World } from "../server/src/report/memory-world.fixture.ts";
import { firstSays, HAS_PYTHON, NEEDS_PYTHON, type Said, secondSays } from "./two-verifiers.ts";
import { drawing, reported, troubledWorld } from "./verified-scene.ts";

/** Every forgery is refused by both verifiers, which name the same first thing that does not hold. */
let world: World;
let bundle: MemoryBundle;
beforeAll(async () => {
  world = troubledWorld(7, 2);
  await reported(world);
  bundle = await reported(world);
});

const host = (index: number): string => world.hosts[index]?.facts.id ?? "";
const file = (index: number): string => `evidence/${host(index)}.ndjson`;
type Line = Record<string, unknown>;
const linesOf = (text: string): Line[] =>
  text
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line));
const joined = (lines: readonly Line[]): string => lines.map((line) => `${JSON.stringify(line)}\n`).join("");

function withText(name: string, change: (text: string) => string): MemoryBundle {
  const copy = bundle.copy();
  const after = change(copy.text(name));
  expect(after).not.toBe(copy.text(name));
  copy.files.set(name, Buffer.from(after));
  return copy;
}
const withLines = (name: string, change: (lines: Line[]) => Line[]): MemoryBundle =>
  withText(name, (text) => joined(change(linesOf(text))));

/** By one who has the issuer's key. */
function resigned(change: (manifest: ReportManifest) => object, key = world.key, files = bundle): MemoryBundle {
  const copy = files.copy();
  const text = canonicalJson(change(JSON.parse(files.text("manifest.json"))) as Parameters<typeof canonicalJson>[0]);
  const public_key = Buffer.from(key.publicKey).toString("base64url");
  const signature = Buffer.from(key.sign(reportText(sha256Hex(text)))).toString("base64url");
  copy.files.set("manifest.json", Buffer.from(text));
  copy.files.set("manifest.sig", Buffer.from(JSON.stringify({ key_id: keyId(key.publicKey, checks), public_key, signature })));
  return copy;
}
const ofHost = (index: number, change: (one: ReportManifest["hosts"][number]) => object) => (manifest: ReportManifest) => ({
  ...manifest,
  hosts: manifest.hosts.map((one) => (one.id === host(index) ? change(one) : one)),
});
const ofResults = (change: (one: ReportManifest["results"][number]) => object) => (manifest: ReportManifest) => ({
  ...manifest,
  results: manifest.results.map(change),
});

/** A fleet whose server rewrote a batch, the chain behind it and the whole log, and signed its heads anew. */
async function rewritten(change: (batch: Batch) => Batch): Promise<MemoryBundle> {
  const forged = troubledWorld(7, 2);
  const log = new MemoryLog(forged.key);
  for (const { facts, key } of forged.hosts)
    log.append({ kind: "enrol", host: facts.id, name: facts.name, public_key: Buffer.from(key.publicKey).toString("base64url") });
  for (const { facts, batches } of forged.hosts) {
    let prev = "";
    for (const [index, one] of batches.entries()) {
      const follows = one.seq === (batches[index - 1]?.seq ?? 0) + 1 && index > 0;
      const body = index === 10 ? Buffer.from(JSON.stringify(change(JSON.parse(Buffer.from(one.body).toString())))) : one.body;
      const prevHash = follows ? prev : one.prevHash;
      const contentDigest = `sha-256=:${Buffer.from(checks.sha256(body)).toString("base64")}:`;
      prev = sha256Hex(chainText({ agent: facts.id, epoch: 1, seq: one.seq, prev: prevHash, contentDigest }));
      batches[index] = { ...one, body, prevHash, hash: prev };
      log.append({ kind: "batch", host: facts.id, epoch: 1, seq: one.seq, hash: prev, received_at_ns: String(one.receivedAt) });
    }
  }
  return reported({ ...forged, ports: (sink) => ({ ...forged.ports(sink), log }) });
}

const batchAt = (lines: readonly Line[], seq: number): number => lines.findIndex((line) => line.kind === "batch" && line.seq === seq);
const edited = (lines: Line[], seq: number, change: (line: Line) => Line): Line[] =>
  lines.with(batchAt(lines, seq), change(lines[batchAt(lines, seq)] as Line));

type Forgery = readonly [string, () => MemoryBundle | Promise<MemoryBundle>, Partial<Said>];
const MUTATIONS: readonly Forgery[] = [
  [
    "one digit of a total is flipped",
    () => withText("manifest.json", (text) => text.replace(/"audited_ns":"\d/, '"audited_ns":"9')),
    { step: "signature", rule: "manifest_signature" },
  ],
  [
    "one digit of a body is flipped",
    () =>
      withLines(file(1), (lines) =>
        edited(lines, 5, (line) => {
          const body = Buffer.from(Buffer.from(String(line.body), "base64").toString().replace('"base":"14', '"base":"15'));
          return { ...line, body: body.toString("base64") };
        }),
      ),
    { step: "evidence", rule: "body", epoch: 1, seq: 5 },
  ],
  [
    "a line is dropped",
    () => withLines(file(0), (lines) => lines.toSpliced(batchAt(lines, 3), 1)),
    { step: "evidence", rule: "delivery", seq: 4 },
  ],
  [
    "two lines are swapped",
    () =>
      withLines(file(0), (lines) => {
        const [a, b] = [batchAt(lines, 3), batchAt(lines, 4)];
        return lines.with(a, lines[b] as Line).with(b, lines[a] as Line);
      }),
    { step: "evidence", rule: "order", seq: 3 },
  ],
  [
    "a host is dropped",
    () => {
      const copy = bundle.copy();
      copy.files.delete(file(1));
      return copy;
    },
    { step: "evidence", rule: "missing" },
  ],
  [
    "the profile is swapped",
    () =>
      resigned((one) => ({
        ...one,
        profiles: one.profiles.map(({ profile, sha256 }) => ({ profile: { ...profile, limit_ns: ["-200000", "200000"] }, sha256 })),
      })),
    { step: "profiles", rule: "profile_hash" },
  ],
  ["it is signed again with another key", () => resigned((one) => one, newKey()), { step: "signature", rule: "issuer_key" }],
  ["the tail is cut off", () => withLines(file(0), (lines) => lines.slice(0, -1)), { step: "evidence", rule: "delivery" }],
  ["the log is cut off within a line", () => withText("log.ndjson", (text) => text.slice(0, 100)), { step: "heads", rule: "malformed" }],
  ["only the PDF is edited", () => withText("report.pdf", (text) => `${text} PASS`), { step: "rendered", rule: "rendered_file" }],
];

const ATTACKS: readonly Forgery[] = [
  [
    "edits a batch, and makes chain, log and heads anew",
    () => rewritten((batch) => ({ ...batch, software: "forged" })),
    { step: "evidence", rule: "delivery_signature", seq: 12 },
  ],
  [
    "deletes a delivery",
    () => withLines(file(0), (lines) => lines.filter(({ seq }) => seq !== 3 && seq !== 4)),
    { step: "evidence", rule: "lost_evidence" },
  ],
  [
    "inserts a batch",
    () => withLines(file(0), (lines) => lines.toSpliced(batchAt(lines, 4) + 1, 0, { ...lines[batchAt(lines, 4)], seq: 5 })),
    { step: "evidence", rule: "chain", seq: 5 },
  ],
  [
    "reorders deliveries",
    () => withLines(file(0), (lines) => [...lines.slice(3, 6), ...lines.slice(0, 3), ...lines.slice(6)]),
    { step: "evidence", seq: 1, rule: "order" },
  ],
  [
    "rolls the log back behind the report before",
    () =>
      resigned((one) => ({
        ...one,
        previous: one.previous && { ...one.previous, head: { ...one.previous.head, size: one.log.head.size + 1 } },
      })),
    { step: "heads", rule: "consistency" },
  ],
  [
    "cuts off the tail, numbers included",
    () =>
      resigned(
        ofHost(0, (one) => ({ ...one, chains: one.chains.map((chain) => ({ ...chain, last_seq: chain.last_seq - 1 })) })),
        world.key,
        withLines(file(0), (lines) => lines.slice(0, -2)),
      ),
    { step: "evidence", rule: "delivery" },
  ],
  [
    "forks the log at a size",
    () =>
      resigned((one) => ({ ...one, previous: one.previous && { ...one.previous, head: { ...one.previous.head, root: "0".repeat(64) } } })),
    { step: "heads", rule: "consistency" },
  ],
  [
    "gives a host another key",
    () => {
      const public_key = Buffer.from(newKey().publicKey).toString("base64url");
      return resigned(ofHost(0, (one) => ({ ...one, keys: one.keys.map((key) => ({ ...key, public_key })) })));
    },
    { step: "evidence", rule: "host_key" },
  ],
  [
    "dates a batch back",
    () => withLines(file(0), (lines) => edited(lines, 6, (line) => ({ ...line, received_at_ns: "1772500000000000001" }))),
    { step: "evidence", rule: "leaf", seq: 6 },
  ],
  [
    "hides that evidence was lost",
    () => resigned(ofHost(1, (one) => ({ ...one, chains: one.chains.map((chain) => ({ ...chain, lost: [] })) }))),
    { step: "evidence", rule: "lost_evidence" },
  ],
  [
    "alters an entry of the log",
    () =>
      withLines("log.ndjson", (lines) =>
        lines.map((line) => (line.kind === "leaf" ? { ...line, entry: { ...(line.entry as Line), name: "somebody" } } : line)),
      ),
    { step: "evidence", rule: "leaf" },
  ],
  [
    "puts another root into a head",
    () => withLines("log.ndjson", (lines) => lines.map((line) => (line.kind === "head" ? { ...line, root: "1".repeat(64) } : line))),
    { step: "heads", rule: "head_signature" },
  ],
  [
    "puts another hash into a tile",
    () =>
      withLines("log.ndjson", (lines) =>
        lines.map((line) => {
          if (line.kind !== "tile" || line.level !== 0 || line.tile !== 0) return line;
          const hashes = Buffer.from(String(line.hashes), "base64");
          hashes[40] = (hashes[40] ?? 0) ^ 1;
          return { ...line, hashes: hashes.toString("base64") };
        }),
      ),
    { step: "evidence" },
  ],
  [
    "drops a host from results and evidence",
    () => {
      const copy = resigned((one) => ({
        ...one,
        hosts: one.hosts.filter(({ id }) => id !== host(1)),
        results: one.results.filter((result) => result.host !== host(1)),
      }));
      copy.files.delete(file(1));
      return copy;
    },
    { step: "results", rule: "totals" },
  ],
  [
    "moves a verdict by one nanosecond",
    () =>
      resigned(ofResults((one) => ({ ...one, spans: one.spans.map(([from, to, verdict]) => [from, to.replace(/\dZ$/, "1Z"), verdict]) }))),
    { step: "results", rule: "recomputed" },
  ],
  [
    "widens the limit of a result",
    () => resigned(ofResults((one) => ({ ...one, terms: { ...one.terms, limit_ns: ["-900000", "900000"] } }))),
    { step: "profiles", rule: "profile_limit" },
  ],
  [
    "widens the horizon",
    () => resigned(ofResults((one) => ({ ...one, terms: { ...one.terms, horizon_ns: "3600000000000" } }))),
    { step: "profiles", rule: "scope_terms" },
  ],
  [
    "claims a smaller drift",
    () => resigned(ofResults((one) => ({ ...one, terms: { ...one.terms, drift_ppb: 1000 } }))),
    { step: "results", rule: "recomputed" },
  ],
  ["calls a host by another name", () => resigned(ofHost(1, (one) => ({ ...one, name: "host-9" }))), { step: "evidence" }],
  ["calls it provisional", () => resigned((one) => ({ ...one, final: !one.final })), { step: "profiles", rule: "final" }],
  [
    "counts time twice",
    () => resigned((one) => ({ ...one, results: [...one.results, ...one.results.slice(0, 1)] })),
    { step: "profiles", rule: "twice" },
  ],
  ["claims a document", () => resigned(ofResults((one) => ({ ...one, documents: ["nothing"] }))), { step: "profiles", rule: "document" }],
  [
    "adds up more than there is",
    () => resigned((one) => ({ ...one, totals: { ...one.totals, violation_ns: "0" } })),
    { step: "results", rule: "totals" },
  ],
];

describe.skipIf(!HAS_PYTHON)(`a forged report${NEEDS_PYTHON}`, () => {
  it.each([...MUTATIONS, ...ATTACKS])("is refused by both, who name the same first thing: %s", async (_, forge, expected) => {
    const forged = await forge();
    const said = await firstSays(forged);
    expect(said).toMatchObject(expected);
    expect(secondSays(forged)).toEqual(said);
  });

  it("one character is another one somewhere: neither lets it pass", async () => {
    const { whole } = drawing(9);
    for (const name of [...bundle.files.keys(), ...bundle.files.keys()]) {
      const text = bundle.text(name);
      const at = whole(0, text.length - 2);
      const flipped = withText(name, () => `${text.slice(0, at)}${text[at] === "7" ? "8" : "7"}${text.slice(at + 1)}`);
      const said = [await firstSays(flipped), secondSays(flipped)];
      expect(said.includes(null), `${name}, character ${at}: ${JSON.stringify(said)}`).toBe(false);
    }
  });
  it("both hold the report against the key that is expected", async () => {
    expect(await firstSays(bundle, world.key.keyId)).toBeNull();
    expect(secondSays(bundle, world.key.keyId)).toBeNull();
    expect(await firstSays(bundle, newKey().keyId)).toMatchObject({ rule: "expected_key" });
    expect(secondSays(bundle, newKey().keyId)).toMatchObject({ rule: "expected_key" });
  });
});

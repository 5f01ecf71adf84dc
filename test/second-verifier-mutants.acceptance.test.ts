import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import {
  canonicalJson,
  type Json,
  keyId,
  type ReportManifest,
  renderedText,
  reportText,
  resultsText,
  verifyBundle,
} from "@truebound/audit";
import { beforeAll, describe, expect, inject, it } from "vitest";
import { type BundleContent, MUTANT_KINDS, type Mutant, mutantOf } from "../packages/testkit/src/long/bundles/mutant.ts";
import { bundleFiles } from "../server/src/adapters/bundle-folder.ts";
import { verifyPorts } from "../server/src/adapters/verify/verify-ports.ts";
import { checks, sha256Hex } from "../server/src/report/memory-crypto.fixture.ts";
import type { World } from "../server/src/report/memory-world.fixture.ts";
import { HAS_PYTHON, NEEDS_PYTHON, type Said, saidIn } from "./two-verifiers.ts";
import { reported, reportedBoth, troubledWorld } from "./verified-scene.ts";

/** Bundles with one thing changed: both verifiers must say the same of each, and fail at the same first place. */
const IS_LONG = inject("long") === true;
const MUTANTS = IS_LONG ? 2_000 : 40;
/** Beside each other in memory and on disk. */
const AT_ONCE = 200;

const PYTHON = `
import contextlib, importlib.util, io, json, sys
spec = importlib.util.spec_from_file_location("verify", sys.argv[1])
verify = sys.modules["verify"] = importlib.util.module_from_spec(spec)
spec.loader.exec_module(verify)
for line in sys.stdin:
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = verify.verify(line.rstrip("\\n"), None, False)
    print(json.dumps([code, err.getvalue()]))
`;
const VERIFIER = join(import.meta.dirname, "..", "docs", "verify", "verify.py");

function secondSaysOfAll(folders: readonly string[]): (Said | null)[] {
  const { stdout, stderr } = spawnSync("python3", ["-c", PYTHON, VERIFIER], {
    input: folders.map((one) => `${one}\n`).join(""),
    encoding: "utf8",
  });
  const lines = stdout.trim().split("\n");
  if (lines.length !== folders.length) throw new Error(`verify.py answered ${lines.length} of ${folders.length}: ${stderr}`);
  return lines.map((line) => saidIn(...(JSON.parse(line) as [number, string])));
}

async function firstSaysOf(folder: string): Promise<Said | null> {
  const found = await verifyBundle({ ...verifyPorts, files: bundleFiles(folder) });
  if (found.kind === "holds") return null;
  const { step, host, epoch, seq, rule } = found.failure;
  return { step, host, epoch, seq, rule };
}

describe.skipIf(!HAS_PYTHON)(`a bundle in which one thing was changed${NEEDS_PYTHON}`, () => {
  let world: World;
  let files: BundleContent;
  beforeAll(async () => {
    world = troubledWorld(7, 2);
    // Of pairs too, which take longer.
    ({ files } = await (IS_LONG ? reportedBoth(world) : reported(world)));
  });

  /** By whoever holds the issuer's key; the hash of the results too, where there are any. */
  function resign(before: BundleContent, manifest: string): BundleContent {
    const text = withResults(manifest);
    const over = (said: string): string => Buffer.from(world.key.sign(said)).toString("base64url");
    const sha256 = sha256Hex(text);
    const rendered = JSON.parse(Buffer.from(before.get("rendered.json") as Uint8Array).toString()) as { files: Record<string, string> };
    const public_key = Buffer.from(world.key.publicKey).toString("base64url");
    const signed = { key_id: keyId(world.key.publicKey, checks), public_key, signature: over(reportText(sha256)) };
    return new Map(before)
      .set("manifest.json", Buffer.from(text))
      .set("manifest.sig", Buffer.from(JSON.stringify(signed)))
      .set("rendered.json", Buffer.from(JSON.stringify({ files: rendered.files, signature: over(renderedText(sha256, rendered.files)) })));
  }

  function withResults(manifest: string): string {
    try {
      const said = JSON.parse(manifest) as ReportManifest;
      const again = canonicalJson({ ...said, results_sha256: sha256Hex(resultsText(said)) } as unknown as Json);
      return canonicalJson(said as unknown as Json) === manifest ? again : manifest;
    } catch {
      return manifest; // no manifest, or none that could be canonical
    }
  }

  async function compared(
    numbers: readonly number[],
  ): Promise<{ mutant: Mutant; number: number; first: Said | null; second: Said | null }[]> {
    const folder = mkdtempSync(join(tmpdir(), "truebound-mutants-"));
    try {
      const mutants = numbers.map((number) => ({ number, mutant: mutantOf(files, number, resign), folder: join(folder, String(number)) }));
      for (const { mutant, folder } of mutants)
        for (const [name, bytes] of mutant.files) {
          mkdirSync(dirname(join(folder, name)), { recursive: true });
          writeFileSync(join(folder, name), bytes);
        }
      const second = secondSaysOfAll(mutants.map(({ folder }) => folder));
      const first: (Said | null)[] = [];
      for (const one of mutants) first.push(await firstSaysOf(one.folder));
      return mutants.map(({ number, mutant }, at) => ({ number, mutant, first: first[at] ?? null, second: second[at] ?? null }));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }

  it(`has one verdict, first rule and place (${MUTANTS} mutants)`, { timeout: 1_800_000 }, async () => {
    const [rules, kinds, differing] = [new Set<string>(), new Set<string>(), [] as object[]];
    for (let from = 0; from < MUTANTS; from += AT_ONCE) {
      const numbers = Array.from({ length: Math.min(AT_ONCE, MUTANTS - from) }, (_, at) => from + at);
      for (const { number, mutant, first, second } of await compared(numbers)) {
        rules.add(first === null ? "holds" : `${first.step} ${first.rule}`);
        kinds.add(mutant.kind);
        if (JSON.stringify(first) !== JSON.stringify(second))
          differing.push({ number, kind: mutant.kind, file: mutant.file, first, second });
      }
    }
    expect(differing).toEqual([]);
    expect([...kinds].sort()).toEqual([...MUTANT_KINDS].sort());
    // They do reach different places.
    expect(rules.size).toBeGreaterThan(7);
  });

  it("is the same one each time it is drawn", () => {
    for (let number = 0; number < MUTANT_KINDS.length; number++) {
      const [once = [], again] = [1, 2].map(() =>
        [...mutantOf(files, number, resign).files].map(([name, bytes]) => `${name} ${sha256Hex(bytes)}`),
      );
      expect(again).toEqual(once);
    }
  });
});

import { spawnSync } from "node:child_process";
import { appendFileSync, cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { verifyBundle } from "@truebound/audit";
import { describe, expect, it } from "vitest";
import { FAKETIME, withClockOff } from "../agent/test/false-clock.ts";
import { bundleFiles } from "../server/src/adapters/bundle-folder.ts";
import { verifyPorts } from "../server/src/adapters/verify/verify-ports.ts";
import { HAS_PYTHON, NEEDS_PYTHON, secondSaysOf, VERIFIER } from "./two-verifiers.ts";

/** Reports that earlier releases made, kept as they were made: whoever holds one must be able to verify it for as long as the law asks. */
const GOLDEN = new URL("./golden", import.meta.url).pathname;
const CLI = new URL("../bin/truebound.js", import.meta.url).pathname;
const RELEASES = readdirSync(GOLDEN).filter((name) => !name.endsWith(".key"));
/** As the release signed: kept apart, as whoever verifies has it from elsewhere. */
const keyOf = (release: string): string => readFileSync(join(GOLDEN, `${release}.key`), "utf8").trim();

describe.skipIf(!HAS_PYTHON)(`a report made by an earlier release${NEEDS_PYTHON}`, () => {
  it.each(RELEASES)("%s holds for both verifiers", async (release) => {
    const folder = join(GOLDEN, release);
    const verified = await verifyBundle({ ...verifyPorts, files: bundleFiles(folder) }, { keyId: keyOf(release) });
    expect(verified).toMatchObject({ kind: "holds", manifest: { totals: { verdicts: { FAIL: 1, INCONCLUSIVE: 1 } } } });
    expect(secondSaysOf(folder, keyOf(release))).toBeNull();
  });
  it.each(RELEASES)("%s has what people read of it, and neither verifier takes another one", async (release) => {
    const copy = mkdtempSync(join(tmpdir(), "golden-"));
    for (const name of ["report.csv", "report.html", "report.pdf"]) {
      cpSync(join(GOLDEN, release), copy, { recursive: true });
      appendFileSync(join(copy, name), " ");
      const found = await verifyBundle({ ...verifyPorts, files: bundleFiles(copy) });
      expect(found).toMatchObject({ failure: { step: "rendered", rule: "rendered_file", detail: expect.stringContaining(name) } });
      expect(secondSaysOf(copy)).toMatchObject({ step: "rendered", rule: "rendered_file" });
    }
    rmSync(copy, { recursive: true });
  });
  it("is told in the same words by both: period, verdicts, and who signed it", () => {
    for (const release of RELEASES) {
      const folder = join(GOLDEN, release);
      const told = spawnSync("python3", [VERIFIER, folder], { encoding: "utf8" });
      expect(told.stdout).toMatch(
        /^Holds: report \S+ of \S+ to \S+.*\n {2}SHA-256 .*\n {2}signed by .*--key\n.*\n {2}verdicts {2}FAIL 1, INCONCLUSIVE 1\n {2}sign-off {2}nobody has signed it\n$/,
      );
      expect(spawnSync(process.execPath, [CLI, "report", "verify", folder], { encoding: "utf8" }).stdout).toBe(told.stdout);
    }
  });
  it("is held against a key whose id begins with -, in whichever way that is named", () => {
    const folder = join(GOLDEN, RELEASES[0] as string);
    for (const [program, ...args] of [
      ["python3", VERIFIER, folder, "--key=-abcdefghijklmno"],
      ["python3", VERIFIER, "--key", "-abcdefghijklmno", folder],
      [process.execPath, CLI, "report", "verify", folder, "--key=-abcdefghijklmno"],
    ] as const) {
      const { status, stderr } = spawnSync(program, args, { encoding: "utf8" });
      expect([status, stderr]).toEqual([
        1,
        expect.stringMatching(/rule expected_key: .* which is not -abcdefghijklmno and does not follow it\n$/),
      ]);
    }
    for (const args of [["--key="], ["--key=a", "--key=b"], ["--kex=a"]])
      expect(spawnSync("python3", [VERIFIER, folder, ...args]).status).toBe(2);
  });
  it("that is not there is no report that fails: both say so, and exit with 2", () => {
    for (const [program, ...args] of [
      ["python3", VERIFIER],
      [process.execPath, CLI, "report", "verify"],
    ] as const) {
      const { status, stderr } = spawnSync(program, [...args, join(GOLDEN, "nowhere")], { encoding: "utf8" });
      expect([status, stderr]).toEqual([2, expect.stringMatching(/^Cannot verify \S+nowhere: there is no such folder; name the bundle/)]);
    }
  });
  it.skipIf(FAKETIME === undefined)("holds for both where the clock is wrong by 20 years (skipped: libfaketime not found)", () => {
    for (const years of [-20, 20]) {
      const env = { ...process.env, ...withClockOff(years * 365 * 86_400) };
      for (const release of RELEASES) {
        const folder = join(GOLDEN, release);
        expect(spawnSync("python3", [VERIFIER, folder], { env, encoding: "utf8" })).toMatchObject({ status: 0, stderr: "" });
        const own = spawnSync(process.execPath, [CLI, "report", "verify", folder], { env, encoding: "utf8" });
        expect(own).toMatchObject({ status: 0, stderr: "" });
      }
    }
  });
});

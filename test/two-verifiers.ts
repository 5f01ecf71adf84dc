import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { hostsInTurn, verifyBundle } from "@truebound/audit";
import { tokenCrypto } from "../server/src/adapters/tsa/token-crypto.ts";
import type { MemoryBundle } from "../server/src/report/memory-bundle.fixture.ts";
import { checks, wire } from "../server/src/report/memory-crypto.fixture.ts";
import { tellVerified } from "../server/src/report/report-command.ts";

/** What a verifier says of a bundle: null = it holds, otherwise where it does not. */
export interface Said {
  readonly step: string;
  readonly host: string | null;
  readonly epoch: number | null;
  readonly seq: number | null;
  readonly rule: string;
}

/** The line in which a verifier says what does not hold; null = it holds. */
export async function firstTells(files: MemoryBundle): Promise<string | null> {
  const ports = { crypto: checks, wire, token: tokenCrypto(null) };
  const { code, err } = await tellVerified(ports, files, hostsInTurn, {
    do: "verify",
    bundle: "",
    keyId: null,
    countersigned: false,
    json: false,
  });
  return code === 0 ? null : err.trim();
}

export const secondTells = (files: MemoryBundle): string | null =>
  written(files, (folder) => {
    const { status, stderr } = spawnSync("python3", [VERIFIER, folder], { encoding: "utf8" });
    return status === 0 ? null : stderr.trim();
  });

export async function firstSays(files: MemoryBundle, key: string | null = null): Promise<Said | null> {
  const found = await verifyBundle({ files, crypto: checks, wire, token: tokenCrypto(null) }, { keyId: key });
  if (found.kind === "holds") return null;
  const { step, host, epoch, seq, rule } = found.failure;
  return { step, host, epoch, seq, rule };
}

export const VERIFIER = new URL("../docs/verify/verify.py", import.meta.url).pathname;
export const HAS_PYTHON = spawnSync("python3", ["-c", "import sys; sys.exit(sys.version_info < (3, 11))"]).status === 0;
/** Ends the names of suites that need it. */
export const NEEDS_PYTHON = HAS_PYTHON ? "" : " (skipped: python3, 3.11 or later, not found)";
const LINE =
  /^Does not hold: step (?<step>\w+)(?:, host (?<host>[^,]+))?(?:, epoch (?<epoch>\d+))?(?:, seq (?<seq>\d+))?, rule (?<rule>\w+): /;

/** What verify.py says of it, written into a folder for the purpose. */
export const secondSays = (files: MemoryBundle, key: string | null = null): Said | null =>
  written(files, (folder) => secondSaysOf(folder, key));

function written<T>(files: MemoryBundle, work: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), "truebound-bundle-"));
  try {
    for (const [name, bytes] of files.files) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), bytes);
    }
    return work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export function secondSaysOf(folder: string, key: string | null = null): Said | null {
  const { status, stderr } = spawnSync("python3", [VERIFIER, folder, ...(key === null ? [] : ["--key", key])], { encoding: "utf8" });
  return saidIn(status, stderr);
}

/** What verify.py says by its exit code and its line; null = it holds. */
export function saidIn(status: number | null, stderr: string): Said | null {
  if (status === 0) return null;
  const found = LINE.exec(stderr)?.groups;
  if (found === undefined) throw new Error(`verify.py ended with ${status} and no line of its form: ${stderr}`);
  const number = (text: string | undefined): number | null => (text === undefined ? null : Number(text));
  const { step = "", host, epoch, seq, rule = "" } = found;
  return { step, host: host ?? null, epoch: number(epoch), seq: number(seq), rule };
}

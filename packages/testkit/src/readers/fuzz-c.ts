import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SEGMENTS } from "../long/fuzz/client-targets.ts";
import { CLIENTS } from "./readers.ts";

const SANITIZED = ["-std=c11", "-O1", "-g", "-Wall", "-Wextra", "-Werror", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"];

/** What the reader in C said of so many bent segments, in a line; throws with the first that is wrong. Only where gcc is. */
export function fuzzReaderInC(cases: number, seed: number): string {
  const folder = mkdtempSync(join(tmpdir(), "truebound-fuzz-c-"));
  try {
    const [program, segments] = [join(folder, "fuzz"), join(folder, "segments")];
    writeFileSync(segments, Buffer.concat(SEGMENTS));
    execFileSync("gcc", [...SANITIZED, ...["fuzz.c", "truebound.c"].map((file) => join(CLIENTS, "c", file)), "-o", program]);
    return execFileSync(program, [segments, String(cases), String(seed)], { encoding: "utf8" }).trim();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

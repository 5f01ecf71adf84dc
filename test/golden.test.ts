import { readdirSync } from "node:fs";
import { join } from "node:path";
import { verifyBundle } from "@truebound/audit";
import { describe, expect, it } from "vitest";
import { bundleFiles } from "../server/src/adapters/bundle-folder.ts";
import { verifyPorts } from "../server/src/adapters/report-wiring.ts";
import { secondSaysOf } from "./verified-scene.ts";

/** Reports that earlier releases made, kept as they were made: whoever holds one must be able to verify it for as long as the law asks. */
const GOLDEN = new URL("./golden", import.meta.url).pathname;
const RELEASES = readdirSync(GOLDEN);
const KEY = "5mWd8SNYWntzU9wZ";

describe("a report made by an earlier release", () => {
  it.each(RELEASES)("%s holds for both verifiers", async (release) => {
    const folder = join(GOLDEN, release);
    const verified = await verifyBundle({ ...verifyPorts, files: bundleFiles(folder) }, { keyId: KEY });
    expect(verified).toMatchObject({ kind: "holds", manifest: { totals: { verdicts: { FAIL: 1, INCONCLUSIVE: 1 } } } });
    expect(secondSaysOf(folder, KEY)).toBeNull();
  });
});

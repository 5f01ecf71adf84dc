import type { ReportManifest } from "@truebound/audit";
import { beforeAll, describe, expect, it } from "vitest";
import type { MemoryBundle, World } from "../server/src/report/memory-world.fixture.ts";
import { firstSays, HAS_PYTHON, NEEDS_PYTHON, reportedMeasured, resigned, secondSays, troubledWorld } from "./verified-scene.ts";

/** By one who has the issuer's key. What stands in the CSV is of the manifest before, so that one that holds until there fails at `rendered`. */
let world: World;
let bundle: MemoryBundle;
beforeAll(async () => {
  world = troubledWorld(7, 1);
  bundle = await reportedMeasured(world, "stamp-test");
});

const measured = (app_error_ns: unknown, more: object = {}) => ({
  id: "stamp-test",
  title: "Stamp test on gw",
  sha256: "ab".repeat(32),
  stamp_point: null,
  app_error_ns,
  valid_from: "2016-01-01",
  valid_to: null,
  ...more,
});
const errorOf = (manifest: ReportManifest): bigint => BigInt(manifest.scopes[0]?.app_error_ns ?? "0");
const forged = (tests: (error: bigint) => unknown) =>
  resigned(world, bundle, (manifest) => ({
    ...manifest,
    stamp_tests: tests(errorOf(manifest)),
  }));

const ABOVE = (error: bigint) => String(error + 1n);
const LIES: readonly [string, (error: bigint) => unknown][] = [
  ["less than its stamp test measured", (error) => [measured(ABOVE(error))]],
  ["from a stamp test that is not there", () => []],
  ["from one of two of the same id", (error) => [measured(String(error)), measured("0")]],
  ["from a number that is no text", () => [measured(0)]],
  ["from less than nothing", () => [measured("-1")]],
  ["from a test without a stamp point", () => [measured("0", { stamp_point: 5 })]],
  ["from a test of no file", () => [measured("0", { sha256: "ab" })]],
  ["from a test of no day", () => [measured("0", { valid_to: "soon" })]],
  ["from no list", () => ({ "stamp-test": measured("0") })],
  ["from a list of nothing", () => [null]],
];
const REFUSED = { step: "profiles", rule: "app_error" };
const HOLDS = (error: bigint) => [measured(String(error), { valid_to: "2017-01-01" })];

describe("an application error", () => {
  it.each(LIES)("%s is refused", async (_, tests) => expect(await firstSays(forged(tests))).toMatchObject(REFUSED));
  it("that is what was measured holds", async () => expect(await firstSays(forged(HOLDS))).toMatchObject({ step: "rendered" }));
});

describe.skipIf(!HAS_PYTHON)(`by the second verifier, an application error${NEEDS_PYTHON}`, () => {
  it.each(LIES)("%s is refused", (_, tests) => expect(secondSays(forged(tests))).toMatchObject(REFUSED));
  it("that is what was measured holds", () => expect(secondSays(forged(HOLDS))).toMatchObject({ step: "rendered" }));
});

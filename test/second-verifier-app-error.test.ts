import type { ReportManifest } from "@truebound/audit";
import { beforeAll, describe, expect, it } from "vitest";
import type { MemoryBundle } from "../server/src/report/memory-bundle.fixture.ts";
import type { World } from "../server/src/report/memory-world.fixture.ts";
import { chainDocument } from "../server/src/traceability/chain-document.fixture.ts";
import { firstSays, HAS_PYTHON, NEEDS_PYTHON, secondSays } from "./two-verifiers.ts";
import { reportedMeasured, resigned, troubledWorld } from "./verified-scene.ts";

/** By one who has the issuer's key. What stands in the CSV is of the manifest before, so that one that holds until there fails at `rendered`. */
let world: World;
let bundle: MemoryBundle;
beforeAll(async () => {
  world = troubledWorld(7, 1);
  bundle = await reportedMeasured(world, TEST.id, [TEST]);
});

const TEST = chainDocument("stamp-test", {
  kind: "stamp_test",
  title: "Stamp test on gw",
  sha256: "ab".repeat(32),
  app_error_ns: "7001",
  valid_from: "2016-01-01",
  valid_to: "2017-01-01",
  uploaded_at: "2016-01-01T00:00:00.000000000Z",
});

/** Whose document is a certificate, and says that it is a test. */
async function calibrated(): Promise<MemoryBundle> {
  const other = troubledWorld(7, 1);
  const certificate = { ...TEST, kind: "calibration" } as const;
  const made = await reportedMeasured(other, TEST.id, [certificate]);
  return resigned(other, made, (one) => ({ ...one, stamp_tests: [measured("7001")] }));
}

const measured = (app_error_ns: unknown, more: object = {}) => ({
  id: "stamp-test",
  title: "Stamp test on gw",
  sha256: "ab".repeat(32),
  stamp_point: null,
  app_error_ns,
  valid_from: "2016-01-01",
  valid_to: "2017-01-01",
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
const UNLIKE = { step: "profiles", host: null, epoch: null, seq: null, rule: "document_leaf" };

/** What holds against the error of the scope, and is not what was handed in. */
const TWISTED: readonly (readonly [string, () => MemoryBundle])[] = [
  ["of less than the document says", () => forged(() => [measured("7000")])],
  ["of another title", () => forged((error) => [measured(String(error), { title: "Stamp test on db" })])],
  ["of another file", () => forged((error) => [measured(String(error), { sha256: "cd".repeat(32) })])],
  ["of another stamp point", () => forged((error) => [measured(String(error), { stamp_point: "desk" })])],
  ["in force for longer", () => forged((error) => [measured(String(error), { valid_to: null })])],
  ["beside one that nobody handed in", () => forged((error) => [measured(String(error)), measured("0", { id: "other-test" })])],
  ["whose document is not opened", () => unopened()],
];

/** As an older issuer made it, who opened no document. */
function unopened(): MemoryBundle {
  const copy = resigned(world, bundle, (one) => ({ ...one, declared: one.declared?.filter(({ what }) => what !== `document ${TEST.id}`) }));
  const lines = bundle.text("log.ndjson").split("\n");
  copy.files.set("log.ndjson", Buffer.from(lines.filter((line) => !line.includes(`"what":"document ${TEST.id}"`)).join("\n")));
  return copy;
}

describe("an application error", () => {
  it.each(LIES)("%s is refused", async (_, tests) => expect(await firstSays(forged(tests))).toMatchObject(REFUSED));
  it.each(TWISTED)("from a stamp test %s is refused", async (_, twisted) => expect(await firstSays(twisted())).toEqual(UNLIKE));
  it("from a document that measured nothing is refused", async () => expect(await firstSays(await calibrated())).toEqual(UNLIKE));
  it("that is what was measured holds", async () => expect(await firstSays(bundle)).toBeNull());
});

describe.skipIf(!HAS_PYTHON)(`by the second verifier, an application error${NEEDS_PYTHON}`, () => {
  it.each(LIES)("%s is refused", (_, tests) => expect(secondSays(forged(tests))).toMatchObject(REFUSED));
  it.each(TWISTED)("from a stamp test %s is refused", (_, twisted) => expect(secondSays(twisted())).toEqual(UNLIKE));
  it("from a document that measured nothing is refused", async () => expect(secondSays(await calibrated())).toEqual(UNLIKE));
  it("that is what was measured holds", () => expect(secondSays(bundle)).toBeNull());
});

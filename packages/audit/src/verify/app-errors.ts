import type { ManifestStampTest, ReportManifest } from "../report-manifest.ts";
import type { Declaration } from "./declared-leaves.ts";
import { isObject } from "./fields.ts";
import { BundleFault } from "./ports.ts";

const COUNT = /^(0|[1-9]\d{0,29})$/;
const DAY = /^\d{4}-\d\d-\d\d$/;
const HASH = /^[0-9a-f]{64}$/;

/** Of step 5: an application error that is said to be measured is not less than what was measured, as the leaf of the document says. */
export function checkAppErrors({ scopes, stamp_tests: tests = [] }: ReportManifest, declared: readonly Declaration[]): void {
  if (!Array.isArray(tests) || !tests.every(isStampTest)) throw fault("stamp_tests is no list of stamp tests");
  const measured = new Map<string, bigint>(tests.map(({ id, app_error_ns }) => [id, BigInt(app_error_ns)]));
  if (measured.size !== tests.length) throw fault("A stamp test is there twice");
  for (const { name, app_error_ns, app_error_from: id } of scopes) {
    if (id === undefined) continue;
    const least = measured.get(id);
    if (least === undefined) throw fault(`Scope ${name} has its application error from ${id}, which is not among the stamp tests`);
    if (BigInt(app_error_ns) < least)
      throw fault(`Scope ${name} has an application error of ${app_error_ns} ns, and stamp test ${id} measured ${least} ns`);
  }
  for (const test of tests) checkDocument(test, declared);
}

const SAID = ["id", "title", "sha256", "stamp_point", "app_error_ns", "valid_from", "valid_to"] as const;

/** The log has the document as a stamp test, with all that the manifest says of it. */
function checkDocument(test: ManifestStampTest, declared: readonly Declaration[]): void {
  const body = declared.find(({ what }) => what === `document ${test.id}`)?.body ?? null;
  if (body === null) throw new BundleFault("profiles", "document_leaf", `No leaf of the log says what stamp test ${test.id} measured`);
  if (body.kind !== "stamp_test" || SAID.some((name) => body[name] !== test[name]))
    throw new BundleFault("profiles", "document_leaf", `Stamp test ${test.id} is not as its document was handed in`);
}

const fault = (detail: string): BundleFault => new BundleFault("profiles", "app_error", detail);

const isStampTest = (one: unknown): boolean =>
  isObject(one) &&
  [one.id, one.title].every((text) => typeof text === "string") &&
  (one.stamp_point === null || typeof one.stamp_point === "string") &&
  fits(HASH, one.sha256) &&
  fits(COUNT, one.app_error_ns) &&
  fits(DAY, one.valid_from) &&
  (one.valid_to === null || fits(DAY, one.valid_to));

const fits = (form: RegExp, value: unknown): boolean => typeof value === "string" && form.test(value);

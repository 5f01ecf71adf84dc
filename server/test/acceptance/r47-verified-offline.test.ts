import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { FAKETIME, withClockOff } from "../../../agent/test/false-clock.ts";

/** R47: a million batches (in the short form a hundredth of that), verified by both implementations without a network and with a clock that is wrong by 20 years. */
const BATCHES = process.env.R47_BATCHES ?? (inject("long") === true ? "1000000" : "9200");
const at = (path: string): string => new URL(`../../../${path}`, import.meta.url).pathname;
const TWENTY_YEARS_S = 20 * 365 * 86_400;
const OFFLINE = [
  ["unshare", "--net"],
  ["unshare", "--user", "--map-root-user", "--net"],
].find(([command = "", ...args]) => spawnSync(command, [...args, "true"]).status === 0);
const VERIFIERS = [
  [process.execPath, at("bin/truebound.js"), "report", "verify"],
  ["python3", at("docs/verify/verify.py")],
] as const;
/** Of what either says, what both say in the same words. */
const SAID = /\b[0-9a-f]{64}\b|\d+ records|^Does not hold: [^:]*/gm;

describe.skipIf(OFFLINE === undefined || FAKETIME === undefined)("a big report (skipped: unshare or libfaketime not found)", () => {
  let folder: string;
  const bundle = () => join(folder, "bundle");
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "truebound-r47-"));
    const program = at("packages/testkit/dist/bench/verify/main.js");
    const made = spawnSync(process.execPath, [program, "--out", bundle(), "--batches", BATCHES], { encoding: "utf8" });
    if (made.status !== 0) throw new Error(made.stderr);
  }, 3_600_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const say = (verifier: readonly string[]) => {
    const [command = "", ...args] = [...(OFFLINE ?? []), "env", ...faked(), ...verifier, bundle()];
    const { status, stdout, stderr } = spawnSync(command, args, { encoding: "utf8" });
    return { status, said: new Set(`${stdout}${stderr}`.match(SAID)) };
  };
  const faked = () => Object.entries(withClockOff(TWENTY_YEARS_S)).map(([name, value]) => `${name}=${value}`);

  it("holds for both, with the same hash and as many records", () => {
    const [own, second] = VERIFIERS.map(say);
    expect(own).toMatchObject({ status: 0 });
    expect(own?.said.size).toBe(2);
    expect(second).toEqual(own);
  });
  it("has a token over its head that openssl verifies", () => {
    const [token = ""] = readdirSync(join(bundle(), "anchors"));
    const file = join(bundle(), "anchors", token);
    const args = ["ts", "-verify", "-digest", token.replace(".tsr", ""), "-in", file, "-CAfile", `${bundle()}.root.pem`];
    expect(spawnSync("openssl", args, { encoding: "utf8" })).toMatchObject({ status: 0 });
  });
  it("fails for both at the first of two hosts in which a byte was changed, whichever is read first", () => {
    const hosts = readdirSync(join(bundle(), "evidence")).sort();
    for (const host of [hosts.at(-1), hosts.at(-2)]) changeLastBody(join(bundle(), "evidence", host ?? ""));
    const [own, second] = VERIFIERS.map(say);
    expect([...(own?.said ?? [])].join()).toContain(`step evidence, host ${hosts.at(-2)?.replace(".ndjson", "")}`);
    expect(own?.status).toBe(1);
    expect(second).toEqual(own);
  });
});

/** One character of the body of the last batch. */
function changeLastBody(path: string): void {
  const text = readFileSync(path, "utf8");
  const place = text.lastIndexOf('"body":"') + 40;
  writeFileSync(path, `${text.slice(0, place)}${text[place] === "A" ? "B" : "A"}${text.slice(place + 1)}`);
}

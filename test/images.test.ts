import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { isInContext, lastOf, readCopy, readDockerfile, readIgnored, type Stage } from "./dockerfile.ts";

const ROOT = join(import.meta.dirname, "..");
const ignored = readIgnored(join(ROOT, ".dockerignore"));
const IMAGES = (["server", "agent"] as const).map(
  (name) => [name, readDockerfile(join(ROOT, `deploy/docker/${name}.Dockerfile`))] as const,
);
const last = (stages: readonly Stage[]): Stage => stages.at(-1) as Stage;
const copiesOf = (stage: Stage) => stage.steps.filter(({ word }) => word === "COPY").map(readCopy);

interface Manifest {
  readonly license: string;
  readonly dependencies?: Readonly<Record<string, string>>;
}
const manifest = (folder: string): Manifest => JSON.parse(readFileSync(join(ROOT, folder, "package.json"), "utf8")) as Manifest;

/** The workspaces that a program is made of, itself first. */
function partsOf(folder: string): string[] {
  const own = Object.keys(manifest(folder).dependencies ?? {}).flatMap((name) => /^@truebound\/(.+)$/.exec(name)?.[1] ?? []);
  return [...new Set([folder, ...own.flatMap((name) => partsOf(`packages/${name}`))])];
}

describe.each(IMAGES)("the image of the %s", (name, stages) => {
  it("is built on one Node 24, named by version and digest", () => {
    const images = new Set(IMAGES.flatMap(([, all]) => all.map(({ image }) => image)));
    expect([...images]).toEqual([expect.stringMatching(/^node:24\.\d+\.\d+-bookworm-slim@sha256:[0-9a-f]{64}$/)]);
  });
  it("is not root's, checks its health, and gets signals itself", () => {
    expect(lastOf(last(stages), "USER")).toMatch(/^[1-9]\d{3,}:[1-9]\d{3,}$/);
    expect(lastOf(last(stages), "HEALTHCHECK")).toContain(`"${name}"`);
    const entry = JSON.parse(lastOf(last(stages), "ENTRYPOINT") ?? "") as string[];
    expect(entry).toEqual(["node", `${name}/dist/main.js`]);
    expect(existsSync(join(ROOT, `${name}/src/main.ts`))).toBe(true);
  });
  it("leaves what is built with in earlier stages", () => {
    expect(stages.length).toBe(3);
    expect(last(stages).steps.filter(({ word }) => word === "RUN" || word === "ADD" || word === "ARG")).toEqual([]);
    const installs = stages.flatMap(({ name: stage, steps }) =>
      steps.filter(({ rest }) => rest.startsWith("npm")).map(({ rest }) => [stage, /--omit=dev/.test(rest)]),
    );
    expect(installs).toEqual([
      ["build", false],
      ["modules", true],
    ]);
  });
  it("takes only files that are there and reach the build, and each of its own parts", () => {
    const taken = stages.flatMap(copiesOf).filter(({ from }) => from === null);
    const named = taken.flatMap(({ sources }) => sources);
    expect(named.filter((source) => !existsSync(join(ROOT, source)) || !isInContext(ignored, source))).toEqual([]);
    expect(named.filter((source) => source === "." || source === "packages")).toEqual([]);
    const compiled = copiesOf(last(stages)).flatMap(({ sources }) =>
      sources.flatMap((path) => /truebound\/(.*)\/dist$/.exec(path)?.[1] ?? []),
    );
    expect(compiled.sort()).toEqual(partsOf(name).sort());
  });
  it("holds nothing but what is under its licence", () => {
    const workspaces = stages
      .flatMap(copiesOf)
      .flatMap(({ sources }) => sources.flatMap((path) => /^((packages\/)?[a-z-]+)$/.exec(path)?.[1] ?? []));
    const licensed = workspaces.filter((folder) => existsSync(join(ROOT, folder, "package.json")));
    expect(licensed.length).toBeGreaterThan(3);
    expect(licensed.filter((folder) => manifest(folder).license !== "Apache-2.0")).toEqual([]);
  });
  it("says no secret", () => {
    const said = stages.flatMap(({ steps }) => steps.filter(({ word }) => word === "ENV" || word === "LABEL").map(({ rest }) => rest));
    expect(said.join(" ")).not.toMatch(/PASSWORD|SECRET|TOKEN=|DATABASE_URL|KEY/i);
  });
});

it("an agent that is set to serve nothing is not taken for dead", () => {
  const env = { ...process.env, TRUEBOUND_AGENT_HTTP_PORT: "0" };
  const asked = spawnSync(process.execPath, [join(ROOT, "deploy/docker/healthcheck.js"), "agent"], { env, encoding: "utf8" });
  expect([asked.status, asked.stdout]).toEqual([0, "nothing is served here\n"]);
});

describe("what reaches a build", () => {
  it.each([
    ["server/src/main.ts", true],
    ["package-lock.json", true],
    ["deploy/docker/healthcheck.js", true],
    ["docs/alerts/disrupted.md", true],
    [".git/config", false],
    ["secrets/postgres-password", false],
    ["server/receipt-key.pem", false],
    ["server/test/database.ts", false],
    ["node_modules/pg/package.json", false],
    ["packages/time/node_modules/x/index.js", false],
    ["server/dist/main.js", false],
    ["packages/testkit/src/index.ts", false],
    ["deploy/prometheus/prometheus.yml", false],
    ["docs/scale.md", false],
  ])("%s: %s", (path, reaches) => expect(isInContext(ignored, path)).toBe(reaches));
});

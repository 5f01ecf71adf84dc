import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { SETTING_WORDS, SETTINGS, settingNameProblems, settingsPage } from "@truebound/wire";
import { expect, it } from "vitest";
import { readConfig as readAgentConfig } from "../agent/src/config.ts";
import { readConfig as readServerConfig } from "../server/src/config.ts";

const ROOT = join(import.meta.dirname, "..");
const PAGE = join(ROOT, "docs/configuration.md");
/** A family is named by its beginning and a star. */
const NAME = /TRUEBOUND_[A-Z_]+\*?/g;
const namesIn = (file: string): string[] => [
  ...new Set((readFileSync(join(ROOT, file), "utf8").match(NAME) ?? []).filter((name) => !name.endsWith("*"))),
];

it.each([
  "README.md",
  "CHANGELOG.md",
  "docs/configuration.md",
  "docs/containers.md",
  "server/src/config.ts",
  "server/src/archive-place.ts",
  "server/src/people-settings.ts",
  "server/src/secret-settings.ts",
  "agent/src/config.ts",
])("every setting that %s names can be set", (file) => {
  const names = namesIn(file);
  expect(names.length).toBeGreaterThan(2);
  expect(settingNameProblems(names)).toEqual([]);
});

it("docs/configuration.md is what the settings' own words make of it (UPDATE_DOCS=1 writes it)", () => {
  if (process.env.UPDATE_DOCS === "1") writeFileSync(PAGE, settingsPage());
  expect(readFileSync(PAGE, "utf8")).toBe(settingsPage());
});

it("every setting is told of, but those of tests and of the demo's own parts", () => {
  const untold = SETTINGS.filter((name) => SETTING_WORDS[name] === null);
  expect(untold.filter((name) => !/^TRUEBOUND_(TEST|DEMO)_/.test(name))).toEqual([]);
  expect(Object.keys(SETTING_WORDS).length).toBeGreaterThanOrEqual(SETTINGS.length);
});

const withDefault = Object.entries(SETTING_WORDS).flatMap(([name, words]) =>
  words === null || words.default === null ? [] : [{ name, reads: words.reads, value: words.default }],
);
const surroundings = { home: "/home/ada", isRoot: false, read: () => "" };
const read = {
  server: (env: object) => readServerConfig({ ...env }, surroundings),
  agent: (env: object) => readAgentConfig({ HOME: "/home/ada", ...env }),
};

/** What some settings only count with. */
const BESIDE: Readonly<Record<string, object>> = {
  TRUEBOUND_OIDC_GROUPS_CLAIM: {
    TRUEBOUND_OIDC_ISSUER: "https://id.example",
    TRUEBOUND_OIDC_CLIENT_ID: "a",
    TRUEBOUND_OIDC_ROLES: "ops=viewer",
  },
  TRUEBOUND_KUBERNETES_AUDIENCE: {
    TRUEBOUND_KUBERNETES_JWKS_FILE: "/jwks.json",
    TRUEBOUND_KUBERNETES_ISSUER: "https://k",
    TRUEBOUND_KUBERNETES_SUBJECTS: "system:serviceaccount:a:b",
  },
};

it.each(withDefault)("$name=$value is what it is without it", ({ name, reads, value }) => {
  const reader = read[reads === "agent" ? "agent" : "server"];
  const beside = BESIDE[name] ?? {};
  expect(reader({ ...beside, [name]: value })).toEqual(reader(beside));
  expect(reader(beside)).not.toHaveProperty("problems");
});

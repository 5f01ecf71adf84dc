import { readFileSync } from "node:fs";
import { exposeFamily } from "@truebound/wire";
import { expect, it } from "vitest";
import { AGENT_FAMILIES } from "../agent/src/metrics/agent-families.ts";
import { FAMILIES } from "../server/src/metrics/families.ts";

const own = Object.values(AGENT_FAMILIES);
/** What only a host itself can say. */
const ALONE = [
  "truebound_clock_steps_total",
  "truebound_agent_hardware_stamps_total",
  "truebound_agent_reading_age_seconds",
  "truebound_agent_info",
];

it("a host's own page and the server's have one name, and one kind, for one thing", () => {
  const shared = own.filter(({ name }) => !ALONE.includes(name));
  expect(shared.length).toBeGreaterThan(15);
  for (const { name, kind } of shared) expect(FAMILIES.find((family) => family.name === name)).toMatchObject({ name, kind });
  for (const name of ALONE) expect(FAMILIES.map((family) => family.name)).not.toContain(name);
});

it("docs/metrics.md has one line for each metric of the agent, with its kind and its help, and no other", () => {
  const [, section = ""] = readFileSync(new URL("../docs/metrics.md", import.meta.url), "utf8").split(/^## Agent$/m);
  const lines = section
    .split(/^## /m)[0]
    ?.split("\n")
    .filter((line) => line.startsWith("| `truebound_"))
    .map((line) => line.replace(/^(\| `\w+` \| \w+ \|) [^|]* \|/, "$1"));
  expect(lines).toEqual(own.map(({ name, kind, help }) => `| \`${name}\` | ${kind} | ${help.replaceAll("|", "\\|")} |`));
});

it("every metric has a help that fits on a line", () => {
  for (const family of [...own, ...FAMILIES]) expect(exposeFamily(family, [], "text").split("\n")).toHaveLength(3);
});

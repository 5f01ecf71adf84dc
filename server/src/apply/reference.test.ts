import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DEFAULT_ALERT_SETTINGS, DEFAULT_POLICY, FINDINGS } from "@truebound/wire";
import { expect, it } from "vitest";
import { SECTIONS } from "./document.ts";
import { type Body, type Field, isMapKind } from "./fields.ts";
import type { Json } from "./kinds.ts";
import { POLICY } from "./policy-fields.ts";
import { reference } from "./reference.ts";
import { RULE, ruleBase } from "./rule-fields.ts";
import { CHANNELS, SETTINGS } from "./thing-fields.ts";

const PAGE = join(import.meta.dirname, "../../../docs/rules.md");
const [BEGIN, END] = [/<!-- keys: [^>]*-->\n/, "<!-- end of keys -->"];

it("docs/rules.md names every key with its values and its default", () => {
  const text = readFileSync(PAGE, "utf8");
  const begin = BEGIN.exec(text);
  if (begin === null) throw new Error("Cannot find where the keys begin in docs/rules.md");
  const head = text.slice(0, begin.index + begin[0].length);
  const made = `${head}\n${reference()}\n${text.slice(text.indexOf(END))}`;
  if (process.env.UPDATE_DOCS === "1") writeFileSync(PAGE, made);
  expect(text === made || process.env.UPDATE_DOCS === "1").toBe(true);
  expect(made).toContain("| `hold` | a span with its unit, from 0s to 1d |");
});

/** Defaults that the tables say in words are those that hold. */
it("the defaults of policies are those of agents", () => {
  for (const { key, stored, kind, otherwise } of POLICY) {
    const value = (DEFAULT_POLICY as unknown as Body)[stored];
    if (value !== undefined && key !== "mesh") expect([key, kind.say(value)]).toEqual([key, otherwise]);
  }
});

it("the defaults of settings are those of the server", () => {
  for (const { key, stored, kind, otherwise } of SETTINGS) {
    const value = (DEFAULT_ALERT_SETTINGS as unknown as Body)[stored] as Json;
    expect([key, value === null ? "none" : kind.say(value)]).toEqual([key, otherwise]);
  }
});

it("the defaults of rules are those of the rules that come with Truebound", () => {
  const said = (key: string, value: Json | undefined) =>
    value === undefined ? undefined : RULE.find((field) => field.key === key)?.kind.say(value);
  for (const finding of FINDINGS) {
    const base = ruleBase(finding);
    expect([said("otherwise", base.otherwise_ns), said("limit", base.limit_ns)]).toEqual(["100ms", "policy"]);
  }
  expect([said("share", ruleBase("near_limit").share_pct), said("within", ruleBase("will_exceed_in").within_s)]).toEqual(["80%", "10m"]);
  for (const { key, otherwise } of RULE.filter(({ key }) => key === "share" || key === "within"))
    expect([key, otherwise]).toEqual([key, key === "share" ? "80%" : "10m"]);
});

const DOCS = join(import.meta.dirname, "../../../docs");
const all = (fields: readonly Field[]): Field[] =>
  fields.flatMap((field) => [field, ...(isMapKind(field.kind) ? all(field.kind.fields) : [])]);
const FIELDS = all([...SETTINGS, ...Object.values(SECTIONS).flatMap(({ fields }) => fields({})), ...Object.values(CHANNELS).flat()]);
const KEYS = new Set(FIELDS.map(({ key }) => key));
/** What things are kept under and no file may say. */
const KEPT = new Set(FIELDS.map(({ stored }) => stored).filter((name) => !KEYS.has(name)));

it.each(readdirSync(join(DOCS, "alerts")))("docs/alerts/%s tells people to set only keys that a file takes", (page) => {
  const text = readFileSync(join(DOCS, "alerts", page), "utf8");
  const spans = [...text.matchAll(/`([^`\n]+)`/g)].map(([, span = ""]) => span);
  expect(spans.filter((span) => KEPT.has(span.split(":")[0] as string))).toEqual([]);
  // The greatest part of a bound is said as `dominant: offset`.
  const set = spans.flatMap((span) => /^([a-z_]+): /.exec(span)?.[1] ?? []).filter((key) => key !== "dominant");
  expect(set.filter((key) => !KEYS.has(key))).toEqual([]);
});

it("docs/alerts.md says by which key a file sets each field of a rule", () => {
  const [, fields = ""] = readFileSync(join(DOCS, "alerts.md"), "utf8").split("## The fields of a rule");
  const rows = [...fields.matchAll(/^\| `([a-z_]+)` \| `([a-z_]+)` \|/gm)].map(([, field, key]) => [field, key]);
  expect(rows.toSorted()).toEqual(RULE.map(({ stored, key }) => [stored, key]).toSorted());
});

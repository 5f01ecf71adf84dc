import type { ReportManifest } from "@truebound/audit";
import { type Block, type LaidOutReport, textOf } from "./blocks.ts";
import { duration, grouped, instant, limit, percent } from "./words.ts";

/** All that is said of a report, in the words of its pages. */
export const wordsOf = (report: LaidOutReport): string[] => [
  ...report.notices,
  ...report.parts.flatMap(({ title, blocks }) => [title, ...blocks.flatMap(blockWords)]),
];

function blockWords(block: Block): string[] {
  switch (block.kind) {
    case "heading":
    case "text":
      return [block.text];
    case "verdict":
      return [block.text, block.detail];
    case "lines":
      return [block.proved, block.sampled].flatMap(({ title, figure, words }) => [title, figure, ...words]);
    case "answers":
      return block.answers.flatMap(({ question, lines }) => [question, ...lines.map(textOf)]);
    case "facts":
      return block.facts.flatMap(([name, value]) => [name, textOf(value)]);
    case "list":
      return [...block.items];
    case "signatures":
      return [block.statement, ...block.roles];
    case "table":
      return [...block.columns.map(({ title }) => title), ...block.rows.flat().map(textOf)];
    case "band":
    case "legend":
      return [];
    default:
      return block satisfies never;
  }
}

/** Words of ours that have digits, and are no figures. */
const OURS = ["SHA-256", "p50", "p99.9", "p99"];

/** Every form in which a figure of the manifest may be read. How many there are of something is a count of its entries. */
function formsOf(value: unknown, forms: Set<string>): Set<string> {
  if (typeof value === "number") for (const form of [String(value), grouped(value), percent(value)]) forms.add(form);
  if (typeof value === "string") for (const form of formsOfText(value)) forms.add(form);
  if (Array.isArray(value)) for (const form of [grouped(value.length), ...formsOfLimit(value)]) forms.add(form);
  if (typeof value === "object" && value !== null) {
    forms.add(JSON.stringify(value));
    for (const inner of Object.values(value)) formsOf(inner, forms);
  }
  return forms;
}

function formsOfText(text: string): string[] {
  if (/^[0-9a-f]{64}$/.test(text)) return [text, text.slice(0, 16)];
  if (/^-?\d+$/.test(text)) return [text, duration(text)];
  return /^\d{4}-\d\d-\d\dT/.test(text) ? [instant(text)] : [text, text.replaceAll("_", " ")];
}

function formsOfLimit(value: readonly unknown[]): string[] {
  const [min, max] = value;
  return value.length === 2 && typeof min === "string" && typeof max === "string" && /^-?\d+$/.test(min) ? [limit([min, max])] : [];
}

/** What stands in the words with a digit in it, and is not in the manifest. */
export function strangeFigures(words: readonly string[], manifest: ReportManifest): string[] {
  const forms = [...formsOf(manifest, new Set(OURS))].filter((form) => /\d/.test(form)).sort((a, b) => b.length - a.length);
  for (let count = 0; count <= manifest.results.length; count++) forms.push(String(count));
  const known = new RegExp(
    `(?<![\\d.,])(?:${forms.map((form) => form.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("|")})(?![\\d]|[.,]\\d)`,
    "g",
  );
  return words.map((line) => line.replace(known, "")).filter((line) => /\d/.test(line));
}

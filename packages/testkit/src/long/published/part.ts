import { readFileSync, writeFileSync } from "node:fs";
import { count, type Part } from "../part.ts";
import type { ClaimTally } from "./claim.ts";
import { CLAIMANTS, type Comparison, compareClaims } from "./compare.ts";
import { SCENES } from "./scenes.ts";

/** From `packages/testkit/dist/long/published`. */
const DOCUMENT = new URL("../../../../../docs/containment.md", import.meta.url);
const [BEGIN, END] = ["<!-- published: begin -->", "<!-- published: end -->"];

export const publishedPart: Part = {
  name: "published",
  about: "the published scenarios: what others claim, and what holds",
  run: async ({ write }, log) => {
    const rows = SCENES.map((scene) => {
      log(`published: ${scene.title}`);
      return { title: scene.title, comparison: compareClaims(scene) };
    });
    const table = tableOf(rows);
    if (write) writeFileSync(DOCUMENT, replaceTable(readFileSync(DOCUMENT, "utf8"), table));
    const missed = rows.reduce((sum, { comparison }) => sum + comparison["ours, G (guaranteed)"].missed, 0);
    const claims = rows.reduce((sum, { comparison }) => sum + comparison["ours, G (guaranteed)"].claims, 0);
    return { ok: missed === 0, lines: [`G left the truth out in ${missed} of ${count(claims)} claims over ${rows.length} scenes`, table] };
  },
};

export interface TableRow {
  readonly title: string;
  readonly comparison: Comparison;
}

export function tableOf(rows: readonly TableRow[]): string {
  const head = ["scene", ...CLAIMANTS];
  const lines = rows.map(({ title, comparison }) => [title, ...CLAIMANTS.map((name) => cell(comparison[name]))]);
  return [head, head.map(() => "---"), ...lines].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

/** "missed of claims, worst ratio". */
const cell = ({ claims, missed, worstRatio }: ClaimTally): string =>
  claims === 0 ? "no claim" : `${missed > 0 ? `**${count(missed)}**` : "0"} of ${count(claims)}; ${worstRatio.toFixed(2)}`;

export function replaceTable(document: string, table: string): string {
  const [before, rest] = document.split(BEGIN);
  const after = rest?.split(END)[1];
  if (before === undefined || after === undefined)
    throw new Error(`Cannot write into docs/containment.md: put ${BEGIN} and ${END} around its table`);
  return `${before}${BEGIN}\n\n${table}\n\n${END}${after}`;
}

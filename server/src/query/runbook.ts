import { FINDINGS, nearest, type RunbookBrief } from "@truebound/wire";
import { escapeHtml, markdownToHtml } from "../alert/markdown.ts";
import { type Refusal, refuse } from "../refusal.ts";
import type { Parameters } from "./questions.ts";
import { briefOf } from "./runbook-brief.ts";

export interface RunbookPorts {
  /** The page of a finding as Markdown; null = there is none. */
  readonly page: (finding: string) => Promise<string | null>;
}

type Finding = RunbookBrief["finding"];
const isFinding = (text: string): text is Finding => FINDINGS.some((one) => one === text);

/** What people read when somebody was paged, as a page of its own. */
export async function askRunbook(ports: RunbookPorts, parameters: Parameters): Promise<string | Refusal> {
  const found = await pageOf(ports, parameters);
  return "text" in found ? document(found.finding, found.text) : found;
}

/** The beginning of the same page, for a page that shows it beside what was found. */
export async function askRunbookBrief(ports: RunbookPorts, parameters: Parameters): Promise<RunbookBrief | Refusal> {
  const found = await pageOf(ports, parameters);
  return "text" in found ? { finding: found.finding, ...briefOf(found.text) } : found;
}

async function pageOf(
  { page }: RunbookPorts,
  { finding = "" }: Parameters,
): Promise<{ readonly finding: Finding; readonly text: string } | Refusal> {
  if (!isFinding(finding))
    return refuse("not_found", `There is no finding ${JSON.stringify(finding.slice(0, 60))}; did you mean ${nearest(finding, FINDINGS)}?`);
  const text = await page(finding);
  return text === null
    ? refuse("not_found", `There is no page about ${finding} here: docs/alerts/${finding}.md is missing`)
    : { finding, text };
}

const STYLE = `:root{color-scheme:light dark}body{font:1rem/1.6 system-ui,sans-serif;max-width:46rem;margin:2rem auto;padding:0 1rem}
code,pre{font-family:ui-monospace,monospace;font-size:.9em}pre{overflow:auto;padding:.75rem;border:1px solid color-mix(in srgb,currentColor 25%,transparent)}
table{border-collapse:collapse}td,th{text-align:left;vertical-align:top;padding:.25rem .75rem .25rem 0;border-bottom:1px solid color-mix(in srgb,currentColor 25%,transparent)}`;

const document = (finding: string, text: string): string =>
  `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escapeHtml(finding)} - Truebound</title><style>${STYLE}</style></head>
<body><main>
${markdownToHtml(text)}
</main></body></html>
`;

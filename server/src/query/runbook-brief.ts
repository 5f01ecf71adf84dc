import type { RunbookBrief } from "@truebound/wire";

/** Of each list on a page; what follows is a click away. */
const STEPS = 3;

/** What stands first on a page about a finding, for a page that shows it beside the incident. */
export function briefOf(text: string): Omit<RunbookBrief, "finding"> {
  const parts = sectionsOf(text);
  const [look, mend] = [stepsOf(parts.get("What to look at")), stepsOf(parts.get("How to mend it"))];
  return {
    means: plain(
      (parts.get("What it means") ?? [])
        .join("\n")
        .trim()
        .split(/\n\s*\n/)[0] ?? "",
    ),
    look: look.slice(0, STEPS),
    mend: mend.slice(0, STEPS),
    more: Math.max(0, look.length - STEPS) + Math.max(0, mend.length - STEPS),
  };
}

/** By their headings, the lines under them. */
function sectionsOf(text: string): Map<string, string[]> {
  const parts = new Map<string, string[]>();
  let lines: string[] = [];
  for (const line of text.replaceAll("\r\n", "\n").split("\n")) {
    const heading = /^## +(.+?) *$/.exec(line)?.[1];
    if (heading !== undefined) {
      lines = [];
      parts.set(heading, lines);
    } else lines.push(line);
  }
  return parts;
}

const STEP = /^(?:[-*]|\d{1,3}\.) +(.*)$/;

/** Lines that are indented go on with the step before them; a section without a list is one step. */
function stepsOf(lines: readonly string[] = []): string[] {
  const steps: string[] = [];
  for (const line of lines) {
    const first = STEP.exec(line)?.[1];
    if (first !== undefined) steps.push(first);
    else if (/^ +\S/.test(line) && steps.length > 0) steps[steps.length - 1] += ` ${line.trim()}`;
  }
  const [paragraph = ""] = lines
    .join("\n")
    .trim()
    .split(/\n\s*\n/);
  return (steps.length === 0 && paragraph !== "" ? [paragraph] : steps).map(plain);
}

/** Code keeps its backticks; a link is its words, for it would lead elsewhere from another page. */
const plain = (text: string): string =>
  text
    .replace(/\s+/g, " ")
    .trim()
    .split("`")
    .map((part, index) => (index % 2 === 0 ? withoutMarks(part) : part))
    .join("`");

const withoutMarks = (text: string): string =>
  text
    .replace(/\[([^\]]+)\]\([^()\s]+\)/g, "$1")
    .replace(/\*\*([^*]+)\*\*/g, "$1")
    .replace(/\*([^*\s][^*]*)\*/g, "$1");

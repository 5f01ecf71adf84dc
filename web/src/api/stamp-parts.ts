import type { StampAnswer } from "@truebound/wire";

/** A piece of a file of stamps that is asked by itself. */
export interface StampPart {
  readonly csv: string;
  /** To be added to the number of a line in its answer, so that it is that of the file. */
  readonly shift: number;
  /** Lines of the file in it, its header not counted twice. */
  readonly lines: number;
}

/** So many at once: the server answers them in a few seconds, and whoever waits sees that it goes on. */
const LINES_EACH = 5_000;

/** A file cut at ends of lines; a header stands on each piece. As the server reads them, no field has a line break in it. */
export function stampParts(text: string, linesEach = LINES_EACH): readonly StampPart[] {
  const lines = text.replace(/^\uFEFF/, "").split("\n");
  if (lines.at(-1)?.trim() === "") lines.pop();
  const first = lines.findIndex((line) => line.trim() !== "");
  const header = first >= 0 && isHeader(lines[first] ?? "") ? (lines[first] ?? "") : null;
  const parts: StampPart[] = [];
  for (let start = 0; start < lines.length; start += linesEach) {
    const some = lines.slice(start, start + linesEach);
    const isHeadless = header !== null && start > first;
    parts.push({
      csv: (isHeadless ? [header, ...some] : some).join("\n"),
      shift: start - (isHeadless ? 1 : 0),
      lines: some.length,
    });
  }
  return parts;
}

const isHeader = (line: string): boolean => {
  const names = line.split(",").map((name) => name.trim().replace(/^"|"$/g, "").toLowerCase());
  return names.includes("host") && names.includes("timestamp");
};

/** What was answered so far, and one more piece. */
export const withPart = (before: StampAnswer | null, { shift }: StampPart, answer: StampAnswer): StampAnswer => {
  const items = shift === 0 ? answer.items : answer.items.map((row) => ({ ...row, line: row.line + shift }));
  return { ...answer, items: before === null ? items : [...before.items, ...items] };
};

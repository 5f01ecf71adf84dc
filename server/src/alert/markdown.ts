/** A small part of Markdown as HTML: headings, paragraphs, lists, tables, quotes, code, emphasis and links. All else is text. */
export function markdownToHtml(text: string): string {
  const lines = text.replaceAll("\r\n", "\n").split("\n");
  const parts: string[] = [];
  for (let at = 0; at < lines.length; ) {
    const block = BLOCKS.map((read) => read(lines, at)).find((found) => found !== null) ?? paragraph(lines, at);
    parts.push(block.html);
    at = block.next;
  }
  return parts.filter((part) => part !== "").join("\n");
}

interface Block {
  readonly html: string;
  /** The line after it. */
  readonly next: number;
}
type ReadBlock = (lines: readonly string[], at: number) => Block | null;

const lineAt = (lines: readonly string[], at: number): string => lines[at] ?? "";

/** Lines from a place on, as long as they fit. */
function run(lines: readonly string[], at: number, fits: (line: string) => boolean): string[] {
  let end = at;
  while (end < lines.length && fits(lineAt(lines, end))) end++;
  return lines.slice(at, end);
}

const blank: ReadBlock = (lines, at) => (lineAt(lines, at).trim() === "" ? { html: "", next: at + 1 } : null);

const heading: ReadBlock = (lines, at) => {
  const [, marks, words] = /^(#{1,4}) +(.+?) *#*$/.exec(lineAt(lines, at)) ?? [];
  if (marks === undefined || words === undefined) return null;
  return { html: `<h${marks.length}>${inline(words)}</h${marks.length}>`, next: at + 1 };
};

const fence: ReadBlock = (lines, at) => {
  if (!lineAt(lines, at).startsWith("```")) return null;
  const code = run(lines, at + 1, (line) => !line.startsWith("```"));
  return { html: `<pre><code>${escapeHtml(code.join("\n"))}</code></pre>`, next: at + code.length + 2 };
};

const ITEM = /^( *)([-*]|\d{1,3}\.) +(.*)$/;

const list: ReadBlock = (lines, at) => {
  const first = ITEM.exec(lineAt(lines, at));
  if (first === null) return null;
  const body = run(lines, at, (line) => ITEM.test(line) || (/^ {2,}\S/.test(line) && line.trim() !== ""));
  return { html: listOf(body), next: at + body.length };
};

/** An item's own lines are those up to the next one that is indented no further. */
function listOf(lines: readonly string[]): string {
  const [, indent = "", mark = "-"] = ITEM.exec(lineAt(lines, 0)) ?? [];
  const tag = /\d/.test(mark) ? "ol" : "ul";
  const starts = lines.flatMap((line, index) =>
    (ITEM.exec(line)?.[1]?.length ?? Number.POSITIVE_INFINITY) <= indent.length ? [index] : [],
  );
  const items = starts.map((start, index) => itemOf(lines.slice(start, starts[index + 1])));
  return `<${tag}>${items.join("")}</${tag}>`;
}

function itemOf([first = "", ...rest]: readonly string[]): string {
  const inner = rest.findIndex((line) => ITEM.test(line));
  const words = [ITEM.exec(first)?.[3] ?? "", ...(inner === -1 ? rest : rest.slice(0, inner)).map((line) => line.trim())].join(" ");
  return `<li>${inline(words)}${inner === -1 ? "" : listOf(rest.slice(inner))}</li>`;
}

const quote: ReadBlock = (lines, at) => {
  const quoted = run(lines, at, (line) => /^> ?/.test(line));
  if (quoted.length === 0) return null;
  return {
    html: `<blockquote>${markdownToHtml(quoted.map((line) => line.replace(/^> ?/, "")).join("\n"))}</blockquote>`,
    next: at + quoted.length,
  };
};

const table: ReadBlock = (lines, at) => {
  if (!/^\|.*\|\s*$/.test(lineAt(lines, at)) || !/^\|[\s:|-]+\|\s*$/.test(lineAt(lines, at + 1))) return null;
  const rows = run(lines, at, (line) => /^\|.*\|\s*$/.test(line));
  const [head = "", , ...body] = rows;
  const row = (line: string, tag: "th" | "td"): string =>
    `<tr>${cells(line)
      .map((words) => `<${tag}>${inline(words)}</${tag}>`)
      .join("")}</tr>`;
  return {
    html: `<table><thead>${row(head, "th")}</thead><tbody>${body.map((line) => row(line, "td")).join("")}</tbody></table>`,
    next: at + rows.length,
  };
};

const cells = (line: string): string[] =>
  line
    .trim()
    .slice(1, -1)
    .split(/(?<!\\)\|/)
    .map((words) => words.replaceAll("\\|", "|").trim());

const BLOCKS: readonly ReadBlock[] = [blank, heading, fence, list, quote, table];

function paragraph(lines: readonly string[], at: number): Block {
  const others = lines.slice(at + 1).findIndex((_, index) => BLOCKS.some((read) => read(lines, at + 1 + index) !== null));
  const own = lines.slice(at, others === -1 ? lines.length : at + 1 + others);
  return { html: `<p>${inline(own.join(" "))}</p>`, next: at + own.length };
}

const MARKS: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
export const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (mark) => MARKS[mark] ?? mark);

const INLINE = /`([^`]+)`|\*\*([^*]+)\*\*|\*([^*]+)\*|\[([^\]]+)\]\(([^()\s]+)\)/g;

function inline(text: string): string {
  let html = "";
  let from = 0;
  for (const found of text.matchAll(INLINE)) {
    html += escapeHtml(text.slice(from, found.index)) + marked(found);
    from = found.index + found[0].length;
  }
  return html + escapeHtml(text.slice(from));
}

function marked([all, code, strong, emphasis, words, address]: RegExpMatchArray): string {
  if (code !== undefined) return `<code>${escapeHtml(code)}</code>`;
  if (strong !== undefined) return `<strong>${inline(strong)}</strong>`;
  if (emphasis !== undefined) return `<em>${inline(emphasis)}</em>`;
  if (words === undefined || address === undefined) return escapeHtml(all ?? "");
  const href = hrefOf(address);
  return href === null ? inline(words) : `<a href="${escapeHtml(href)}">${inline(words)}</a>`;
}

/** Another page of its kind is served beside it; other files of the documentation are not, and nothing else leads anywhere. */
function hrefOf(address: string): string | null {
  if (/^https?:\/\//i.test(address)) return address;
  return /^(\.\/)?([a-z_]+)\.md$/.exec(address)?.[2] ?? null;
}

import { type Block, type Cell, type LaidOutReport, type Line, type Part, type Table, textOf, toneOf } from "./blocks.ts";
import { escaped } from "./escaped.ts";
import { bandSvg, legend } from "./html-band.ts";
import { STYLE } from "./html-style.ts";

/** One file that needs no other: no script, no font or picture from elsewhere. */
export function htmlOf(report: LaidOutReport): string {
  return [
    "<!doctype html>",
    '<html lang="en">',
    "<head>",
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="color-scheme" content="light dark">',
    `<meta name="truebound-manifest-sha256" content="${escaped(report.sha256)}">`,
    `<title>Clock audit report ${escaped(report.id)}</title>`,
    `<style>${STYLE}${printed(report)}</style>`,
    "</head>",
    "<body>",
    ...report.parts.map((part, index) => partHtml(part, report, index === 0)),
    footer(report),
    "</body>",
    "</html>",
    "",
  ].join("\n");
}

/** In the margin of each printed page. */
function printed({ id, sha256, notices }: LaidOutReport): string {
  const top = [`Clock audit report ${id}`, ...notices.map((notice) => notice.split(":")[0])].join(" · ");
  return [
    "@page{size:A4;margin:18mm 15mm 18mm;",
    `@top-left{content:${cssText(top)};font:7pt sans-serif}`,
    `@bottom-left{content:${cssText(`Manifest SHA-256 ${sha256}`)};font:7pt sans-serif}`,
    '@bottom-right{content:"Page " counter(page) " of " counter(pages);font:7pt sans-serif}}',
  ].join("");
}

const cssText = (text: string): string => `"${text.replace(/[^A-Za-z0-9 .:,()·-]/g, (one) => `\\${one.codePointAt(0)?.toString(16)} `)}"`;

function partHtml({ title, anchor, isNewPage, blocks }: Part, report: LaidOutReport, isFirst: boolean): string {
  const heading = isFirst ? "h1" : "h2";
  return [
    `<section id="${escaped(anchor)}" class="${isNewPage ? "part sheet" : "part"}">`,
    running(report),
    `<${heading}>${escaped(title)}</${heading}>`,
    ...blocks.map(blockHtml),
    "</section>",
  ].join("\n");
}

/** Stands over each part, as over each page of the printed form. */
const running = ({ id, sha256, notices }: LaidOutReport): string =>
  [
    `<p class="running">Report ${escaped(id)} · manifest SHA-256 <code>${escaped(sha256)}</code></p>`,
    ...notices.map((notice) => `<p class="notice">${escaped(notice)}</p>`),
  ].join("\n");

const footer = ({ id, sha256, period }: LaidOutReport): string =>
  `<footer><p>Report ${escaped(id)}, ${escaped(period)}. Made from its manifest alone, SHA-256 <code>${escaped(sha256)}</code>.</p></footer>`;

const p = (text: string, tone: string): string => `<p class="tone-${tone}">${escaped(text)}</p>`;
const list = (items: readonly string[]): string => `<ul>${items.map((item) => `<li>${escaped(item)}</li>`).join("")}</ul>`;

function blockHtml(block: Block): string {
  switch (block.kind) {
    case "heading":
      return `<h3>${escaped(block.text)}</h3>`;
    case "text":
      return p(block.text, block.tone ?? "plain");
    case "verdict":
      return `<div class="verdict tone-${block.tone}"><strong>${escaped(block.text)}</strong><span>${escaped(block.detail)}</span></div>`;
    case "lines":
      return `<div class="lines">${lineHtml(block.proved, "proved")}${lineHtml(block.sampled, "sampled")}</div>`;
    case "answers":
      return `<dl class="answers">${block.answers.map(({ question, lines }) => `<dt>${escaped(question)}</dt><dd>${lines.map(toned).join("")}</dd>`).join("\n")}</dl>`;
    case "facts":
      return `<dl class="facts">${block.facts.map(([name, value]) => `<div><dt>${escaped(name)}</dt><dd>${inline(value)}</dd></div>`).join("\n")}</dl>`;
    case "list":
      return list(block.items);
    case "legend":
      return legend();
    case "signatures":
      return signatures(block);
    case "band":
      return bandSvg(block);
    case "table":
      return tableHtml(block);
    default:
      return block satisfies never;
  }
}

const toned = (cell: Cell): string => p(textOf(cell), toneOf(cell));
const inline = (cell: Cell): string => `<span class="tone-${toneOf(cell)}">${escaped(textOf(cell))}</span>`;

const lineHtml = ({ title, figure, words }: Line, name: string): string =>
  `<div class="line line-${name}"><h3>${escaped(title)}</h3><p class="figure">${escaped(figure)}</p>${words.map((one) => p(one, "quiet")).join("")}</div>`;

const tableHtml = ({ columns, rows }: Table): string =>
  [
    '<div class="scroll"><table><thead><tr>',
    ...columns.map(({ title, align = "left" }) => `<th scope="col" class="${align}">${escaped(title)}</th>`),
    "</tr></thead><tbody>",
    ...rows.map((row) => `<tr>${row.map((cell, at) => `<td class="${columns[at]?.align ?? "left"}">${inline(cell)}</td>`).join("")}</tr>`),
    "</tbody></table></div>",
  ].join("\n");

const BLANKS = ["Name and role", "Date, UTC", "Signature"] as const;

const signatures = ({ statement, roles }: Extract<Block, { readonly kind: "signatures" }>): string =>
  `<div class="signatures"><p>${escaped(statement)}</p>${roles
    .map(
      (role) => `<div class="sign"><b>${escaped(role)}</b>${BLANKS.map((blank) => `<span class="blank">${blank}</span>`).join("")}</div>`,
    )
    .join("")}</div>`;

import { type Answer, type Block, type Cell, type Line, textOf, toneOf } from "../../report/render/blocks.ts";
import { drawBand, drawLegend } from "./draw-band.ts";
import { drawTable } from "./draw-table.ts";
import { CARD, FAINT, FLOOR, INK, PAGE, SIZE, SOFT, TONES, WIDTH } from "./look.ts";
import type { Sheet, Style } from "./sheet.ts";

const TEXT: Style = { size: SIZE.text };
const QUIET: Style = { size: SIZE.table, color: SOFT };

export function drawBlock(sheet: Sheet, block: Block): void {
  switch (block.kind) {
    case "heading":
      return drawHeading(sheet, block.text);
    case "text":
      return sheet.write(block.text, { ...TEXT, color: TONES[block.tone ?? "plain"] }, 5);
    case "verdict":
      return drawVerdict(sheet, block);
    case "lines":
      return drawLines(sheet, block.proved, block.sampled);
    case "answers":
      return block.answers.forEach((answer) => {
        drawAnswer(sheet, answer);
      });
    case "facts":
      return drawFacts(sheet, block.facts);
    case "list":
      return drawList(sheet, block.items);
    case "legend":
      return drawLegend(sheet);
    case "signatures":
      return drawSignatures(sheet, block.statement, block.roles);
    case "band":
      return drawBand(sheet, block);
    case "table":
      return drawTable(sheet, block);
    default:
      return block satisfies never;
  }
}

function drawHeading(sheet: Sheet, text: string): void {
  sheet.need(60);
  sheet.y += 6;
  sheet.write(text, { size: SIZE.heading, bold: true }, 3);
}

function drawVerdict(sheet: Sheet, { text, detail, tone }: Extract<Block, { readonly kind: "verdict" }>): void {
  const head: Style = { size: SIZE.verdict, bold: true, color: TONES[tone] };
  const width = WIDTH - 24;
  const [above, below] = [sheet.height(text, width, head), sheet.height(detail, width, TEXT)];
  const height = above + below + 11;
  sheet.need(height);
  sheet.box(PAGE.left, sheet.y, WIDTH, height, CARD);
  sheet.box(PAGE.left, sheet.y, 4, height, TONES[tone]);
  sheet.put(text, PAGE.left + 14, sheet.y + 4, width, head);
  sheet.put(detail, PAGE.left + 14, sheet.y + 5 + above, width, TEXT);
  sheet.y += height + 7;
}

/** Side by side and never one: each in a frame of its own. */
function drawLines(sheet: Sheet, proved: Line, sampled: Line): void {
  const width = (WIDTH - 10) / 2;
  const height = Math.max(...[proved, sampled].map((line) => lineHeight(sheet, line, width - 20)));
  sheet.need(height);
  drawLine(sheet, proved, PAGE.left, width, height, false);
  drawLine(sheet, sampled, PAGE.left + width + 10, width, height, true);
  sheet.y += height + 7;
}

const FIGURE: Style = { size: SIZE.figure, bold: true };
const TITLE: Style = { size: SIZE.small, bold: true, color: SOFT };

const lineHeight = (sheet: Sheet, { figure, words }: Line, width: number): number =>
  24 + sheet.height(figure, width, FIGURE) + words.reduce((sum, one) => sum + sheet.height(one, width, QUIET), 0);

function drawLine(sheet: Sheet, { title, figure, words }: Line, x: number, width: number, height: number, isDashed: boolean): void {
  sheet.outline(x, sheet.y, width, height, FAINT);
  sheet.rule(sheet.y, isDashed ? SOFT : INK, 1.5, x, x + width, isDashed);
  let y = sheet.y + 6;
  sheet.put(title.toUpperCase(), x + 10, y, width - 20, TITLE);
  y += 11;
  for (const [text, style] of [[figure, FIGURE] as const, ...words.map((one) => [one, QUIET] as const)]) {
    sheet.put(text, x + 10, y, width - 20, style);
    y += sheet.height(text, width - 20, style);
  }
}

const LABEL_WIDTH = 118;
const ANSWER: Style = { size: SIZE.table };
const REPLY: Style = { size: 7.9 };

function drawAnswer(sheet: Sheet, { question, lines }: Answer): void {
  const width = WIDTH - LABEL_WIDTH;
  const label: Style = { ...REPLY, bold: true };
  const heights = lines.map((line) => sheet.height(textOf(line), width, REPLY));
  const height = Math.max(
    heights.reduce((sum, one) => sum + one, 0),
    sheet.height(question, LABEL_WIDTH - 10, label),
  );
  sheet.need(Math.min(height + 5, 300));
  sheet.rule(sheet.y, FAINT);
  sheet.put(question, PAGE.left, sheet.y + 2.5, LABEL_WIDTH - 10, label);
  let y = sheet.y + 2.5;
  lines.forEach((line, at) => {
    sheet.put(textOf(line), PAGE.left + LABEL_WIDTH, y, width, { ...REPLY, color: TONES[toneOf(line)] });
    y += heights[at] ?? 0;
  });
  sheet.y += height + 5;
}

const NAME_WIDTH = 104;

/** Two columns; what is long gets a line of its own. */
function drawFacts(sheet: Sheet, facts: readonly (readonly [string, Cell])[]): void {
  const half = (WIDTH - 16) / 2;
  const isShort = ([, value]: readonly [string, Cell]) => sheet.face(ANSWER).widthOfString(textOf(value)) <= half - NAME_WIDTH;
  for (let at = 0; at < facts.length; ) {
    const [left, right] = [facts[at], facts[at + 1]];
    if (left === undefined) return;
    const isPair = right !== undefined && isShort(left) && isShort(right);
    drawFactRow(sheet, isPair ? [left, right] : [left], isPair || isShort(left) ? half : WIDTH);
    at += isPair ? 2 : 1;
  }
  sheet.y += 5;
}

function drawFactRow(sheet: Sheet, facts: readonly (readonly [string, Cell])[], width: number): void {
  const height = Math.max(
    ...facts.flatMap(([name, value]) => [
      sheet.height(name, NAME_WIDTH - 6, ANSWER),
      sheet.height(textOf(value), width - NAME_WIDTH, ANSWER),
    ]),
  );
  sheet.need(Math.min(height + 3, FLOOR / 2));
  facts.forEach(([name, value], at) => {
    const x = PAGE.left + at * (width + 16);
    sheet.rule(sheet.y, FAINT, 0.5, x, x + width);
    sheet.put(name, x, sheet.y + 1.5, NAME_WIDTH - 6, { ...ANSWER, color: SOFT });
    sheet.put(textOf(value), x + NAME_WIDTH, sheet.y + 1.5, width - NAME_WIDTH, { ...ANSWER, color: TONES[toneOf(value)] });
  });
  sheet.y += height + 3;
}

function drawList(sheet: Sheet, items: readonly string[]): void {
  for (const item of items) {
    const height = sheet.height(item, WIDTH - 12, TEXT);
    sheet.need(Math.min(height, FLOOR / 2));
    sheet.put("–", PAGE.left, sheet.y, 10, TEXT);
    sheet.put(item, PAGE.left + 12, sheet.y, WIDTH - 12, TEXT);
    sheet.y += height + 2;
  }
}

const BLANKS = [
  ["Name and role", 0.17, 0.3],
  ["Date, UTC", 0.49, 0.15],
  ["Signature", 0.66, 0.34],
] as const;
const SIGN_HEIGHT = 25;

/** At the foot of the page, where a hand looks for it. */
/** At the foot of page 1; where the answers leave no room, at the head of page 2, and the summary goes on below them. */
function drawSignatures(sheet: Sheet, statement: string, roles: readonly string[]): void {
  const height = sheet.height(statement, WIDTH, ANSWER) + roles.length * SIGN_HEIGHT + 6;
  const isNext = sheet.need(height);
  if (!isNext) sheet.y = FLOOR - height;
  sheet.rule(sheet.y, INK, 1);
  sheet.y += 4;
  sheet.write(statement, ANSWER, 0);
  for (const role of roles) {
    const y = sheet.y + SIGN_HEIGHT - 9;
    sheet.put(role, PAGE.left, y - 9, 80, { ...ANSWER, bold: true });
    for (const [blank, from, width] of BLANKS) {
      const x = PAGE.left + from * WIDTH;
      sheet.rule(y, SOFT, 0.5, x, x + width * WIDTH);
      sheet.put(blank, x, y + 1, width * WIDTH, { size: 6, color: SOFT });
    }
    sheet.y += SIGN_HEIGHT;
  }
  if (!isNext) return;
  sheet.y += 14;
  sheet.goesOn = true;
}

import { type Band, COLUMNS, type Run } from "../../report/render/blocks.ts";
import { INSTANT_WORDS, instantUtc, SEVERITY } from "../../report/render/words.ts";
import { EXEMPT, FAINT, PAGE, SHAPES, SIZE, SOFT, WIDTH } from "./look.ts";
import type { Sheet, Style } from "./sheet.ts";

const HEIGHT = 26;
const STEP = WIDTH / COLUMNS;
const CAPTION: Style = { size: SIZE.small, color: SOFT };

/** Verdicts over the period; under them when one was asked for, and what was exempt. */
export function drawBand(sheet: Sheet, { from, to, runs, scheduled, exempt }: Band): void {
  sheet.need(HEIGHT + 60);
  const y = sheet.y + 4;
  sheet.rule(y + HEIGHT, FAINT);
  for (const { from: first, to: last, verdict } of runs) shape(sheet, verdict, PAGE.left + first * STEP, y, (last - first) * STEP);
  strip(sheet, scheduled, y + HEIGHT + 2, SOFT);
  strip(sheet, exempt, y + HEIGHT + 5.5, EXEMPT);
  sheet.put(instantUtc(from), PAGE.left, y + HEIGHT + 10, WIDTH / 2, CAPTION);
  sheet.put(instantUtc(to), PAGE.left + WIDTH / 2, y + HEIGHT + 10, WIDTH / 2, { ...CAPTION, align: "right" });
  sheet.y = y + HEIGHT + 22;
}

function shape(sheet: Sheet, verdict: string, x: number, y: number, width: number): void {
  const [color, top, height] = SHAPES[verdict] ?? [SOFT, HEIGHT - 2, 2];
  // A breach is seen, however short.
  sheet.box(x, y + top, verdict === "VIOLATION" ? Math.max(width, 1.6) : width, height, color);
}

const strip = (sheet: Sheet, runs: readonly Run[], y: number, color: string): void => {
  for (const { from, to } of runs) sheet.box(PAGE.left + from * STEP, y, (to - from) * STEP, 2, color);
};

export function drawLegend(sheet: Sheet): void {
  let x: number = PAGE.left;
  const key = (words: string, sample: (x: number) => void): void => {
    sample(x);
    sheet.put(words, x + 10, sheet.y, 200, CAPTION);
    x += 22 + sheet.face(CAPTION).widthOfString(words);
  };
  for (const verdict of SEVERITY) key(INSTANT_WORDS[verdict], (at) => scaled(sheet, verdict, at));
  key("in scope", (at) => sheet.box(at, sheet.y + 4, 7, 2, SOFT));
  key("exempt", (at) => sheet.box(at, sheet.y + 4, 7, 2, EXEMPT));
  sheet.y += 11;
  sheet.write("The worst of what lies in one place is drawn; what is grey below it was in scope.", CAPTION, 5);
}

function scaled(sheet: Sheet, verdict: string, x: number): void {
  const [color, top, height] = SHAPES[verdict] ?? [SOFT, HEIGHT - 2, 2];
  const scale = 9 / HEIGHT;
  sheet.box(x, sheet.y + top * scale, 7, Math.max(1, height * scale), color);
}

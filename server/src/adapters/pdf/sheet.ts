import { readFileSync } from "node:fs";
import PDFDocument from "pdfkit";
import { FLOOR, INK, PAGE, WIDTH } from "./look.ts";

const fontFile = (name: string): Buffer => readFileSync(new URL(`../../../fonts/${name}.ttf`, import.meta.url));

export interface Style {
  readonly size: number;
  readonly bold?: boolean;
  readonly color?: string;
  readonly align?: "left" | "right";
  readonly gap?: number;
}

const MOST_REMEMBERED = 5_000;

interface Titles {
  readonly title: string;
  readonly subject: string;
  readonly keywords: string;
  readonly createdAt: Date;
}

/** What stands on each page, drawn as it begins. */
export type DrawFrame = (sheet: Sheet, page: number) => void;

/**
 * Paper that is written from top to bottom, and goes on by itself. A page is handed over when the next one begins, so that one is
 * in memory at a time. Without a frame nothing is drawn, and pages are only counted.
 */
export class Sheet {
  readonly doc: PDFKit.PDFDocument;
  y: number;
  /** Kept free under the top margin of each page. */
  headroom = 0;
  /** This page was begun for a few lines: what would begin the next one goes on here. */
  goesOn = false;
  pages = 0;
  readonly #frame: DrawFrame | null;
  readonly #heights = new Map<string, number>();
  readonly #chunks: Buffer[] = [];
  readonly #ended: Promise<void>;

  constructor({ title, subject, keywords, createdAt }: Titles, frame: DrawFrame | null) {
    const info = { Title: title, Subject: subject, Keywords: keywords, Author: "Truebound", CreationDate: createdAt, ModDate: createdAt };
    // No margins of its own: it would break pages where we do not.
    this.doc = new PDFDocument({ size: "A4", margin: 0, autoFirstPage: false, pdfVersion: "1.7", lang: "en", info });
    this.doc.registerFont("regular", fontFile("IBMPlexSans-Regular"));
    this.doc.registerFont("bold", fontFile("IBMPlexSans-SemiBold"));
    this.doc.on("data", (chunk: Buffer) => this.#chunks.push(chunk));
    this.#ended = new Promise((resolve, reject) => this.doc.once("end", resolve).once("error", reject));
    this.#frame = frame;
    this.y = FLOOR;
  }

  newPage(): void {
    this.pages++;
    this.goesOn = false;
    this.y = PAGE.top + this.headroom;
    if (this.#frame === null) return;
    this.doc.addPage({ size: "A4", margin: 0 });
    this.#frame(this, this.pages);
  }

  /** Room for so much, on this page or the next; true = it is the next. */
  need(height: number): boolean {
    if (this.y + height <= FLOOR) return false;
    this.newPage();
    return true;
  }

  /** Enough to measure with, before there is a page. */
  face({ size, bold = false }: Style): PDFKit.PDFDocument {
    return this.doc.font(bold ? "bold" : "regular").fontSize(size);
  }

  /** Most words come again with every host: what was measured is remembered, up to an end. */
  height(text: string, width: number, style: Style): number {
    const key = `${style.size} ${style.bold === true} ${width} ${text}`;
    const known = this.#heights.get(key);
    if (known !== undefined) return known;
    const height = this.face(style).heightOfString(text === "" ? " " : text, { width, lineGap: style.gap ?? 0.6 });
    if (this.#heights.size >= MOST_REMEMBERED) this.#heights.clear();
    this.#heights.set(key, height);
    return height;
  }

  /** At a place, without moving on. */
  put(text: string, x: number, y: number, width: number, style: Style): void {
    if (text === "" || this.#frame === null) return;
    this.face(style)
      .fillColor(style.color ?? INK)
      .text(text, x, y, { width, align: style.align ?? "left", lineGap: style.gap ?? 0.6 });
  }

  /** A paragraph over the whole width. */
  write(text: string, style: Style, after = 2): void {
    const height = this.height(text, WIDTH, style);
    this.need(Math.min(height, FLOOR - PAGE.top - this.headroom));
    this.put(text, PAGE.left, this.y, WIDTH, style);
    this.y += height + after;
  }

  rule(y: number, color: string, width = 0.5, from = PAGE.left, to = PAGE.left + WIDTH, isDashed = false): void {
    if (this.#frame === null) return;
    this.doc.save();
    if (isDashed) this.doc.dash(3, { space: 2 });
    this.doc.moveTo(from, y).lineTo(to, y).lineWidth(width).strokeColor(color).stroke();
    this.doc.restore();
  }

  box(x: number, y: number, width: number, height: number, color: string): void {
    if (this.#frame !== null) this.doc.rect(x, y, width, height).fill(color);
  }

  outline(x: number, y: number, width: number, height: number, color: string): void {
    if (this.#frame !== null) this.doc.rect(x, y, width, height).lineWidth(0.5).strokeColor(color).stroke();
  }

  /** In the table of contents that a reader shows beside the pages. */
  bookmark(title: string): void {
    if (this.#frame !== null) this.doc.outline.addItem(title);
  }

  async end(): Promise<Uint8Array> {
    this.doc.end();
    await this.#ended;
    return Buffer.concat(this.#chunks);
  }
}

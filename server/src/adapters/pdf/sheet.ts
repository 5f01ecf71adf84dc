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

/** Paper that is written from top to bottom, and goes on by itself. */
export class Sheet {
  readonly doc: PDFKit.PDFDocument;
  y: number;
  /** Kept free under the top margin of each page. */
  headroom = 0;
  readonly #heights = new Map<string, number>();
  readonly #chunks: Buffer[] = [];
  readonly #ended: Promise<void>;

  constructor({ title, subject, keywords, createdAt }: Titles) {
    const info = { Title: title, Subject: subject, Keywords: keywords, Author: "Truebound", CreationDate: createdAt, ModDate: createdAt };
    // No margins of its own: it would break pages where we do not.
    this.doc = new PDFDocument({ size: "A4", margin: 0, bufferPages: true, autoFirstPage: false, pdfVersion: "1.7", lang: "en", info });
    this.doc.registerFont("regular", fontFile("IBMPlexSans-Regular"));
    this.doc.registerFont("bold", fontFile("IBMPlexSans-SemiBold"));
    this.doc.on("data", (chunk: Buffer) => this.#chunks.push(chunk));
    this.#ended = new Promise((resolve, reject) => this.doc.once("end", resolve).once("error", reject));
    this.y = FLOOR;
  }

  newPage(): void {
    this.doc.addPage({ size: "A4", margin: 0 });
    this.y = PAGE.top + this.headroom;
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
    if (text === "") return;
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

  rule(y: number, color: string, width = 0.5, from = PAGE.left, to = PAGE.left + WIDTH): void {
    this.doc.moveTo(from, y).lineTo(to, y).lineWidth(width).strokeColor(color).stroke();
  }

  box(x: number, y: number, width: number, height: number, color: string): void {
    this.doc.rect(x, y, width, height).fill(color);
  }

  /** What each page carries, once it is known how many there are. */
  eachPage(draw: (page: number, of: number) => void): void {
    const { start, count } = this.doc.bufferedPageRange();
    for (let page = 0; page < count; page++) {
      this.doc.switchToPage(start + page);
      draw(page + 1, count);
    }
  }

  async end(): Promise<Uint8Array> {
    this.doc.end();
    await this.#ended;
    return Buffer.concat(this.#chunks);
  }
}

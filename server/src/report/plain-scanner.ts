import { type Column, isOf64Bits } from "@truebound/audit";

const [QUOTE, COMMA, MINUS, ZERO, NINE, OPEN, BACKSLASH, CLOSE, LETTER_N, BEGIN, END] = [34, 44, 45, 48, 57, 91, 92, 93, 110, 123, 125];
const [SPACE, TILDE] = [32, 126];
/** Of a number that a double holds whatever its digits are. */
const MOST_DIGITS = 15;
/** Of a count of ns that 64 bits hold. */
const MOST_OF_BASE = 19;
const NULL = Buffer.from("null");
const [BASE, CELLS, COLUMN_END] = [Buffer.from('{"base":"'), Buffer.from('","d":['), Buffer.from("]}")];

/** Room for the columns of one batch, made once; another batch takes it over. */
let room = new Float64Array(4_096);

function placeFor(cell: number): Float64Array {
  if (cell < room.length) return room;
  const larger = new Float64Array(2 * room.length);
  larger.set(room);
  room = larger;
  return room;
}

/**
 * Bytes of JSON that somebody found to be JSON before, read from the front to the end as far as they are plain: no spaces between,
 * no backslash, no numbers but integers. Once something else is met it is odd, and all that was or will be read of it says nothing.
 */
export class PlainScanner {
  readonly #bytes: Buffer;
  #used = 0;
  #at = 0;
  #isOdd = false;

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  get isOdd(): boolean {
    return this.#isOdd;
  }

  /** All of it was read. */
  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  /** Whether these bytes come next; if so they are passed. */
  takes(literal: Uint8Array): boolean {
    const { length } = literal;
    for (let index = 0; index < length; index++) if (this.#bytes[this.#at + index] !== literal[index]) return false;
    this.#at += length;
    return true;
  }

  expect(literal: Uint8Array): void {
    if (!this.takes(literal)) this.#odd();
  }

  /** Up to the quote that ends it, which is passed; its printable ASCII, or what is odd. */
  textToQuote(): string {
    const from = this.#at;
    let byte = this.#bytes[this.#at];
    while (byte !== undefined && byte >= SPACE && byte <= TILDE && byte !== QUOTE && byte !== BACKSLASH) byte = this.#bytes[++this.#at];
    if (byte !== QUOTE) return this.#oddText();
    this.#at++;
    return this.#bytes.toString("latin1", from, this.#at - 1);
  }

  /** Up to the quote that ends a text, which is passed. */
  passToQuote(): void {
    let byte = this.#bytes[this.#at++];
    while (byte !== QUOTE && byte !== BACKSLASH && byte !== undefined) byte = this.#bytes[this.#at++];
    if (byte !== QUOTE) this.#odd();
  }

  /** A value of any kind, up to the comma or bracket behind it. */
  passValue(): void {
    let depth = 0;
    for (;;) {
      const byte = this.#bytes[this.#at];
      if (byte === undefined) return this.#odd();
      if (depth === 0 && (byte === COMMA || byte === CLOSE || byte === END)) return;
      this.#at++;
      if (byte === QUOTE) this.passToQuote();
      else if (byte === OPEN || byte === BEGIN) depth++;
      else if (byte === CLOSE || byte === END) depth--;
    }
  }

  /** Up to the bracket that ends a list in which there is no other bracket; it is passed. */
  passToClose(): void {
    const end = this.#bytes.indexOf(CLOSE, this.#at);
    if (end < 0) return this.#odd();
    this.#at = end + 1;
  }

  passColumn(): void {
    this.expect(BASE);
    this.passToClose();
    this.#byte(END);
  }

  /** Of at most 15 digits. */
  integer(): number {
    const isNegative = this.#bytes[this.#at] === MINUS;
    if (isNegative) this.#at++;
    const from = this.#at;
    let value = 0;
    for (let byte = this.#bytes[from]; byte !== undefined && byte >= ZERO && byte <= NINE; byte = this.#bytes[++this.#at])
      value = 10 * value + (byte - ZERO);
    const digits = this.#at - from;
    if (digits === 0 || digits > MOST_DIGITS || (digits > 1 && this.#bytes[from] === ZERO)) this.#odd();
    return isNegative ? -value : value;
  }

  integerOrNull(): number | null {
    return this.takes(NULL) ? null : this.integer();
  }

  /** `{"base":"…","d":[…]}`. Its cells hold only until another scanner reads: who keeps them copies them. */
  column(): Column {
    this.expect(BASE);
    const base = this.#base();
    this.expect(CELLS);
    const from = this.#used;
    if (this.#bytes[this.#at] !== CLOSE) this.#takeCells();
    this.expect(COLUMN_END);
    return { base, cells: room, from, rows: this.#used - from };
  }

  #base(): bigint {
    const from = this.#at;
    if (this.#bytes[this.#at] === MINUS) this.#at++;
    const digits = this.#at;
    for (let byte = this.#bytes[this.#at]; byte !== undefined && byte >= ZERO && byte <= NINE; ) byte = this.#bytes[++this.#at];
    const length = this.#at - digits;
    const base = length >= 1 && length <= MOST_OF_BASE ? BigInt(this.#bytes.toString("latin1", from, this.#at)) : null;
    if (base !== null && isOf64Bits(base)) return base;
    this.#odd();
    return 0n;
  }

  #takeCells(): void {
    do {
      const cells = placeFor(this.#used);
      cells[this.#used++] = this.#bytes[this.#at] === LETTER_N ? this.#unknown() : this.integer();
    } while (this.#takesComma());
  }

  #unknown(): number {
    this.expect(NULL);
    return Number.NaN;
  }

  /** `[…]` of words, each of printable ASCII; those that are alike are one text. */
  words(): readonly string[] {
    this.#byte(OPEN);
    const words: string[] = [];
    if (this.#takesByte(CLOSE)) return words;
    let [from, end] = [0, 0];
    do {
      this.#byte(QUOTE);
      const length = end - from;
      if (length > 0 && this.#isRepeated(from, length)) words.push(words[words.length - 1] as string);
      else {
        from = this.#at;
        words.push(this.textToQuote());
        end = this.#at;
      }
    } while (this.#takesComma());
    this.#byte(CLOSE);
    return words;
  }

  /** The bytes from there come next once more, and are then passed. */
  #isRepeated(from: number, length: number): boolean {
    for (let index = 0; index < length; index++) if (this.#bytes[from + index] !== this.#bytes[this.#at + index]) return false;
    this.#at += length;
    return true;
  }

  #takesComma(): boolean {
    return this.#takesByte(COMMA);
  }

  #takesByte(byte: number): boolean {
    if (this.#bytes[this.#at] !== byte) return false;
    this.#at++;
    return true;
  }

  #byte(byte: number): void {
    if (!this.#takesByte(byte)) this.#odd();
  }

  #oddText(): string {
    this.#odd();
    return "";
  }

  /** Nothing is left to be read, so that whoever goes on comes to an end. */
  #odd(): void {
    [this.#at, this.#isOdd] = [this.#bytes.length, true];
  }
}

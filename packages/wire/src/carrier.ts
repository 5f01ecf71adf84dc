import Type, { type Static } from "typebox";
import { MAX_DELIVERY_BYTES } from "./delivery.ts";
import { EnrolRequest } from "./enrol.ts";
import { base64url, HostText, Natural, Uuid } from "./schema.ts";
import { BATCH_PATH } from "./signature.ts";

/**
 * What goes between a host and a server that have no road to each other, in files that any carrier takes: JSON, a line each.
 * A delivery in it is what would be POSTed, signed for this URI and no other; an answer is signed for the very delivery.
 */
export const CARRIER_SCHEME = "carrier";
export const CARRIER_HOST = "truebound";
export const CARRIER_ORIGIN = `${CARRIER_SCHEME}://${CARRIER_HOST}/`;
export const CARRIER_URI = `${CARRIER_SCHEME}://${CARRIER_HOST}${BATCH_PATH}`;
/** Age says nothing of what lies on a shelf: in its place goes the number of the export, which only grows. */
export const carriedSent = (count: number): string => `carried/${count}`;
export const exportOf = (sent: string): number | null => {
  const [, count] = /^carried\/([1-9]\d{0,14})$/.exec(sent) ?? [];
  return count === undefined ? null : Number(count);
};

/** A delivery in base64 with its headers. */
export const LONGEST_CARRIED_LINE = Math.ceil((MAX_DELIVERY_BYTES * 4) / 3) + 8 * 1024;

const Text = (maxLength: number) => Type.String({ maxLength });
const Hash = Type.String({ pattern: "^[0-9a-f]{64}$" });
const Base64 = Type.String({ maxLength: LONGEST_CARRIED_LINE, pattern: "^[A-Za-z0-9+/]*={0,2}$" });

/** First line of an export; more than one may follow each other in a file. */
export const CarriedHead = Type.Object({ truebound: Type.Literal("deliveries/1"), agent: Uuid, export: Natural, server_key: Text(64) });
export type CarriedHead = Static<typeof CarriedHead>;

export const CarriedDelivery = Type.Object({
  delivery: Type.Object({
    agent: Uuid,
    epoch: Natural,
    seq: Natural,
    prev: Hash,
    head: Hash,
    content_digest: Text(80),
    sent: Text(200),
    /** Ed25519 over the signature base of a delivery to `CARRIER_URI`, base64. */
    signature: Text(100),
  }),
  body: Base64,
});
export type CarriedDelivery = Static<typeof CarriedDelivery>;

/** Last line of an export, or of answers: without it the file was cut short. */
export const CarriedEnd = Type.Object({ end: Natural });
export type CarriedEnd = Static<typeof CarriedEnd>;

export const AnswersHead = Type.Object({ truebound: Type.Literal("answers/1"), server_key: Text(64) });
export type AnswersHead = Static<typeof AnswersHead>;

/** What a server says to a carried delivery: the headers that sign it, and the exact text. */
export const CarriedAnswer = Type.Object({
  answer: CarriedDelivery.properties.delivery,
  status: Type.Integer({ minimum: 200, maximum: 599 }),
  headers: Type.Record(Type.String({ pattern: "^[a-z-]{1,40}$" }), Text(16_384), { maxProperties: 8 }),
  text: Text(MAX_DELIVERY_BYTES),
});
export type CarriedAnswer = Static<typeof CarriedAnswer>;

const { token: _, ...shown } = EnrolRequest.properties;

/** A host asks to be let in, by a file; a person who can reach the server's database does so. */
export const JoinRequest = Type.Object({ truebound: Type.Literal("join/1"), request: Type.Object(shown, { additionalProperties: false }) });
export type JoinRequest = Static<typeof JoinRequest>;

/** The server's answer to it, signed for that request. */
export const JoinAnswer = Type.Object({
  truebound: Type.Literal("joined/1"),
  to: base64url(64),
  headers: CarriedAnswer.properties.headers,
  text: Text(MAX_DELIVERY_BYTES),
  name: HostText(255),
});
export type JoinAnswer = Static<typeof JoinAnswer>;

/** A line of a file; `text` null = it is longer than any of ours. */
export interface NumberedLine {
  readonly number: number;
  readonly text: string | null;
}

/** Cuts what comes in pieces into lines, of which none is held that is longer than any of ours. */
export class LineCutter {
  #held: Uint8Array[] = [];
  #length = 0;
  #number = 1;

  *push(piece: Uint8Array): Generator<NumberedLine> {
    let from = 0;
    for (let end = piece.indexOf(NEWLINE); end !== -1; end = piece.indexOf(NEWLINE, from)) {
      this.#hold(piece.subarray(from, end));
      from = end + 1;
      yield this.#cut();
    }
    this.#hold(piece.subarray(from));
  }

  /** What comes behind the last end of a line; null = nothing. */
  end(): NumberedLine | null {
    return this.#length === 0 ? null : this.#cut();
  }

  #hold(bytes: Uint8Array): void {
    this.#length += bytes.length;
    if (this.#length > LONGEST_CARRIED_LINE) this.#held = [];
    else if (bytes.length > 0) this.#held.push(bytes.slice());
  }

  #cut(): NumberedLine {
    const text = this.#length > LONGEST_CARRIED_LINE ? null : decoded(this.#held, this.#length);
    const line = { number: this.#number, text };
    [this.#held, this.#length] = [[], 0];
    this.#number += 1;
    return line;
  }
}

const NEWLINE = 10;

function decoded(parts: readonly Uint8Array[], length: number): string {
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return ascii(whole);
}

/** All that we write is ASCII; what is not comes out as what no line of ours holds. */
const ascii = (bytes: Uint8Array): string => {
  let text = "";
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return text;
};

/** JSON of ASCII alone, with its end of line. */
export const carriedLine = (value: unknown): string =>
  `${JSON.stringify(value).replace(/[\u007f-\uffff]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`)}\n`;

/**
 * Whether a file is whole, by its own account: everything in it that begins has its end, and as many lines before that as the end says. Of
 * several files one behind the other any may have been cut, and also just between two lines.
 */
export class Wholeness {
  /** Lines since the last head; null = that has its end, or there was none. */
  #lines: number | null = null;
  #begun = 0;
  #cut = 0;

  get isWhole(): boolean {
    return this.#begun > 0 && this.#lines === null && this.#cut === 0;
  }

  begins(): void {
    if (this.#lines !== null) this.#cut += 1;
    this.#lines = 0;
    this.#begun += 1;
  }

  /** Any line that is neither head nor end, damaged or not. */
  holds(): void {
    this.#lines = (this.#lines ?? 0) + 1;
  }

  ends(lines: number): void {
    if (this.#lines !== lines) this.#cut += 1;
    this.#lines = null;
  }
}

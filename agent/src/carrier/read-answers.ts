import {
  AnswersHead,
  CARRIER_URI,
  CarriedAnswer,
  CarriedEnd,
  exportOf,
  type NumberedLine,
  SIGNATURE_LABEL,
  signatureBase,
  validator,
  Wholeness,
} from "@truebound/wire";
import type { HttpAnswer, Signer } from "../report/ports.ts";

type Answered = Extract<HttpAnswer, { readonly kind: "answer" }>;

/** What a server said to the deliveries of one export. */
export interface Answers {
  /** The number of the export. */
  readonly count: number;
  /** In the order in which they were given. */
  readonly heard: readonly Answered[];
}

export interface AnswerCheck {
  readonly agent: string;
  /** The key in use, and those before it: whichever signed the delivery. */
  readonly signers: readonly Signer[];
  /** Whether the server signed it for this Signature header of ours. */
  readonly isGenuine: (answer: CarriedAnswer, requestSignature: string) => boolean;
}

/** What is wrong with a line, and where it stands. */
export interface LineTrouble {
  readonly number: number;
  readonly why: string;
}

const isHead = validator(AnswersHead);
const isEnd = validator(CarriedEnd);
const isAnswer = validator(CarriedAnswer);

/**
 * Of a file of answers what this host's server really said to this host, of the latest export among them. Other hosts' lines
 * are passed over. An answer counts only beside the delivery that it answers, which carries our own signature.
 */
export class AnswerReader {
  readonly #check: AnswerCheck;
  #latest: { count: number; heard: Answered[] } | null = null;
  #others = 0;
  readonly #wholeness = new Wholeness();
  readonly #troubles: LineTrouble[] = [];

  constructor(check: AnswerCheck) {
    this.#check = check;
  }

  get result(): {
    readonly answers: Answers | null;
    readonly others: number;
    readonly isWhole: boolean;
    readonly troubles: readonly LineTrouble[];
  } {
    return { answers: this.#latest, others: this.#others, isWhole: this.#wholeness.isWhole, troubles: this.#troubles };
  }

  take({ number, text }: NumberedLine): void {
    const value = text === null ? undefined : parsed(text);
    if (isHead.accepts(value)) return this.#wholeness.begins();
    if (isEnd.accepts(value)) return this.#wholeness.ends(value.end);
    this.#wholeness.holds();
    if (!isAnswer.accepts(value)) this.#trouble(number, text === null ? "is longer than any answer" : "is no answer of a server");
    else if (value.answer.agent !== this.#check.agent) this.#others += 1;
    else this.#hear(number, value);
  }

  #trouble(number: number, why: string): void {
    if (this.#troubles.length < MOST_TOLD) this.#troubles.push({ number, why });
  }

  #hear(number: number, answer: CarriedAnswer): void {
    const count = exportOf(answer.answer.sent);
    if (count === null || !this.#isOurs(answer)) return this.#trouble(number, "answers a delivery that this host has not signed");
    if (!this.#check.isGenuine(answer, `${SIGNATURE_LABEL}=:${answer.answer.signature}:`))
      return this.#trouble(number, "is not signed by this host's server for that delivery");
    if (this.#latest === null || count > this.#latest.count) this.#latest = { count, heard: [] };
    if (count === this.#latest.count)
      this.#latest.heard.push({ kind: "answer", status: answer.status, body: parsed(answer.text) ?? null, retryAfterSeconds: null });
  }

  /** Ed25519 gives one signature for a text: nothing has to be remembered of what was signed. */
  #isOurs({ answer: { content_digest: contentDigest, signature, ...described } }: CarriedAnswer): boolean {
    const text = signatureBase({ ...described, contentDigest, method: "POST", targetUri: CARRIER_URI });
    return this.#check.signers.some((signer) => Buffer.from(signer.sign(text)).toString("base64") === signature);
  }
}

const MOST_TOLD = 20;

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

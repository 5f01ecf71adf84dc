import {
  CARRIER_HOST,
  CARRIER_SCHEME,
  type CarriedAnswer,
  CarriedDelivery,
  CarriedEnd,
  CarriedHead,
  type NumberedLine,
  SIGNATURE_LABEL,
  signatureInput,
  validator,
  Wholeness,
} from "@truebound/wire";
import type { DeliveryHead } from "../ingest/claim.ts";
import type { Accepted, Ingest } from "../ingest/ingest.ts";
import { isRefusal, type Refusal } from "../refusal.ts";

export interface ImportPorts {
  readonly ingest: Pick<Ingest, "admit" | "receive">;
  /** How a refusal is said, as on a road. */
  readonly problem: (refusal: Refusal) => { readonly status: number; readonly text: string };
  /** Headers that make it this server's answer to that delivery. */
  readonly sign: (
    status: number,
    text: string,
    request: { readonly signature: string; readonly knownKey: string | null },
  ) => CarriedAnswer["headers"];
  /** Of this server's key. */
  readonly keyId: string;
}

/** What was taken of one host. */
export interface TakenOf {
  readonly agent: string;
  /** Reports that were new. */
  stored: number;
  /** Deliveries in which nothing was. */
  repeated: number;
  /** Deliveries that were refused. */
  refused: number;
  quarantined: number;
  /** Where its chain ends now; null = nothing of it was taken. */
  upTo: { readonly epoch: number; readonly seq: number } | null;
}

export interface Trouble {
  readonly number: number;
  readonly why: string;
}

export interface Imported {
  readonly hosts: readonly TakenOf[];
  readonly troubles: readonly Trouble[];
  /** Of those that are not listed too. */
  readonly troubleCount: number;
  /** Each export in it has its end, and nothing is away before that. */
  readonly isWhole: boolean;
  /** What goes back: of each host the latest receipt, and the latest refusal behind it. */
  readonly answers: readonly CarriedAnswer[];
}

const isHead = validator(CarriedHead);
const isDelivery = validator(CarriedDelivery);
const isEnd = validator(CarriedEnd);

const MOST_TOLD = 50;

/**
 * Takes carried deliveries one after the other, by the very way of those that are POSTed. A line that is none, or that is
 * refused, is named and passed over: whatever lies behind it has its own signature.
 */
export class CarriedImport {
  readonly #ports: ImportPorts;
  readonly #hosts = new Map<string, TakenOf>();
  readonly #answers = new Map<string, { taken?: CarriedAnswer; refused?: CarriedAnswer }>();
  readonly #troubles: Trouble[] = [];
  #troubleCount = 0;
  #knownKey: string | null = null;
  readonly #wholeness = new Wholeness();

  constructor(ports: ImportPorts) {
    this.#ports = ports;
  }

  get result(): Imported {
    return {
      hosts: [...this.#hosts.values()],
      troubles: this.#troubles,
      troubleCount: this.#troubleCount,
      isWhole: this.#wholeness.isWhole,
      answers: [...this.#answers.values()].flatMap(({ taken, refused }) => [taken, refused].filter((answer) => answer !== undefined)),
    };
  }

  async take({ number, text }: NumberedLine): Promise<void> {
    const value = text === null ? undefined : parsed(text);
    if (isHead.accepts(value)) this.#begin(value.server_key);
    else if (isEnd.accepts(value)) this.#wholeness.ends(value.end);
    else await this.#hold(number, isDelivery.accepts(value) ? value : text);
  }

  async #hold(number: number, line: CarriedDelivery | string | null): Promise<void> {
    this.#wholeness.holds();
    if (line !== null && typeof line === "object") await this.#deliver(number, line);
    else this.#trouble(number, line === null ? "it is longer than any delivery" : "it is no delivery, or damaged");
  }

  #begin(serverKey: string): void {
    this.#knownKey = serverKey;
    this.#wholeness.begins();
  }

  #trouble(number: number, why: string): void {
    this.#troubleCount += 1;
    if (this.#troubles.length < MOST_TOLD) this.#troubles.push({ number, why });
  }

  async #deliver(number: number, carried: CarriedDelivery): Promise<void> {
    const { delivery } = carried;
    const outcome = await this.#offer(carried);
    const isKnown = !isRefusal(outcome) || !UNPROVEN.has(outcome.refused);
    // Whoever is not shown to have signed it gets no line of his own.
    const host = isKnown ? this.#hostOf(delivery.agent) : null;
    if (!isRefusal(outcome)) return this.#taken(delivery, outcome);
    if (host !== null) host.refused += 1;
    this.#trouble(number, `${outcome.refused}: ${outcome.detail}${this.#elsewhere(outcome)}`);
    if (isKnown) this.#answer(delivery, "refused", this.#ports.problem(outcome));
  }

  async #offer({ delivery, body }: CarriedDelivery): Promise<Accepted | Refusal> {
    const bytes = Buffer.from(body, "base64");
    const claim = await this.#ports.ingest.admit(headOf(delivery), bytes.length);
    return isRefusal(claim) ? claim : this.#ports.ingest.receive(claim, bytes);
  }

  #elsewhere({ refused }: Refusal): string {
    return refused === "unknown_agent" && this.#knownKey !== null && this.#knownKey !== this.#ports.keyId
      ? `; the file is for the server whose key is ${this.#knownKey}, and this one's is ${this.#ports.keyId}`
      : "";
  }

  #taken(delivery: CarriedDelivery["delivery"], { receipt, stored, quarantined }: Accepted): void {
    const host = this.#hostOf(delivery.agent);
    host.stored += stored;
    host.quarantined += quarantined.length;
    if (stored === 0) host.repeated += 1;
    host.upTo = { epoch: receipt.epoch, seq: receipt.expected_seq - 1 };
    this.#answer(delivery, "taken", { status: 200, text: JSON.stringify(receipt) });
  }

  #answer(delivery: CarriedDelivery["delivery"], as: "taken" | "refused", { status, text }: { status: number; text: string }): void {
    const request = { signature: `${SIGNATURE_LABEL}=:${delivery.signature}:`, knownKey: this.#knownKey };
    const answer = { answer: delivery, status, headers: this.#ports.sign(status, text, request), text };
    const before = as === "taken" ? {} : this.#answers.get(delivery.agent);
    this.#answers.set(delivery.agent, { ...before, [as]: answer });
  }

  #hostOf(agent: string): TakenOf {
    const known = this.#hosts.get(agent) ?? { agent, stored: 0, repeated: 0, refused: 0, quarantined: 0, upTo: null };
    this.#hosts.set(agent, known);
    return known;
  }
}

/** Refused before the host's own signature was found right. */
const UNPROVEN: ReadonlySet<Refusal["refused"]> = new Set(["unknown_agent", "bad_signature", "bad_request"]);

/** The headers that it would have on a road. */
function headOf({ agent, epoch, seq, prev, head, content_digest, sent, signature }: CarriedDelivery["delivery"]): DeliveryHead {
  const headers: Readonly<Record<string, string>> = {
    "truebound-agent": agent,
    "truebound-epoch": String(epoch),
    "truebound-seq": String(seq),
    "truebound-prev": prev,
    "truebound-head": head,
    "truebound-sent": sent,
    "content-digest": content_digest,
    "signature-input": signatureInput(agent),
    signature: `${SIGNATURE_LABEL}=:${signature}:`,
  };
  return { schemes: [CARRIER_SCHEME], address: null, host: CARRIER_HOST, header: (name) => headers[name] };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

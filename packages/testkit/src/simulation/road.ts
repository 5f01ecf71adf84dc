import { answerOf, type Dial, deliveryHeaders, type HttpAnswer, isSignedReply, signedPostHeaders } from "@truebound/agent";
import type { SeededRandom } from "../sim/random.ts";
import type { History } from "./history.ts";
import type { Records } from "./records.ts";
import type { Scheduler } from "./scheduler.ts";
import type { Request, Response } from "./server-process.ts";
import type { RoadFaults } from "./world.ts";

/** Where a delivery goes: whichever server the address leads to now; null = nobody listens there. */
export type Listener = (request: Request) => Promise<Response | null> | null;

interface Cut {
  readonly until: bigint;
  readonly way: "both" | "there" | "back";
}

const textBytes = (body: unknown): Uint8Array => (body instanceof Uint8Array ? body : Buffer.from(JSON.stringify(body)));

const SILENCE_MS = 20_000;
const LONGEST_MS = 60_000;

/** The network between agents and servers. Each host has its own way; what goes along it may be late, lost, doubled, bent or cut off. */
export class Road {
  readonly #scheduler: Scheduler;
  readonly #random: SeededRandom;
  readonly #history: History;
  readonly #records: Records;
  readonly #cuts = new Map<string, Cut>();
  listener: Listener = () => null;
  faults: RoadFaults;

  constructor(scheduler: Scheduler, random: SeededRandom, history: History, records: Records, faults: RoadFaults) {
    [this.#scheduler, this.#random, this.#history, this.#records, this.faults] = [scheduler, random, history, records, faults];
  }

  cut(address: string, way: Cut["way"], forS: number): void {
    this.#cuts.set(address, { way, until: this.#scheduler.now + BigInt(Math.round(forS * 1e9)) });
  }

  /** How the agent at this address reaches its server. */
  dialFrom(host: string, address: string): Dial {
    return (server, signer, trust) => ({
      post: (path, body) => this.#post(host, { address, path, headers: { host: server.host }, body: textBytes(body) }, trust.receiptKey()),
      postSigned: (path, agent, body) => {
        const bytes = textBytes(body);
        const headers = { ...signedPostHeaders(new URL(path, server), agent, bytes, signer), host: server.host };
        return this.#post(host, { address, path, headers, body: bytes }, trust.receiptKey());
      },
      postBatches: async (described, body) => {
        const headers: Record<string, string> = { ...deliveryHeaders(described, server, signer), host: server.host };
        const tries = this.#records.tries.get(host) ?? [];
        tries.push(this.#scheduler.now);
        this.#records.tries.set(host, tries);
        const place = `${described.epoch}/${described.seq}`;
        const response = await this.#exchange(address, { address, headers, body });
        const answer = this.#readReply(response, headers.signature, trust.receiptKey());
        this.#history.note(host, "delivery", `${place} ${answer.kind === "answer" ? answer.status : answer.reason}`);
        this.#noteAcknowledged(host, answer, described);
        return answer;
      },
      close: () => undefined,
    });
  }

  /** Over TLS: what is bent on the way does not arrive. */
  async #post(host: string, request: Request, receiptKey: string | null): Promise<HttpAnswer> {
    const response = await this.#exchange(request.address, request);
    const answer = this.#readReply(response, request.headers.signature, receiptKey);
    this.#history.note(host, `asks ${request.path}`, String(answer.kind === "answer" ? answer.status : answer.reason));
    return answer;
  }

  /** Resolves to null where no answer comes. */
  #exchange(address: string, request: Request): Promise<Response | null> {
    return new Promise((resolve) => {
      let isOver = false;
      const end = (response: Response | null) => {
        if (!isOver) resolve(response);
        isOver = true;
      };
      this.#scheduler.after(SILENCE_MS, () => end(null));
      const times = this.#happens(this.faults.twice) ? 2 : 1;
      for (let copy = 0; copy < times; copy++) this.#carry(address, request, end);
    });
  }

  #carry(address: string, request: Request, end: (response: Response | null) => void): void {
    if (this.isCut(address, "there") || this.#happens(this.faults.lost)) return;
    this.#scheduler.after(this.#delay(), () => {
      const isBent = this.#happens(this.faults.corrupt);
      if (isBent && request.path !== undefined) return;
      const answer = this.listener(isBent ? this.#bent(request) : request);
      if (answer === null) return end(null);
      void answer.then((response) => {
        if (response === null || this.isCut(address, "back") || this.#happens(this.faults.lostAnswer)) return;
        const isAnswerBent = this.#happens(this.faults.corrupt);
        if (isAnswerBent && request.path !== undefined) return;
        this.#scheduler.after(this.#delay(), () => end(isAnswerBent ? this.#bentAnswer(response) : response));
      });
    });
  }

  /** @param requestSignature undefined = the request was not signed, so the reply cannot be for it alone. */
  #readReply(response: Response | null, requestSignature: string | undefined, receiptKey: string | null): HttpAnswer {
    if (response === null) return { kind: "no_answer", reason: `no answer within ${SILENCE_MS / 1000} s` };
    const reply = { status: response.status, header: (name: string) => response.headers[name], body: response.body };
    if (receiptKey !== null && requestSignature !== undefined && !isSignedReply(reply, receiptKey, requestSignature))
      return { kind: "no_answer", reason: `HTTP ${response.status}, but not signed by this server's receipt key for this request` };
    return answerOf(response.status, response.headers["retry-after"], response.body);
  }

  #noteAcknowledged(host: string, answer: HttpAnswer, { epoch, head }: { readonly epoch: number; readonly head: string }): void {
    if (answer.kind !== "answer" || answer.status !== 200) return;
    const { seq } = answer.body as { readonly seq: number };
    this.#records.acknowledged.push({ host, epoch, seq, hash: head, at: this.#scheduler.now });
  }

  isCut(address: string, way: "there" | "back"): boolean {
    const cut = this.#cuts.get(address);
    return cut !== undefined && this.#scheduler.now < cut.until && (cut.way === "both" || cut.way === way);
  }

  #happens(chance: number): boolean {
    return chance > 0 && this.#random.next() < chance;
  }

  #delay(): number {
    const usual = this.#random.exponential(this.faults.delayMs);
    return this.#happens(this.faults.slow) ? Math.min(LONGEST_MS, usual + this.#random.between(1_000, 40_000)) : usual;
  }

  /** One bit of the body, or one character of a header. */
  #bent(request: Request): Request {
    if (this.#random.next() < 0.5) return { ...request, body: this.#bentBytes(request.body) };
    const names = Object.keys(request.headers).filter((name) => name !== "host");
    const name = names[Math.floor(this.#random.next() * names.length)] ?? "signature";
    return {
      ...request,
      headers: { ...request.headers, [name]: this.#bentBytes(Buffer.from(request.headers[name] ?? "")).toString("latin1") },
    };
  }

  #bentAnswer(response: Response): Response {
    return { ...response, body: this.#bentBytes(response.body) };
  }

  #bentBytes(bytes: Uint8Array): Buffer {
    const bent = Buffer.from(bytes);
    if (bent.length === 0) return bent;
    const at = Math.floor(this.#random.next() * bent.length);
    bent[at] = (bent[at] as number) ^ (1 << Math.floor(this.#random.next() * 8));
    return bent;
  }
}

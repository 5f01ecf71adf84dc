import type { ServerLink, Signer } from "./ports.ts";
import { agreeOnKey } from "./rotate.ts";

/** The next key, beside the one in use. While it is there the change is not done, whatever became of earlier tries. */
export interface NextKey {
  isThere(): boolean;
  /** Made on first use. */
  signer(): Signer;
  /** It takes the place of the one in use, durably, before it signs anything. */
  take(): void;
}

export interface RotationPorts {
  readonly agent: string;
  readonly link: ServerLink;
  readonly signer: ChangingSigner;
  readonly next: NextKey;
  /** ms of a monotonic clock. */
  readonly now: () => number;
  readonly log: (level: "info" | "warn", message: string) => void;
}

/** A signer whose key may change under who holds it. */
export class ChangingSigner implements Signer {
  #present: Signer;

  constructor(present: Signer) {
    this.#present = present;
  }

  get publicKey(): string {
    return this.#present.publicKey;
  }

  sign(text: string): Uint8Array {
    return this.#present.sign(text);
  }

  change(to: Signer): void {
    this.#present = to;
  }
}

const PAUSE_MS = 60_000;

/**
 * Changes this agent's key, by order of the server or of a person here. Each step can be the last before a crash: the next
 * key is on disk before anybody hears of it, the server takes both until the next one has signed a batch, and only once it
 * has agreed does the next one take the old one's place. A start that finds the next key asks again.
 */
export class KeyRotation {
  readonly #ports: RotationPorts;
  #triedAt = Number.NEGATIVE_INFINITY;
  #trying: Promise<void> | null = null;
  #lastTrouble: string | null = null;

  constructor(ports: RotationPorts) {
    this.#ports = ports;
  }

  /** After each receipt, which may carry the server's wish. */
  consider(isWished: boolean): void {
    const { next, now } = this.#ports;
    if (this.#trying !== null || now() - this.#triedAt < PAUSE_MS || !(isWished || next.isThere())) return;
    this.#triedAt = now();
    this.#trying = this.#try().finally(() => {
      this.#trying = null;
    });
  }

  /** Resolves when no try is under way. */
  async settled(): Promise<void> {
    await this.#trying;
  }

  async #try(): Promise<void> {
    const { agent, link, signer, next, log } = this.#ports;
    try {
      const coming = next.signer();
      const outcome = await agreeOnKey(link, agent, signer, coming);
      if (outcome.kind === "not_now") return this.#complain(outcome.why);
      next.take();
      signer.change(coming);
      this.#lastTrouble = null;
      log("info", `signs by another key from now on: ${coming.publicKey}`);
    } catch (error) {
      this.#complain((error as Error).message);
    }
  }

  /** Once for each kind of trouble. */
  #complain(why: string): void {
    if (why !== this.#lastTrouble) this.#ports.log("warn", `cannot change this agent's key: ${why}; the present one goes on`);
    this.#lastTrouble = why;
  }
}

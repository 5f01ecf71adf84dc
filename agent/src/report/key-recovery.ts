import type { ServerLink, Signer } from "./ports.ts";
import { agreeOnKey } from "./rotate.ts";

export interface RecoveryPorts {
  readonly agent: string;
  /** Signs by the key in use. */
  readonly signer: Signer;
  /** The keys before it, newest first. Throws where they cannot be read. */
  readonly former: () => readonly Signer[];
  readonly linkBy: (former: Signer) => ServerLink & { close(): void };
  /** Resolves when no change of keys is under way. */
  readonly settled: () => Promise<void>;
  readonly log: (level: "info" | "warn", message: string) => void;
}

/**
 * A server whose database was restored from before a change of keys knows a former key and refuses the one in use. The former
 * key vouches for it once more, by the same words as at the change; batches are signed by the key in use throughout, so there
 * is nothing to change back, and no file changes.
 */
export class KeyRecovery {
  readonly #ports: RecoveryPorts;
  #lastTrouble: string | null = null;

  constructor(ports: RecoveryPorts) {
    this.#ports = ports;
  }

  /** After an answer, signed by the server, that it does not know the key: each former one is tried once. True = it knows it now. */
  async agreeAgain(): Promise<boolean> {
    await this.#ports.settled();
    const troubles: string[] = [];
    for (const former of this.#formerKeys(troubles)) {
      const why = await this.#tryBy(former);
      if (why === null) return this.#succeeded(former);
      troubles.push(`${former.publicKey}: ${why}`);
    }
    if (troubles.length > 0) this.#complain(troubles.join("; "));
    return false;
  }

  /** What the disk will not give now it may give at the next answer. */
  #formerKeys(troubles: string[]): readonly Signer[] {
    try {
      return this.#ports.former().filter(({ publicKey }) => publicKey !== this.#ports.signer.publicKey);
    } catch (error) {
      troubles.push((error as Error).message);
      return [];
    }
  }

  /** Null = agreed. */
  async #tryBy(former: Signer): Promise<string | null> {
    const link = this.#ports.linkBy(former);
    try {
      const outcome = await agreeOnKey(link, this.#ports.agent, former, this.#ports.signer);
      return outcome.kind === "agreed" ? null : outcome.why;
    } finally {
      link.close();
    }
  }

  #succeeded(former: Signer): true {
    this.#lastTrouble = null;
    const { log, signer } = this.#ports;
    log(
      "warn",
      `the server knew only this agent's former key ${former.publicKey}: its database was restored from before the change of keys; by that key it has agreed on ${signer.publicKey} again, and reports go on`,
    );
    return true;
  }

  /** Once for each kind of trouble. */
  #complain(why: string): void {
    if (why === this.#lastTrouble) return;
    this.#lastTrouble = why;
    this.#ports.log(
      "warn",
      `the server does not know this agent's key, and no former one helps (${why}); tried again with each such answer, and if this stays so: truebound-agent unenroll, then enroll`,
    );
  }
}

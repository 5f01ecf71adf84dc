import type { IdentityFiles } from "../adapters/identity-file.ts";
import type { NextKey } from "../report/key-rotation.ts";
import type { Identity, Signer } from "../report/ports.ts";
import { isBefore, type Place } from "../spool/place.ts";

/** The folder in which an agent keeps who it is. */
export type IdentityFolder = Pick<IdentityFiles, "identity" | "keep" | "nextKey" | "formerKeys" | "dropFormerKeys">;

/** Who this agent is, as its folder says it. */
export class Papers {
  readonly #files: IdentityFolder;
  #kept: Identity;

  constructor(identity: Identity, files: IdentityFolder) {
    this.#kept = identity;
    this.#files = files;
  }

  get identity(): Identity {
    return this.#kept;
  }

  /** Throws what the disk says, and then all is as it was. */
  keep(change: Partial<Identity>): void {
    const next = { ...this.#kept, ...change };
    this.#files.keep(next);
    this.#kept = next;
  }

  /**
   * The next key is expected before it takes the old one's place, and the old one still after: a crash between the two harms
   * nothing. `end` is where the chain ends: what is sealed from then on only the next key can have signed.
   */
  nextKey(signer: Signer, end: () => Place | null): NextKey {
    const next = this.#files.nextKey();
    return {
      ...next,
      take: () => {
        const { epoch, seq } = end() ?? { epoch: this.#kept.epoch, seq: 0 };
        this.keep({ publicKey: next.signer().publicKey, formerKey: signer.publicKey, keyAfter: { epoch, seq } });
        next.take();
      },
    };
  }

  /**
   * The former keys go once a batch by the present one is checkpointed: that is older than the refill window, which exceeds
   * the interval of backups, so no backup that may be restored is from before the change. Throws what the disk says.
   */
  checkpointed(place: Place): void {
    const { keyAfter } = this.#kept;
    if (keyAfter !== undefined && isBefore(keyAfter, place)) this.#files.dropFormerKeys();
  }
}

import { type Refusal, refuse } from "../refusal.ts";

/** A sound agent sends one delivery after the other; one more may be under way where an answer got lost. */
const MOST = 4;
const RETRY_SECONDS = 2;

/** Deliveries of each agent that are under way, from their head until they are answered: whoever sends many at once waits for itself. */
export class Places {
  readonly #taken = new Map<string, number>();

  /** A place until `release` is called; or why there is none. */
  enter(agent: string): { readonly release: () => void } | Refusal {
    const taken = this.#taken.get(agent) ?? 0;
    if (taken >= MOST)
      return refuse("rate", `${MOST} deliveries of this agent are under way already, try again in ${RETRY_SECONDS} s`, {
        retrySeconds: RETRY_SECONDS,
      });
    this.#taken.set(agent, taken + 1);
    let isHeld = true;
    return {
      release: () => {
        if (isHeld) this.#leave(agent);
        isHeld = false;
      },
    };
  }

  #leave(agent: string): void {
    const left = (this.#taken.get(agent) ?? 1) - 1;
    if (left > 0) this.#taken.set(agent, left);
    else this.#taken.delete(agent);
  }
}

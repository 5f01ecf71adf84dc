import { isRefusal, type Refusal, refuse } from "../refusal.ts";
import type { ToldStamps } from "./ask-stamps.ts";

/** Files that are answered at once: each holds its rows and the evidence that is read for some of them. */
export const MOST_JOBS = 2;
const RETRY_SECONDS = 30;

const BUSY = refuse(
  "rate",
  `Cannot take another file of stamps now: ${MOST_JOBS} are being answered; send it again in ${RETRY_SECONDS} s, or one after the other`,
  { retrySeconds: RETRY_SECONDS },
);

export type StampJobOutcome = "answered" | "failed" | "busy" | "refused";

/** Whoever comes when all places are taken is told when to come again, before anything of the file is read. */
export class StampJobs {
  readonly #count: (outcome: StampJobOutcome) => void;
  #running = 0;

  constructor(count: (outcome: StampJobOutcome) => void) {
    this.#count = count;
  }

  get running(): number {
    return this.#running;
  }

  /** The place is free again when the answer has been told to its end, or nobody listens to it any more. */
  async run(ask: () => Promise<ToldStamps | Refusal>, tell: (answer: ToldStamps) => Promise<void>): Promise<Refusal | null> {
    if (this.#running >= MOST_JOBS) {
      this.#count("busy");
      return BUSY;
    }
    this.#running += 1;
    let outcome: StampJobOutcome = "failed";
    try {
      const answer = await ask();
      outcome = isRefusal(answer) ? "refused" : outcome;
      if (isRefusal(answer)) return answer;
      await tell(answer);
      outcome = "answered";
      return null;
    } finally {
      this.#running -= 1;
      this.#count(outcome);
    }
  }
}

import { FLOOR_SECONDS, STARTING_POLLS } from "@truebound/time";
import type { Source } from "./source.ts";

const LONGEST_POLL_SECONDS = 3600;
/** Replies until the pace after RATE is eased by half: about as long at each of the first steps, never at the first reply. */
const repliesToEase = (backoff: number): number => Math.max(2, 16 / backoff);
const BURST = { polls: STARTING_POLLS, seconds: 2 };

/** How often a source is asked: as the policy wants it, no faster than manners allow. Takes no time itself. */
export class SourcePace {
  readonly #origin: Source["origin"];
  #wanted: number;
  #backoff = 1;
  #repliesSinceBackoff = 0;
  #slowdown = 1;
  #wasTold = false;
  /** Seconds that were to pass after the last poll. */
  #inForce = 0;

  constructor(origin: Source["origin"], pollSeconds: number) {
    this.#origin = origin;
    this.#wanted = pollSeconds;
  }

  retune(pollSeconds: number): void {
    this.#wanted = pollSeconds;
  }

  /**
   * Seconds until the next poll: the policy's interval, never below the origin's floor, doubled for each RATE, multiplied
   * where we would harm the host's own daemon, and never beyond an hour for either. Only sources that the operator named
   * are asked faster at the start.
   */
  seconds(polls: number): number {
    const wanted = this.#floored;
    const factor = Math.max(this.#backoff, this.#slowdown);
    // At an interval of an hour there is nothing left to double, and yet the burst must end.
    const unwanted = factor > 1 || this.#wasTold;
    const starting = this.#origin === "declared" && polls < BURST.polls && !unwanted;
    return starting ? Math.min(wanted, BURST.seconds) : Math.min(wanted * factor, Math.max(LONGEST_POLL_SECONDS, wanted));
  }

  /** A poll begins: from here on the present pace is in force. */
  polled(polls: number): void {
    this.#inForce = this.seconds(polls + 1);
  }

  /**
   * The interval by which freshness counts, ns: never the faster pace of the start, and no shorter than what was in force at
   * the last poll, since a new pace makes nobody stale who has not been asked at it.
   */
  nanoseconds(polls: number): bigint {
    return BigInt(Math.round(Math.max(this.seconds(polls), this.#wanted, this.#inForce) * 1e9));
  }

  /** For the sake of the host's own daemon: so many times slower than we would; 1 = at our own pace. */
  slowDown(factor: number): void {
    this.#slowdown = Math.max(1, factor);
  }

  /** Seconds that must pass between two polls also where somebody asks for one out of turn: the floor, and whatever holds us back. */
  soonest(polls: number): number {
    const isHeldBack = this.#wasTold || this.#backoff > 1 || this.#slowdown > 1;
    return isHeldBack ? this.seconds(polls) : FLOOR_SECONDS[this.#origin];
  }

  /** RATE. No further than the hour that is waited at most: a back-off beyond it would only take longer to ease. */
  backOff(): void {
    const most = Math.max(1, LONGEST_POLL_SECONDS / this.#floored);
    this.#wasTold = true;
    this.#backoff = Math.min(this.#backoff * 2, most);
    this.#repliesSinceBackoff = 0;
  }

  /** A reply came. */
  ease(): void {
    this.#repliesSinceBackoff += 1;
    if (this.#backoff === 1 || this.#repliesSinceBackoff < repliesToEase(this.#backoff)) return;
    this.#backoff = Math.max(1, this.#backoff / 2);
    this.#repliesSinceBackoff = 0;
  }

  get #floored(): number {
    return Math.max(FLOOR_SECONDS[this.#origin], this.#wanted);
  }
}

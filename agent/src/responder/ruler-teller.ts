import { type Glance, type PartsPerBillion, type RawInstant, raw, type UtcInstant } from "@truebound/time";
import { between, type OnRuler, receivedOnRuler } from "./ruler-reading.ts";

/** What the rest of the agent knows of this host's ruler. */
export interface Ruler {
  /** Its name now; null = it is not to be relied on. */
  readonly id: () => number | null;
  /** S, the slew allowance in force. */
  readonly slew: () => PartsPerBillion;
}

/** What to say of the ruler with a reply: a reading, nothing, or no reply at all. */
export type Telling =
  | { readonly kind: "reading"; readonly ruler: number; readonly at: OnRuler }
  | { readonly kind: "nothing" }
  | { readonly kind: "no_reply" };

/** Longer than any interrupt keeps a datagram between its stamp and its socket's queue, ns. */
const IN_THE_KERNEL = 1_000_000_000n;
const NOTHING: Telling = { kind: "nothing" };
const NO_REPLY: Telling = { kind: "no_reply" };

/**
 * Says when requests were received on the ruler, by one glance at the clocks for each. A stamp is carried only where the
 * clock was steady from before it was taken. When that was, the stamp cannot say; but what arrives behind a glance after which
 * the queue was empty was stamped behind that glance, but for what the kernel still had in hand.
 *
 * Near a step there is no reply at all, rather than one without a reading: its NTP stamps lie on either side of the step,
 * or may, and whoever subtracts one from the other takes the step for a hold, and believes a false interval. A peer loses one
 * poll.
 */
export class RulerTeller {
  readonly #ruler: Ruler;
  /** Before every request that is still to come. */
  #anchor: Glance;
  #last: Glance;
  /** RAW until when a stamp may be from before a step. */
  #doubtfulUntil: RawInstant = raw(0n);
  /** Stepped, and the queue may hold what came before. */
  #isStepped = false;
  /** The ruler as it was called when it went back; what it is called next is another ruler. */
  #jumped: number | null = null;

  /** @param first taken before the first request can be stamped. */
  constructor(ruler: Ruler, first: Glance) {
    this.#ruler = ruler;
    this.#anchor = first;
    this.#last = first;
  }

  /** Of a request that the kernel stamped on its receive, null = it did not; `glance` is taken behind that. */
  tell(stamp: UtcInstant | null, glance: Glance): Telling {
    const ruler = this.#ruler.id();
    this.#see(glance, ruler);
    if (this.#isStepped || glance.rawBefore < this.#doubtfulUntil) return NO_REPLY;
    if (stamp === null || ruler === null || ruler === this.#jumped) return NOTHING;
    const at = receivedOnRuler(stamp, this.#anchor, glance, this.#ruler.slew());
    return at === null ? NOTHING : { kind: "reading", ruler, at };
  }

  /** The queue was found empty, after the last glance that `tell` was given. */
  queueWasEmpty(): void {
    // The narrower says more of a step, and any from before will do, for as long as nothing happened since.
    if (this.#isStepped || widthOf(this.#last) < widthOf(this.#anchor)) this.#anchor = this.#last;
    this.#isStepped = false;
  }

  #see(glance: Glance, ruler: number | null): void {
    const happened = between(this.#anchor, glance);
    this.#last = glance;
    if (happened === "steady") return;
    if (happened === "ruler_jumped") this.#jumped = ruler;
    this.#isStepped = true;
    this.#doubtfulUntil = raw(glance.rawEnd + IN_THE_KERNEL);
  }
}

const widthOf = ({ rawBefore, rawEnd }: Glance): bigint => rawEnd - rawBefore;

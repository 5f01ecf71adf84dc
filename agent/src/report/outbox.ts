import { encodeDelivery, MAX_DELIVERY_BATCHES, MAX_DELIVERY_BYTES, PART_HEAD_BYTES } from "@truebound/wire";
import { isBefore, type Place } from "../spool/place.ts";
import { type ChainEnd, type Reseal, resealing, type SealedBatch, type Sha256, seal } from "../spool/sealed-batch.ts";
import type { Spool, SpoolLoss, Stretch } from "../spool/spool.ts";
import type { Asked } from "./asked.ts";
import { type Beginning, beginAfter, courseTo, GONE, startingAt, type Wanted } from "./course.ts";
import { LossBook, type LossBookPorts } from "./loss-book.ts";
import type { Losses } from "./losses.ts";
import type { HttpAnswer, Identity, ServerLink } from "./ports.ts";
import { LONGEST_PAUSE, type Next, nextStep } from "./reporter.ts";

export interface OutboxPorts extends LossBookPorts {
  readonly spool: Spool;
  readonly link: ServerLink;
  readonly sha256: Sha256;
  /** SHA-256 hex of an epoch's genesis text. */
  readonly genesis: (agent: string, epoch: number) => string;
  /** `boot_id boottime_ns` now. */
  readonly sent: () => string;
  readonly random: () => number;
  /** ms of a monotonic clock. */
  readonly now: () => number;
  /** Resolves when a batch was put since the last call. */
  readonly idle: () => Promise<void>;
  readonly backOff: (seconds: number) => Promise<void>;
  /** The policy block of a receipt, not yet validated. */
  readonly onPolicy: (policy: unknown) => void;
  /** Whom to measure, of a receipt that says so; not yet validated. */
  readonly onAssignment?: (assignment: unknown) => void;
  /** The pins of the server's TLS keys, as it says them itself. */
  readonly onPins: (pins: readonly string[]) => void;
  /** True while nothing is to be said, however much there is; absent = never. */
  readonly isSilent?: () => boolean;
  /** What each receipt asks for. */
  readonly onAsked?: (asked: Asked) => void;
  /** After each receipt: whether the server wants another key. */
  readonly onRotation?: (isWished: boolean) => void;
  /** The server says that it does not know the key that signed. Resolves to whether it knows it now. */
  readonly onKeyRefused?: () => Promise<boolean>;
  /** The server holds everything up to here for good. */
  readonly onCheckpoint?: (place: Place) => void;
  /** A new epoch is to begin; it must be remembered before its first batch is sealed. Throws what the disk says. */
  readonly onEpoch: (epoch: number, losses: Losses) => void;
  readonly log: (level: "info" | "warn", message: string) => void;
}

const MOST_HELD = 256;
/** A delivery that takes longer is large enough. */
const SOON_MS = 5_000;

/** A later epoch, and what of those before it goes on in it. */
interface EpochPlan {
  readonly epoch: number;
  readonly from: Place;
  /** Numbers from there on, whether they are here or not. */
  readonly count: number;
  /** What the server has of the epoch before. Null = it is remembered already. */
  readonly end: Place | null;
  readonly why: string;
}

/** What one delivery carries. */
interface Run {
  readonly first: SealedBatch;
  readonly last: SealedBatch;
  readonly batches: readonly SealedBatch[];
  readonly live: Uint8Array | null;
}

/**
 * Between the monitor and the server: seals batches into the spool and sends them in order, as many at once as a delivery
 * takes; in front of a backlog how the host stands now. While the disk refuses, bodies are held in memory, bounded, and sealed
 * when it heals; until then the newest, even one that found no room, is told in front of a batch that is safe: it is shown, and is
 * no evidence. While the server is away, the spool grows.
 */
export class Outbox {
  readonly #ports: OutboxPorts;
  readonly #identity: Identity;
  readonly #reseal: Reseal;
  #held: Uint8Array[] = [];
  /** The newest that the disk does not have, held or dropped; null = the disk has all. */
  #unsafe: Uint8Array | null = null;
  /** The newest of those that the server was told of. */
  #told: Uint8Array | null = null;
  /** The epoch that is written. */
  #epoch: number;
  /** What is offered next; in an epoch before only where the server may lack some of it. */
  #cursor: Place;
  /** The server has said that it has all of the epochs before the cursor's. */
  #isConfirmed = false;
  /** An epoch that the disk let begin, but not end to be made. */
  #pending: EpochPlan | null = null;
  #failures = 0;
  /**
   * Batches in one delivery: one at first, for what lies behind it may not continue the server's chain at all, twice as many
   * after each that was soon taken, half as many after one that was too large or found no answer.
   */
  #most = 1;
  /** From the first byte of the latest delivery to its answer, or to none. */
  #tookMs = 0;
  #stopped = false;
  #lastProblem: string | null = null;
  /** The server may have what was sent last, though it did not say so. */
  #unanswered = false;
  /** It has said what it wants next, and nothing was sent since. What the cursor says before is only where this run asks first. */
  #isSaid = false;
  /** The newest batch of earlier runs; what is later is this run's own. */
  #inherited: number;
  /** The newest that was offered in this epoch, by this run or an earlier one: the server cannot have more of ours. */
  #offered: number;
  /** The newest of this epoch of which the latest answer says that the server has it; 0 = it says so of none. */
  #confirmed = 0;
  /** It wanted what comes next here, in this run. */
  #wasInStep = false;
  /** What is offered now is what the server has in its place, or it has another one. */
  #comparing: Beginning | null = null;
  /** The server has agreed on the key, and has given no receipt since. */
  #keyAgreed = false;
  /** The disk would not begin an epoch. */
  #epochRefused = false;
  readonly #losses: LossBook;
  /** The first batch of this epoch was offered once more, to hear where the server's chain had ended before. */
  #hasAsked = false;
  /** The newest batch when silence began: up to there all is still said. Null = there is no silence. */
  #lastWord: Place | null = null;

  constructor(identity: Identity, ports: OutboxPorts) {
    this.#ports = ports;
    this.#identity = identity;
    this.#reseal = resealing(identity.agent, ports.sha256);
    const { spool } = ports;
    this.#epoch = spool.last?.epoch ?? identity.epoch;
    // What the server has is its to say: offering the newest batch asks it.
    this.#cursor = { epoch: this.#epoch, seq: spool.newestHeld ?? (spool.last?.seq ?? 0) + 1 };
    this.#inherited = spool.last?.seq ?? 0;
    this.#offered = this.#inherited;
    this.#losses = new LossBook(ports, identity.losses, spool.doubt);
    const from = spool.unfinished;
    const known = this.#losses.expectedIn(this.#epoch);
    if (from !== null)
      this.#pending = { epoch: this.#epoch, from, count: known ?? spool.countFrom(from, this.#epoch), end: null, why: CUT_SHORT };
  }

  get degraded(): boolean {
    return this.#held.length > 0;
  }

  /** What the spool had to leave behind when it was opened or bounded. */
  get loss(): SpoolLoss {
    return this.#ports.spool.loss;
  }

  /** Takes a batch body; says what became of it. Refuses it when the disk has refused for so long that memory is full too. */
  put(body: Uint8Array): { readonly kind: "durable" } | { readonly kind: "held" | "dropped"; readonly why: string } {
    // What is found to be lost from here on is in a later body.
    const { declared } = this.#losses;
    const before = this.#flush();
    if (before !== null) this.#unsafe = body;
    if (before !== null && this.#held.length >= MOST_HELD) return this.#drop(before);
    this.#held.push(body);
    const why = this.#flush();
    if (why !== null) {
      this.#unsafe = body;
      return { kind: "held", why };
    }
    this.#losses.sealed(this.#end(), declared);
    return { kind: "durable" };
  }

  #drop(why: string): { readonly kind: "dropped"; readonly why: string } {
    this.#losses.dropped();
    return { kind: "dropped", why };
  }

  stop(): void {
    this.#stopped = true;
  }

  /** Sends until stopped. */
  async run(): Promise<void> {
    while (!this.#stopped) {
      this.#flush();
      const run =
        this.#pending !== null || this.#isHushed()
          ? null
          : (this.#nextRun() ?? (this.#isSaid && !this.#hasUntold() ? null : this.#newestAlone()));
      if (run !== null) await this.#offer(run);
      else if (this.#pending !== null) await this.#ports.backOff(DISK_PAUSE_S);
      else if (this.#isHushed() || isBefore(this.#end(), this.#cursor)) await this.#idle();
      else if (!this.#startNewEpoch({ ...startingAt(this.#cursor), after: this.#epoch, why: GONE }))
        await this.#ports.backOff(DISK_PAUSE_S);
    }
  }

  /** The server may be set back meanwhile. */
  async #idle(): Promise<void> {
    await this.#ports.idle();
    this.#isConfirmed = false;
  }

  #isHushed(): boolean {
    if (this.#ports.isSilent?.() !== true) this.#lastWord = null;
    else this.#lastWord ??= this.#end();
    return this.#lastWord !== null && isBefore(this.#lastWord, this.#cursor);
  }

  /**
   * What the server said to deliveries that somebody carried to it, and back: whatever is here may have been among them. Where it
   * wants what is gone, the rest goes on in an epoch of its own.
   */
  hear(answer: HttpAnswer): void {
    if (this.#flush() !== null && this.#pending !== null) return;
    // What was copied from here is compared on a road; in a file the next export would be no comparison.
    [this.#offered, this.#wasInStep] = [this.#end().seq, false];
    const next = nextStep(answer, 0, 1);
    const step = this.#digest(next.do === "go_on" && !this.#isHere(next) ? { ...next, checkpointed: null } : next);
    if (step.do === "needs_operator" && step.isFork && this.#cursor.epoch < this.#epoch) return this.#passOver();
    if (step.do !== "go_on" && step.do !== "rewind") return;
    if (!isBefore(this.#end(), this.#cursor) && this.#nextRun() === null)
      this.#startNewEpoch({ ...startingAt(this.#cursor), after: this.#epoch, why: GONE });
  }

  /**
   * On a road what was offered is what is answered. What comes back in a file may be from before an older copy of the spool took its place:
   * under the numbers that the server holds for good stand others here then.
   */
  #isHere({ epoch, stated: { seq, hash } }: Extract<Next, { do: "go_on" }>): boolean {
    if (epoch !== this.#epoch) return epoch < this.#epoch;
    const held = this.#ports.spool.read(seq, epoch);
    return seq <= this.#end().seq && (held === null || held.hash === hash);
  }

  /** One last try to hand over what is sealed, before the agent ends. */
  async flushOnce(): Promise<void> {
    this.#flush();
    if (this.#pending !== null) return;
    for (let sent = 0; sent < MOST_LAST_BATCHES; sent++) {
      const run = this.#nextRun();
      if (run === null) return;
      const step = this.#digest(nextStep(await this.#send(run), 0, 1));
      if (step.do !== "go_on" && step.do !== "rewind") return;
    }
  }

  /** The disk refuses what would say how the host stands now, and the server was not told of it. */
  #hasUntold(): boolean {
    return this.#unsafe !== null && this.#unsafe !== this.#told;
  }

  /** Neighbours in the chain from the cursor on, and a copy of the newest batch where they do not reach it. */
  #nextRun(): Run | null {
    const { spool } = this.#ports;
    const { epoch, seq } = this.#settleCursor();
    const first = spool.read(seq, epoch);
    if (first === null) return null;
    const newest = this.#newest();
    const ahead = this.#unsafe ?? newest?.body ?? null;
    const room = MAX_DELIVERY_BYTES - (ahead === null ? 0 : PART_HEAD_BYTES + ahead.length);
    const batches = [first];
    let bytes = PART_HEAD_BYTES + first.body.length;
    const follow = (batch: SealedBatch) => spool.read(batch.seq + 1, epoch);
    for (let next = follow(first); next !== null && batches.length < this.#most; next = follow(next)) {
      bytes += PART_HEAD_BYTES + next.body.length;
      if (bytes > room) break;
      batches.push(next);
    }
    const last = batches.at(-1) as SealedBatch;
    const isNewest = this.#unsafe === null && (newest === null || !isBefore(last, newest));
    return { first, last, batches, live: isNewest ? null : ahead };
  }

  /**
   * An epoch is begun at the server only once that has said that it has all of the one before: nothing can be added to that later.
   * It says so to the end of the one before, and where nothing of that is here to any but the first of this one.
   */
  #settleCursor(): Place {
    const { spool } = this.#ports;
    const isOpen = () => this.#cursor.seq === 1 && !this.#isConfirmed;
    for (let before = spool.before(this.#cursor.epoch); isOpen() && before !== null; before = spool.before(before.epoch))
      this.#cursor = placeOf(this.#newestOf(before)) ?? this.#cursor;
    if (isOpen() && !this.#isSaid && this.#cursor.epoch === this.#epoch && this.#epoch > 1)
      this.#cursor = placeOf(this.#newest()) ?? this.#cursor;
    return this.#cursor;
  }

  async #offer(run: Run): Promise<void> {
    const comparing = this.#comparing;
    const step = this.#digest(nextStep(await this.#send(run), this.#failures, this.#ports.random()));
    if (step.do === "go_on") this.#told = run.live;
    // On a slow road less at once arrives sooner than more that is cut off.
    if (this.#unanswered) this.#most = Math.max(1, run.batches.length >> 1);
    if (step.do === "needs_operator" && step.isFork && this.#cursor.epoch < this.#epoch) this.#passOver();
    else if (step.do === "needs_operator" && step.isFork && comparing !== null && this.#startNewEpoch(comparing)) return;
    else if (step.do === "wait" || step.do === "needs_operator") await this.#ports.backOff(step.seconds);
    else if (step.do === "prove_key") await this.#proveKey(step.seconds);
    else if (step.do === "send_less") await this.#sendLess(run);
    // The disk refuses a new epoch, or the server sends us back again and again: nothing is gained by haste.
    else if (this.#epochRefused || this.#failures > MOST_REWINDS) await this.#ports.backOff(DISK_PAUSE_S);
  }

  /** A single batch that is too large is for a person to look at: no agent seals one. */
  async #sendLess({ batches }: Run): Promise<void> {
    if (batches.length === 1) return this.#ports.backOff(LONGEST_PAUSE);
    this.#most = Math.ceil(batches.length / 2);
    this.#failures = 0;
  }

  /** One try for each such answer, and no haste where the server agrees on the key and refuses it all the same. */
  async #proveKey(seconds: number): Promise<void> {
    this.#keyAgreed = !this.#keyAgreed && ((await this.#ports.onKeyRefused?.()) ?? false);
    if (!this.#keyAgreed) await this.#ports.backOff(seconds);
  }

  async #send({ first, last, batches, live }: Run): Promise<HttpAnswer> {
    const { sha256, link, sent, now } = this.#ports;
    const body = encodeDelivery({ batches: batches.map((batch) => batch.body), live });
    const contentDigest = `sha-256=:${sha256.base64(body)}:`;
    const { epoch, seq, prev } = first;
    const request = { agent: this.#identity.agent, epoch, seq, prev, head: last.hash, contentDigest, sent: sent() };
    if (epoch === this.#epoch) this.#offered = Math.max(this.#offered, last.seq);
    this.#isSaid = false;
    const began = now();
    const answer = await link.postBatches(request, body);
    this.#tookMs = now() - began;
    this.#unanswered = answer.kind === "no_answer" || answer.status >= 500;
    this.#confirmed = answer.kind === "answer" && answer.status === 200 && epoch === this.#epoch ? last.seq : 0;
    // It may be restored meanwhile.
    if (this.#unanswered) this.#isConfirmed = false;
    return answer;
  }

  #newest(): SealedBatch | null {
    const here = this.#ports.spool.stretch(this.#epoch);
    return here && this.#newestOf(here);
  }

  /** The newest that is whole: damage may have taken some since the start. */
  #newestOf({ epoch, first, last }: Stretch): SealedBatch | null {
    for (let seq = last; seq >= first; seq--) {
      const batch = this.#ports.spool.read(seq, epoch);
      if (batch !== null) return batch;
    }
    return null;
  }

  /**
   * What is offered where the next batch is gone and the server has not said what it wants: it then does. And where the disk takes
   * no next batch: behind it goes how the host stands.
   */
  #newestAlone(): Run | null {
    const newest = this.#newest();
    return newest && { first: newest, last: newest, batches: [newest], live: this.#unsafe };
  }

  #digest(step: Next): Next {
    if (step.do === "go_on") {
      if (this.#lastProblem !== null) this.#ports.log("info", "the server takes reports again");
      this.#lastProblem = null;
      this.#failures = 0;
      this.#keyAgreed = false;
      if (this.#tookMs < SOON_MS) this.#most = Math.min(2 * this.#most, MAX_DELIVERY_BATCHES);
      this.#advance(step);
      this.#ports.onPolicy(step.policy);
      if (step.assignment !== undefined) this.#ports.onAssignment?.(step.assignment);
      this.#ports.onPins(step.tlsPins);
      this.#ports.onRotation?.(step.rotateKey);
      this.#ports.onAsked?.(step.asked);
      return step;
    }
    this.#complain(step.why);
    this.#failures += 1;
    if (step.do === "rewind") this.#rewind(step);
    if (step.do === "needs_operator" && step.tlsPins !== null) this.#ports.onPins(step.tlsPins);
    return step;
  }

  #rewind({ epoch, expected, head }: Extract<Next, { do: "rewind" }>): void {
    this.#goTo({ epoch: epoch ?? this.#cursor.epoch, seq: expected, head });
  }

  /** The server's chain may be ahead of this one where an older copy of the spool came back: then ours goes on in an epoch of its own. */
  #advance({ epoch, expected, checkpointed, head, begun }: Extract<Next, { do: "go_on" }>): void {
    if (begun !== null && begun.epoch === this.#epoch) this.#losses.hear(begun.after);
    if (begun !== null && begun.epoch < this.#epoch) this.#losses.hearOfBefore(begun.epoch, begun.after);
    if (checkpointed !== null && epoch <= this.#epoch) this.#checkpoint({ epoch, seq: checkpointed });
    this.#goTo({ epoch, seq: expected, head });
    this.#losses.settleTold({ epoch, seq: expected });
  }

  /** It knows another end of an epoch that is over. */
  #passOver(): void {
    this.#cursor = beginAfter(this.#cursor.epoch, this.#epoch, this.#ports.spool);
    this.#isConfirmed = true;
  }

  #checkpoint(place: Place): void {
    this.#ports.spool.checkpoint(place.seq, place.epoch);
    this.#ports.onCheckpoint?.(place);
  }

  /** Once for each change of trouble, not once for each retry. */
  #complain(why: string): void {
    if (why !== this.#lastProblem) this.#ports.log("warn", `cannot report: ${why}`);
    this.#lastProblem = why;
  }

  #goTo(wanted: Wanted): void {
    const { spool } = this.#ports;
    [this.#isSaid, this.#comparing] = [true, null];
    const course = courseTo(wanted, {
      epoch: this.#epoch,
      offered: this.#offered,
      inherited: this.#inherited,
      confirmed: this.#confirmed,
      wasInStep: this.#wasInStep,
      spool,
      isOurs: ({ epoch, seq, hash }) => epoch === this.#epoch && spool.read(seq, epoch)?.hash === hash,
      wentOnAt: (head) => spool.wentOnAt(head, this.#reseal),
    });
    if (course.do === "compare") {
      [this.#cursor, this.#isConfirmed, this.#comparing, this.#most] = [course.from, true, course, 1];
      return;
    }
    if (course.do === "go") {
      this.#epochRefused = false;
      if (course.former !== undefined) this.#losses.endAsBefore(course.former.end, course.former.upTo);
      this.#wasInStep ||= wanted.epoch === this.#epoch && wanted.seq > 1;
      [this.#cursor, this.#isConfirmed] = [this.#wantsSettling(course.to) ? { epoch: this.#epoch, seq: 1 } : course.to, course.isConfirmed];
      return;
    }
    // Also where the disk refuses a new epoch now: a later one counts from there.
    if (course.why === GONE) this.#cursor = { epoch: wanted.epoch, seq: wanted.seq };
    this.#startNewEpoch(course);
  }

  /** To the first batch of an epoch the server says where its chain ended before: once it is asked in each run, if it did not. */
  #wantsSettling({ epoch, seq }: Place): boolean {
    const wants = this.#losses.isUnsettled && !this.#hasAsked && epoch === this.#epoch && seq > 1;
    if (!wants || this.#ports.spool.read(1) === null) return false;
    this.#hasAsked = true;
    return true;
  }

  /**
   * The chain cannot be continued as it stands: what the server does not have goes on in a new epoch, whose first batch
   * follows its genesis. That is what it says it wants from, and whatever this run has sealed on top of an older copy; what it
   * has stays until it is checkpointed. False = the disk refused, and all is as it was.
   */
  #startNewEpoch({ from, end, after, why }: Beginning): boolean {
    const epoch = after + 1;
    if (this.#countLosses() !== null) {
      this.#epochRefused = true;
      return false;
    }
    const count = this.#ports.spool.countFrom(from, epoch, this.#losses.ends);
    return this.#carryOn({ epoch, from, end, count, why }) === null;
  }

  /** Null = done; else what the disk said. What it let begin is gone on with before anything else is sealed or sent. */
  #carryOn(plan: EpochPlan): string | null {
    const { epoch, from, end } = plan;
    const { spool, genesis, onEpoch } = this.#ports;
    const agent = this.#identity.agent;
    try {
      this.#losses.begin(epoch, plan.count, end, (losses) => onEpoch(epoch, losses));
      spool.carryOver(from, { epoch, seq: 0, hash: genesis(agent, epoch) }, this.#reseal);
    } catch (error) {
      this.#complain(`cannot start epoch ${epoch}: ${(error as Error).message}`);
      this.#epochRefused = true;
      this.#pending = spool.unfinished === null ? null : plan;
      return (error as Error).message;
    }
    this.#begun(plan);
    return null;
  }

  #begun({ epoch, why }: EpochPlan): void {
    const { spool, log } = this.#ports;
    const carried = spool.last?.seq ?? 0;
    log("warn", `started epoch ${epoch} with ${carried} batches: ${why}`);
    [this.#epoch, this.#inherited, this.#offered, this.#epochRefused, this.#pending] = [epoch, 0, 0, false, null];
    [this.#confirmed, this.#hasAsked, this.#comparing, this.#wasInStep] = [0, false, null, false];
    [this.#cursor, this.#isConfirmed] = [{ epoch, seq: 1 }, true];
    this.#losses.carriedTo({ epoch, seq: carried });
    this.#countLosses();
  }

  /**
   * What did not go on in this epoch, and what a torn tail may have been, is declared once the disk remembers it, and that before
   * the tail is cut off and anything new is sealed. Null = done.
   */
  #countLosses(): string | null {
    return this.#losses.count(this.#end()) ?? this.#mend();
  }

  /** Null = done; else what the disk said. */
  #mend(): string | null {
    try {
      this.#ports.spool.mend();
      return null;
    } catch (error) {
      return (error as Error).message;
    }
  }

  #flush(): string | null {
    const refused = this.#pending === null ? this.#countLosses() : this.#carryOn(this.#pending);
    if (refused !== null) return refused;
    while (this.#held.length > 0) {
      try {
        this.#ports.spool.append(seal(this.#end(), this.#held[0] as Uint8Array, this.#ports.sha256));
      } catch (error) {
        return (error as Error).message;
      }
      this.#held.shift();
    }
    this.#unsafe = null;
    return null;
  }

  #end(): ChainEnd {
    const last = this.#ports.spool.last;
    const agent = this.#identity.agent;
    if (last !== null && last.epoch === this.#epoch) return { agent, epoch: last.epoch, seq: last.seq, hash: last.hash };
    return { agent, epoch: this.#epoch, seq: 0, hash: this.#ports.genesis(agent, this.#epoch) };
  }
}

const placeOf = (batch: SealedBatch | null): Place | null => batch && { epoch: batch.epoch, seq: batch.seq };

const MOST_LAST_BATCHES = 20;
const MOST_REWINDS = 2;
const DISK_PAUSE_S = 30;
const CUT_SHORT = "it was cut short at an earlier start";

import { type ChainEnd, type SealedBatch, type Sha256, seal } from "../spool/sealed-batch.ts";
import type { Spool, SpoolLoss } from "../spool/spool.ts";
import type { Identity, ServerLink } from "./ports.ts";
import { type Next, nextStep } from "./reporter.ts";

export interface OutboxPorts {
  readonly spool: Spool;
  readonly link: ServerLink;
  readonly sha256: Sha256;
  /** SHA-256 hex of an epoch's genesis text. */
  readonly genesis: (agent: string, epoch: number) => string;
  /** `boot_id boottime_ns` now. */
  readonly sent: () => string;
  readonly random: () => number;
  /** Resolves when a batch was put since the last call. */
  readonly idle: () => Promise<void>;
  readonly backOff: (seconds: number) => Promise<void>;
  /** The policy block of a receipt, not yet validated. */
  readonly onPolicy: (policy: unknown) => void;
  /** The pins of the server's TLS keys, as it says them itself. */
  readonly onPins: (pins: readonly string[]) => void;
  /** After each receipt: whether the server wants another key. */
  readonly onRotation?: (isWished: boolean) => void;
  /** A new epoch has begun; it must be remembered before its first batch is sent. */
  readonly onEpoch: (epoch: number) => void;
  readonly log: (level: "info" | "warn", message: string) => void;
}

const MOST_HELD = 256;

/**
 * Between the monitor and the server: seals batches into the spool and sends them in order. While the disk refuses, sealed
 * bodies are held in memory, bounded, and written when it heals; while the server is away, the spool grows.
 */
export class Outbox {
  readonly #ports: OutboxPorts;
  readonly #identity: Identity;
  #held: Uint8Array[] = [];
  #epoch: number;
  #cursor: number;
  #failures = 0;
  #stopped = false;
  #lastProblem: string | null = null;
  /** The newest batch of earlier runs; what is later is this run's own. */
  readonly #inherited: number;

  constructor(identity: Identity, ports: OutboxPorts) {
    this.#ports = ports;
    this.#identity = identity;
    this.#epoch = ports.spool.last?.epoch ?? identity.epoch;
    // What the server has is its to say: offering the newest batch asks it.
    this.#cursor = ports.spool.last?.seq ?? 1;
    this.#inherited = ports.spool.last?.seq ?? 0;
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
    const before = this.#flush();
    if (before !== null && this.#held.length >= MOST_HELD) return { kind: "dropped", why: before };
    this.#held.push(body);
    const why = this.#flush();
    return why === null ? { kind: "durable" } : { kind: "held", why };
  }

  stop(): void {
    this.#stopped = true;
  }

  /** Sends until stopped. */
  async run(): Promise<void> {
    while (!this.#stopped) {
      this.#flush();
      const batch = this.#ports.spool.read(this.#cursor);
      if (batch !== null) await this.#offer(batch);
      else if (this.#cursor > (this.#ports.spool.last?.seq ?? 0)) await this.#ports.idle();
      else if (!this.#startNewEpoch({ from: this.#cursor, why: GONE })) await this.#ports.backOff(DISK_PAUSE_S);
    }
  }

  /** One last try to hand over what is sealed, before the agent ends. */
  async flushOnce(): Promise<void> {
    this.#flush();
    for (let sent = 0; sent < MOST_LAST_BATCHES; sent++) {
      const batch = this.#ports.spool.read(this.#cursor);
      if (batch === null) return;
      const step = this.#digest(nextStep(await this.#send(batch), 0, 1));
      if (step.do !== "go_on" && step.do !== "rewind") return;
    }
  }

  async #offer(batch: SealedBatch): Promise<void> {
    const step = this.#digest(nextStep(await this.#send(batch), this.#failures, this.#ports.random()));
    if (step.do === "wait" || step.do === "needs_operator") await this.#ports.backOff(step.seconds);
    // Sent back again and again without a step forward: the disk refuses a new epoch, or the server contradicts itself.
    else if (this.#failures > MOST_REWINDS) await this.#ports.backOff(DISK_PAUSE_S);
  }

  #send(batch: SealedBatch) {
    const { epoch, seq, prev, digest, body } = batch;
    return this.#ports.link.postBatch(
      { agent: this.#identity.agent, epoch, seq, prev, contentDigest: digest, sent: this.#ports.sent() },
      body,
    );
  }

  #digest(step: Next): Next {
    if (step.do === "go_on") {
      if (this.#lastProblem !== null) this.#ports.log("info", "the server takes reports again");
      this.#lastProblem = null;
      this.#failures = 0;
      this.#advance(step);
      this.#ports.onPolicy(step.policy);
      this.#ports.onPins(step.tlsPins);
      this.#ports.onRotation?.(step.rotateKey);
      return step;
    }
    this.#complain(step.why);
    this.#failures += 1;
    if (step.do === "rewind") this.#goTo(step.expected);
    return step;
  }

  /** The server's chain may be ahead of this one where an older copy of the spool came back: then ours goes on in an epoch of its own. */
  #advance({ epoch, expected, checkpointed }: Extract<Next, { do: "go_on" }>): void {
    if (epoch > this.#epoch) {
      this.#startNewEpoch({ from: Number.POSITIVE_INFINITY, after: epoch, why: "the server is at a later epoch than this spool" });
      return;
    }
    if (checkpointed !== null) this.#ports.spool.checkpoint(checkpointed);
    this.#goTo(expected);
  }

  /** Once for each change of trouble, not once for each retry. */
  #complain(why: string): void {
    if (why !== this.#lastProblem) this.#ports.log("warn", `cannot report: ${why}`);
    this.#lastProblem = why;
  }

  #goTo(expected: number): void {
    const last = this.#ports.spool.last?.seq ?? 0;
    const first = this.#ports.spool.firstSeq ?? 1;
    if (expected > last + 1) this.#startNewEpoch({ from: expected, why: "the server has more of this chain than this spool" });
    else if (expected < first && last > 0) this.#startNewEpoch({ from: expected, why: GONE });
    else this.#cursor = expected;
  }

  /**
   * The chain cannot be continued as it stands: what the server does not have goes on in a new epoch, whose first batch
   * follows its genesis. That is what it says it wants from, and whatever this run has sealed on top of an older copy. False =
   * the disk refused, and all is as it was.
   */
  #startNewEpoch({ from, after = this.#epoch, why }: { from: number; after?: number; why: string }): boolean {
    const { spool, sha256, genesis, log, onEpoch } = this.#ports;
    const last = spool.last?.seq ?? 0;
    const epoch = after + 1;
    let end: ChainEnd = { agent: this.#identity.agent, epoch, seq: 0, hash: genesis(this.#identity.agent, epoch) };
    const left: SealedBatch[] = [];
    for (let seq = Math.max(spool.firstSeq ?? 1, 1); seq <= last; seq++) {
      const isWanted = seq >= from || (from > last + 1 && seq > this.#inherited);
      const batch = isWanted ? spool.read(seq) : null;
      if (batch === null) continue;
      const resealed = seal(end, batch.body, sha256);
      left.push(resealed);
      end = { ...end, seq: resealed.seq, hash: resealed.hash };
    }
    try {
      onEpoch(epoch);
      spool.replace(left);
    } catch (error) {
      this.#complain(`cannot start epoch ${epoch}: ${(error as Error).message}`);
      return false;
    }
    log("warn", `started epoch ${epoch} with ${left.length} batches: ${why}`);
    this.#epoch = epoch;
    this.#cursor = 1;
    return true;
  }

  #flush(): string | null {
    while (this.#held.length > 0) {
      try {
        this.#ports.spool.append(seal(this.#end(), this.#held[0] as Uint8Array, this.#ports.sha256));
      } catch (error) {
        return (error as Error).message;
      }
      this.#held.shift();
    }
    return null;
  }

  #end(): ChainEnd {
    const last = this.#ports.spool.last;
    const agent = this.#identity.agent;
    if (last !== null && last.epoch === this.#epoch) return { agent, epoch: last.epoch, seq: last.seq, hash: last.hash };
    return { agent, epoch: this.#epoch, seq: 0, hash: this.#ports.genesis(agent, this.#epoch) };
  }
}

const MOST_LAST_BATCHES = 20;
const MOST_REWINDS = 2;
const DISK_PAUSE_S = 30;
const GONE = "the server wants a batch that this spool no longer has";

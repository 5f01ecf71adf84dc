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
  #droppedFromMemory = 0;
  #epoch: number;
  #cursor: number;
  #failures = 0;
  #stopped = false;
  #lastProblem: string | null = null;

  constructor(identity: Identity, ports: OutboxPorts) {
    this.#ports = ports;
    this.#identity = identity;
    this.#epoch = ports.spool.last?.epoch ?? identity.epoch;
    // What the server has is its to say: offering the newest batch asks it.
    this.#cursor = ports.spool.last?.seq ?? 1;
  }

  get degraded(): boolean {
    return this.#held.length > 0;
  }

  /** What the spool had to leave behind when it was opened or bounded. */
  get loss(): SpoolLoss {
    const { loss } = this.#ports.spool;
    return { ...loss, droppedBatches: loss.droppedBatches + this.#droppedFromMemory };
  }

  /** Takes a batch body. Returns why it could not be made durable yet, or null. */
  put(body: Uint8Array): string | null {
    this.#held.push(body);
    if (this.#held.length > MOST_HELD) {
      this.#held.shift();
      this.#droppedFromMemory += 1;
    }
    return this.#flush();
  }

  stop(): void {
    this.#stopped = true;
  }

  /** Sends until stopped. */
  async run(): Promise<void> {
    while (!this.#stopped) {
      this.#flush();
      const batch = this.#ports.spool.read(this.#cursor);
      if (batch === null && this.#cursor <= (this.#ports.spool.last?.seq ?? 0))
        this.#startNewEpoch(this.#cursor, "the server wants a batch that this spool no longer has");
      await (batch === null ? this.#ports.idle() : this.#offer(batch));
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
      this.#cursor = step.expected;
      if (step.checkpointed !== null) this.#ports.spool.checkpoint(step.checkpointed);
      this.#ports.onPolicy(step.policy);
      return step;
    }
    this.#complain(step.why);
    this.#failures += 1;
    if (step.do === "rewind") this.#rewind(step.expected);
    return step;
  }

  /** Once for each change of trouble, not once for each retry. */
  #complain(why: string): void {
    if (why !== this.#lastProblem) this.#ports.log("warn", `cannot report: ${why}`);
    this.#lastProblem = why;
  }

  #rewind(expected: number): void {
    const last = this.#ports.spool.last?.seq ?? 0;
    const first = this.#ports.spool.firstSeq ?? 1;
    if (expected >= first && expected <= last) this.#cursor = expected;
    else
      this.#startNewEpoch(
        expected,
        expected > last ? "the server has more of this chain than this spool" : "the server wants a batch that this spool no longer has",
      );
  }

  /**
   * The chain cannot be continued as it stands: what is left goes on in a new epoch, whose first batch follows its genesis.
   * The server sees the change of epoch, so the gap is declared and nothing that is left is lost.
   */
  #startNewEpoch(expected: number, why: string): void {
    const { spool, sha256, genesis, log } = this.#ports;
    log("warn", `starting a new epoch at batch ${expected}: ${why}`);
    this.#epoch += 1;
    this.#ports.onEpoch(this.#epoch);
    let end: ChainEnd = { agent: this.#identity.agent, epoch: this.#epoch, seq: 0, hash: genesis(this.#identity.agent, this.#epoch) };
    const left: SealedBatch[] = [];
    for (let seq = Math.max(spool.firstSeq ?? 1, 1); seq <= (spool.last?.seq ?? 0); seq++) {
      const batch = spool.read(seq);
      if (batch === null) continue;
      const resealed = seal(end, batch.body, sha256);
      left.push(resealed);
      end = { ...end, seq: resealed.seq, hash: resealed.hash };
    }
    spool.replace(left);
    this.#cursor = 1;
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

import type { Identity } from "@truebound/agent";
import type { Policy } from "@truebound/wire";
import type { SeededRandom } from "../sim/random.ts";
import { SimDisk, SOUND_DISK } from "./disk.ts";
import type { History } from "./history.ts";
import type { HostPlan } from "./host-plan.ts";
import { IDENTITY_FILE, KEY_FILE, keyOf } from "./key-files.ts";
import { Life } from "./life.ts";
import { Machine } from "./machine.ts";
import type { PeerRoad } from "./peer-road.ts";
import type { Records } from "./records.ts";
import type { Road } from "./road.ts";
import type { Scheduler } from "./scheduler.ts";
import { type SeededKey, seededId, seededKey } from "./seeded-key.ts";

export interface HostParts {
  readonly plan: HostPlan;
  /** Whose identity it has; a copy has another's. */
  readonly owner: string;
  readonly address: string;
  readonly receiptKey: string;
  readonly policy: Partial<Policy>;
  readonly road: Road;
  readonly scheduler: Scheduler;
  readonly random: SeededRandom;
  readonly history: History;
  readonly records: Records;
  /** The network between hosts; null = this world has no mesh. */
  readonly peerRoad: PeerRoad | null;
}

const BACKUP_EVERY_S = 20;

/** One host with its machine, its disk, and one life of the agent's process after the other. */
export class Host {
  readonly machine: Machine;
  readonly disk: SimDisk;
  readonly key: SeededKey;
  readonly #givenId: string;
  readonly #keyWords: string;
  readonly address: string;
  readonly #parts: HostParts;
  #life: Life | null = null;
  #lives = 0;
  #isGone = false;
  /** Copies of the folder, by true time in s. */
  readonly #copies: { readonly atS: number; readonly files: ReadonlyMap<string, Uint8Array> }[] = [];

  constructor(parts: HostParts) {
    const { plan, owner, address, scheduler, random } = parts;
    this.#parts = parts;
    this.address = address;
    this.#givenId = seededId(`agent ${owner}`);
    this.#keyWords = `key of ${owner}`;
    this.key = seededKey(this.#keyWords);
    this.machine = new Machine(scheduler, plan.clock);
    this.disk = new SimDisk(random);
  }

  get plan(): HostPlan {
    return this.#parts.plan;
  }

  get isUp(): boolean {
    return this.#life !== null && !this.#life.isOver;
  }

  /** By which it is known: the server names it where it enrols itself. */
  get id(): string {
    return this.#identity?.agent ?? this.#givenId;
  }

  get isEnrolled(): boolean {
    return this.#identity !== null;
  }

  get #identity(): Identity | null {
    const bytes = this.disk.files.get(IDENTITY_FILE);
    return bytes === undefined ? null : (JSON.parse(Buffer.from(bytes).toString("utf8")) as Identity);
  }

  /** The public key by which it signs now. */
  get publicKey(): Uint8Array {
    return keyOf(this.disk).raw;
  }

  /** As right after its installation: it has a key, and nobody knows it. */
  install(): void {
    this.disk.write(KEY_FILE, Buffer.from(this.#keyWords));
    this.#keepCopies();
  }

  /** As right after its enrolment. */
  enrol(): void {
    const identity: Identity = {
      version: 1,
      agent: this.#givenId,
      server: "https://server.example",
      epoch: 1,
      receiptKey: this.#parts.receiptKey,
      pins: [],
      publicKey: this.key.publicKey,
      fresh: true,
    };
    this.disk.write(IDENTITY_FILE, Buffer.from(JSON.stringify(identity)));
    this.install();
  }

  boot(): void {
    this.machine.boot();
    this.start();
  }

  /** A machine that sleeps or stands still starts nothing before it goes on. */
  start(): void {
    this.machine.whenAwake(() => this.#begin());
  }

  #begin(): void {
    if (this.isUp || this.#isGone) return;
    const { plan, owner, road, address, policy, scheduler, random, history, records, peerRoad } = this.#parts;
    const dial = road.dialFrom(plan.name, address);
    const killed = () => this.#restartLater();
    this.#lives += 1;
    this.#life = new Life({
      plan,
      owner,
      policy,
      scheduler,
      random,
      history,
      records,
      dial,
      peers: peerRoad && { road: peerRoad, address },
      killed,
      number: this.#lives,
      machine: this.machine,
      disk: this.disk,
    });
    this.#life.start();
  }

  /** @param operations of the disk until it dies in the midst of one; null = at once. */
  kill(operations: number | null): void {
    this.#life?.kill(operations);
  }

  losePower(): void {
    this.kill(null);
    const back = this.disk.losePower();
    this.#parts.history.note(this.plan.name, "loses power", back.length === 0 ? "" : `${back.join(", ")} came back`);
    this.machine.boot();
  }

  pause(forS: number): void {
    this.machine.pause(forS);
    this.#parts.history.note(this.plan.name, "stands still", `${forS.toFixed(1)} s`);
  }

  get isGone(): boolean {
    return this.#isGone;
  }

  /** It is switched off for good. */
  remove(): void {
    this.#isGone = true;
    this.kill(null);
  }

  /** The folder as it was about so long ago takes its place, while the process is down. */
  rollBack(backS: number): void {
    const wanted = Number(this.#parts.scheduler.now) / 1e9 - backS;
    const copy = this.#copies.findLast(({ atS }) => atS <= wanted) ?? this.#copies[0];
    if (copy === undefined) return;
    this.kill(null);
    this.disk.restore(copy.files);
    this.#parts.history.note(this.plan.name, "gets an old folder", `of ${copy.atS.toFixed(0)} s`);
  }

  /** The disk is sound from now on, and nobody kills the process any more. */
  mend(): void {
    this.disk.faults = SOUND_DISK;
    this.#life?.spare();
  }

  get lives(): number {
    return this.#lives;
  }

  downS = 1;

  /** systemd starts it again. */
  #restartLater(): void {
    this.#parts.scheduler.after(this.downS * 1000, () => this.start());
    this.downS = 1;
  }

  #keepCopies(): void {
    this.#copies.push({ atS: Number(this.#parts.scheduler.now) / 1e9, files: this.disk.copy() });
    this.#parts.scheduler.after(BACKUP_EVERY_S * 1000, () => this.#keepCopies());
  }
}

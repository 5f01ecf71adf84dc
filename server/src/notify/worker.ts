import type { Channel, Notice } from "@truebound/wire";
import type { Log } from "../log.ts";
import {
  again,
  type DeliveryStore,
  type Moment,
  type Outcome,
  type Room,
  type Send,
  type Taken,
  type Verdict,
  WITHOUT_CHANNEL,
} from "./ports.ts";
import { verdictOn } from "./retry.ts";

export interface WorkerPorts {
  readonly store: DeliveryStore;
  readonly send: Send;
  readonly counted: (channel: string, outcome: "delivered" | "failed" | "given_up") => void;
  readonly random: () => number;
  readonly monotonic: () => number;
  readonly log: Log;
}

/** One channel that does not answer holds up no other. Of two Alertmanagers one may not answer: each try takes its time then. */
const AT_ONCE = 4;
const ALERTMANAGER_AT_ONCE = 20;
/** Longer than any try takes. After it another process may take what this one did not settle. */
const LEASE_MS = 60_000;
/** A process that stood still for so long since it took a delivery leaves it to whoever takes it next. */
const MOST_AGE_MS = 20_000;

const roomOf = (kind: Channel["kind"]): number => (kind === "alertmanager" ? ALERTMANAGER_AT_ONCE : AT_ONCE);

interface Settling {
  readonly taken: Taken;
  readonly verdict: Verdict;
  readonly note: string | null;
}

/**
 * Takes what is due and tells the channels: each at least once, those of one incident in their order. What was told and could not
 * be written down, for the database was away, is written first thing when it is back, and not told again.
 */
export class DeliveryWorker {
  readonly #ports: WorkerPorts;
  readonly #busy = new Map<string, number>();
  readonly #sending = new Set<Promise<void>>();
  readonly #unsettled = new Map<string, Settling>();
  readonly #failing = new Set<string>();
  readonly #full = new Set<string>();
  #isStopping = false;
  #looking: Promise<void> | null = null;
  #lookedMs: number | null = null;

  constructor(ports: WorkerPorts) {
    this.#ports = ports;
  }

  /** When it last saw what is due, on the monotonic clock; null = never. */
  get lookedMs(): number | null {
    return this.#lookedMs;
  }

  /** True = the channel was told something of which the database does not know yet. */
  isBehind(channel: string): boolean {
    return [...this.#unsettled.values()].some(({ taken }) => taken.channel === channel);
  }

  /** Begins to tell what is due; does not wait until it is told. Fails as the database does. Two at a time would use the room twice. */
  look(): Promise<void> {
    this.#looking ??= this.#lookNow().finally(() => {
      this.#looking = null;
    });
    return this.#looking;
  }

  async #lookNow(): Promise<void> {
    const { store, monotonic } = this.#ports;
    for (const settling of this.#unsettled.values()) await this.#settleAgain(settling);
    const { channels, pageUrl } = await store.places();
    const open = channels.filter(({ enabled }) => enabled);
    await this.#abandonOrphans(open, channels);
    await this.#take(open, pageUrl);
    this.#lookedMs = monotonic();
  }

  async #abandonOrphans(open: readonly Channel[], channels: readonly Channel[]): Promise<void> {
    const names = open.map(({ name }) => name);
    for (const orphan of await this.#ports.store.takeOrphans(names, LEASE_MS))
      await this.#settleAgain({ taken: orphan, verdict: abandoned(orphan, channels), note: null });
  }

  async #take(open: readonly Channel[], pageUrl: string | null): Promise<void> {
    const rooms = open
      .map(({ name, kind }) => ({ channel: name, slots: roomOf(kind) - (this.#busy.get(name) ?? 0) }))
      .filter(({ slots }) => slots > 0);
    const beganMs = this.#ports.monotonic();
    const taken = await this.#ports.store.take(rooms, LEASE_MS);
    this.#noteFull(rooms, taken);
    for (const one of taken) {
      const channel = open.find(({ name }) => name === one.channel);
      const settling = this.#unsettled.get(keyOf(one));
      if (settling !== undefined) await this.#settleAgain({ ...settling, taken: one });
      else if (channel !== undefined) this.#begin(channel, one, pageUrl, beganMs);
    }
  }

  /** Once all that was begun has ended. */
  async idle(): Promise<void> {
    while (this.#sending.size > 0) await Promise.all(this.#sending);
  }

  /** Begins nothing more, and waits for what it began. */
  stop(): Promise<void> {
    this.#isStopping = true;
    return this.idle();
  }

  /** Where all the room was used more may wait: then the next look is when there is room again. */
  #noteFull(rooms: readonly Room[], taken: readonly Taken[]): void {
    for (const { channel, slots } of rooms) if (taken.filter((one) => one.channel === channel).length === slots) this.#full.add(channel);
  }

  #lookOnceThereIsRoom(channel: string): void {
    if (!this.#full.delete(channel) || this.#isStopping) return;
    // The next regular look fails for the same reason, and says so.
    const looking = this.look().catch(() => {});
    this.#sending.add(looking);
    void looking.finally(() => this.#sending.delete(looking));
  }

  #begin(channel: Channel, taken: Taken, pageUrl: string | null, beganMs: number): void {
    const { name } = channel;
    this.#busy.set(name, (this.#busy.get(name) ?? 0) + 1);
    const telling = this.#tell(channel, taken, { at: taken.at, pageUrl }, beganMs)
      .catch((error: unknown) => this.#ports.log.warn(unwritten(taken, error)))
      .finally(() => {
        this.#busy.set(name, (this.#busy.get(name) ?? 1) - 1);
        this.#sending.delete(telling);
        this.#lookOnceThereIsRoom(name);
      });
    this.#sending.add(telling);
  }

  async #tell(channel: Channel, taken: Taken, moment: Moment, beganMs: number): Promise<void> {
    const { store, monotonic, random } = this.#ports;
    const work = async () => {
      if (monotonic() - beganMs > MOST_AGE_MS) return;
      const outcome = await this.#send(channel, taken.notice, { ...moment, ...(await this.#elsewhere(channel, taken)) });
      const note = outcome.kind === "delivered" ? (outcome.note ?? null) : null;
      await this.#settle({ taken, verdict: verdictOn(outcome, taken, random()), note });
    };
    await (channel.kind === "alertmanager" ? store.beside(channel.name, work) : work());
  }

  /** Read while nobody reminds the channel. Where it cannot be read the next reminder begins again what this ended. */
  async #elsewhere(channel: Channel, taken: Taken): Promise<Pick<Moment, "elsewhere">> {
    const { kind, ended } = taken.notice;
    if (channel.kind !== "alertmanager" || (kind !== "resolved" && ended.length === 0)) return {};
    return { elsewhere: await this.#ports.store.elsewhere(taken).catch(() => []) };
  }

  /** A mistake of ours in what one channel is sent must not stop the others. */
  async #send(channel: Channel, notice: Notice, moment: Moment): Promise<Outcome> {
    try {
      return await this.#ports.send(channel, notice, moment);
    } catch (error) {
      this.#ports.log.error(`Cannot tell ${channel.name}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
      return again("it could not be put into words; the server's log says why");
    }
  }

  /** What cannot be written down now is kept for the next look, and not told again meanwhile. */
  async #settleAgain(settling: Settling): Promise<void> {
    await this.#settle(settling).catch((error: unknown) => this.#ports.log.warn(unwritten(settling.taken, error)));
  }

  async #settle(settling: Settling): Promise<void> {
    const { taken, verdict, note } = settling;
    try {
      await this.#ports.store.settle(taken, verdict, entryOf(taken, verdict, note));
    } catch (error) {
      this.#unsettled.set(keyOf(taken), settling);
      throw error;
    }
    this.#unsettled.delete(keyOf(taken));
    this.#ports.counted(taken.channel, verdict.state === "due" ? "failed" : verdict.state);
    this.#say(taken.channel, verdict);
  }

  /** Once when a channel begins to fail, however much waits for it, and once when it takes something again. */
  #say(channel: string, verdict: Verdict): void {
    const { log } = this.#ports;
    if (verdict.state === "delivered") {
      if (this.#failing.delete(channel)) log.info(`${channel} can be told again`);
      return;
    }
    if (!this.#failing.has(channel)) log.warn(`Cannot tell ${channel}: ${verdict.error}`);
    this.#failing.add(channel);
  }
}

function abandoned({ channel }: Taken, channels: readonly Channel[]): Verdict {
  const isOff = channels.some(({ name }) => name === channel);
  return { state: "given_up", error: isOff ? WITHOUT_CHANNEL.off : WITHOUT_CHANNEL.removed };
}

const CHANGES: Readonly<Record<Notice["kind"], string>> = {
  opened: "that it began",
  changed: "that it changed",
  acknowledged: "that it was acknowledged",
  resolved: "that it is over",
};

/** Tries that failed and were followed by another are in the list of deliveries, not in the story. */
function entryOf({ channel, notice, attempts }: Taken, verdict: Verdict, note: string | null) {
  const told = CHANGES[notice.kind];
  if (verdict.state === "due") return null;
  if (verdict.state === "delivered")
    return { kind: "notified" as const, words: `Told ${channel} ${told}${note === null ? "" : ` (${note})`}` };
  const tries = attempts === 1 ? "one try" : `${attempts} tries`;
  return { kind: "not_notified" as const, words: `Could not tell ${channel} ${told}, given up after ${tries}: ${verdict.error}` };
}

const keyOf = ({ noticeId, channel }: Taken): string => `${noticeId} ${channel}`;
const unwritten = ({ notice }: Taken, error: unknown): string =>
  `Cannot write down what became of ${notice.key}: ${error instanceof Error ? error.message : String(error)}`;

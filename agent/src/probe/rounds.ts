import { FLOOR_SECONDS, POLL_JITTER } from "@truebound/time";
import type { Log } from "../log/log-line.ts";
import type { Timers } from "../timers.ts";
import { type Dialogue, type Instruments, pollOnce } from "./poll.ts";
import type { Source } from "./source.ts";
import { pinText } from "./source-options.ts";
import type { SourceProbe } from "./source-probe.ts";
import type { Evidence } from "./source-window.ts";

/** Somebody who is asked again and again. */
export type Polled = Dialogue &
  Pick<SourceProbe, "polls" | "pollSeconds" | "soonestSeconds" | "stopped" | "needsResolving" | "resolved" | "troubles">;

export interface RoundsPorts<P extends Polled> {
  /** All that are asked now. */
  readonly probes: () => readonly P[];
  readonly instruments: Instruments;
  readonly timers: Timers;
  /** A numeric address for a source, or null. Never rejects. */
  readonly resolve: (source: Source) => Promise<string | null>;
  /** What an exchange gave goes into the record. */
  readonly learned: (probe: P, evidence: readonly Evidence[]) => void;
  /** After each exchange of the present generation: whether it gave evidence. */
  readonly exchanged: (gaveEvidence: boolean) => void;
  /** Something that happened beside, for the record. */
  readonly note: (kind: Noted, probe: P, detail: Record<string, string | number | null>) => void;
  readonly random: () => number;
  readonly log: Log;
}

type Noted = "source_resolved" | "source_denied" | "nts_pin_mismatch";

const FIRST_POLL_GAP_MS = 120;

/** Polls each source, or each peer, at its own pace. */
export class Rounds<P extends Polled> {
  readonly #ports: RoundsPorts<P>;
  /** When each source was last polled, ms of the timers' clock. */
  readonly #polledAt = new Map<string, number>();
  readonly #underway = new Map<string, Promise<void>>();
  #generation = 0;

  constructor(ports: RoundsPorts<P>) {
    this.#ports = ports;
  }

  /** A new generation of polling: loops of the one before end at their next turn. However often policies come, floors and back-offs hold. */
  begin(): void {
    this.#generation += 1;
    this.#plan(this.#ports.probes());
  }

  /**
   * Asks each once now, as far as floors and back-offs let it be asked, and goes on at its pace from there. Resolves when they and
   * those that were being asked already have answered or failed.
   */
  async askNow(): Promise<void> {
    this.#generation += 1;
    const generation = this.#generation;
    const all = this.#ports.probes();
    const asked = all.filter((probe) => this.#mayBeAsked(probe));
    this.#plan(all.filter((probe) => !asked.includes(probe)));
    await Promise.all([...this.#underway.values(), ...asked.map((probe) => this.#poll(probe, generation))]);
  }

  #mayBeAsked(probe: P): boolean {
    const { id } = probe.source;
    return !probe.stopped && !this.#underway.has(id) && this.#sincePolled(id) >= probe.soonestSeconds * 1000;
  }

  /** ms since it was last polled. */
  #sincePolled(id: string): number {
    return this.#ports.timers.now() - (this.#polledAt.get(id) ?? Number.NEGATIVE_INFINITY);
  }

  #plan(probes: readonly P[]): void {
    const generation = this.#generation;
    for (const [index, probe] of probes.entries()) {
      const pause = probe.polls === 0 ? FLOOR_SECONDS[probe.source.origin] : probe.pollSeconds;
      const due = pause * 1000 - this.#sincePolled(probe.source.id);
      this.#ports.timers.later(Math.max(index * FIRST_POLL_GAP_MS, due), () => this.#poll(probe, generation));
    }
  }

  async #poll(probe: P, generation: number): Promise<void> {
    if (generation !== this.#generation || probe.stopped) return;
    const { id } = probe.source;
    const underway = this.#underway.get(id);
    if (underway !== undefined) return this.#pollAfter(underway, probe, generation);
    const exchange = this.#exchange(probe, generation).finally(() => {
      this.#underway.delete(id);
    });
    this.#underway.set(id, exchange);
    await exchange;
  }

  /** It is still being asked, perhaps because its name takes long to be looked up: its next turn is counted from there. */
  async #pollAfter(underway: Promise<void>, probe: P, generation: number): Promise<void> {
    await underway;
    if (generation === this.#generation) this.#plan([probe]);
  }

  async #exchange(probe: P, generation: number): Promise<void> {
    const { probes, instruments, timers, learned, exchanged, random } = this.#ports;
    if (probe.needsResolving) await this.#resolve(probe);
    this.#polledAt.set(probe.source.id, this.#ports.timers.now());
    const strangeBefore = probe.nts?.strangeKey;
    const evidence = await pollOnce(probe, instruments);
    this.#tellStrangeKey(probe, strangeBefore);
    if (probe.stopped && !timers.stopped) this.#denied(probe);
    // What the windows hold goes into the record, also where a new policy has come meanwhile.
    if (probes().includes(probe)) learned(probe, evidence);
    if (timers.stopped || generation !== this.#generation) return;
    exchanged(evidence.length > 0);
    // From poll to poll: the wait for a reply that never came is no part of the pace, or one lost reply would lose a proof.
    const due = probe.pollSeconds * 1000 * (1 + (random() * 2 - 1) * POLL_JITTER) - this.#sincePolled(probe.source.id);
    timers.later(Math.max(0, due), () => this.#poll(probe, generation));
  }

  async #resolve(probe: P): Promise<void> {
    const { resolve, note } = this.#ports;
    const address = await resolve(probe.source);
    // The name is that of the server of keys, where there is one; NTP may be asked elsewhere.
    if (address === null || address === (probe.keyAddress ?? probe.address)) return;
    probe.resolved(address);
    if (address !== probe.source.host) note("source_resolved", probe, { address });
  }

  /** Once for each key that is none of those pinned, however often it is shown. */
  #tellStrangeKey(probe: P, before: string | null | undefined): void {
    const { pins = [], strangeKey = null } = probe.nts ?? {};
    if (strangeKey === null || strangeKey === before) return;
    const shown = pinText(strangeKey);
    this.#ports.log("warn", `${probe.source.id} proves itself by ${shown}, which is none of the keys that are pinned: it gets no keys`);
    this.#ports.note("nts_pin_mismatch", probe, { shown, pins: pins.length });
  }

  #denied(probe: P): void {
    const { source, address, troubles } = probe;
    const { note, log } = this.#ports;
    const kiss = troubles.has("kiss_deny") ? "DENY" : "RSTR";
    log("warn", `${source.id} answers ${kiss}: it does not want our questions and is not asked again; remove it from the sources`);
    note("source_denied", probe, { address, kiss });
  }
}

import type { HostReading } from "@truebound/time";
import type { HostMonitor } from "../bound/host-monitor.ts";
import type { Log } from "../log/log-line.ts";
import type { Timers } from "../timers.ts";
import { type Instruments, pollOnce } from "./poll.ts";
import { FLOOR_SECONDS, type Source } from "./source.ts";
import type { SourceProbe } from "./source-probe.ts";

export interface RoundsPorts {
  readonly monitor: HostMonitor;
  readonly instruments: Instruments;
  readonly timers: Timers;
  /** A numeric address for a source, or null. Never rejects. */
  readonly resolve: (source: Source) => Promise<string | null>;
  readonly observe: () => HostReading;
  /** After each exchange of the present generation: whether it gave evidence, which the monitor has. */
  readonly exchanged: (gaveEvidence: boolean) => void;
  readonly random: () => number;
  readonly log: Log;
}

const FIRST_POLL_GAP_MS = 120;
const JITTER = 0.05;

/** Polls each source at its own pace. */
export class Rounds {
  readonly #ports: RoundsPorts;
  /** When each source was last polled, ms of performance.now(). */
  readonly #polledAt = new Map<string, number>();
  #generation = 0;

  constructor(ports: RoundsPorts) {
    this.#ports = ports;
  }

  /** A new generation of polling: loops of the one before end at their next turn. However often policies come, floors and back-offs hold. */
  begin(): void {
    const { monitor, timers } = this.#ports;
    this.#generation += 1;
    const generation = this.#generation;
    const now = performance.now();
    for (const [index, probe] of monitor.probes.entries()) {
      const pause = probe.polls === 0 ? FLOOR_SECONDS[probe.source.origin] : probe.pollSeconds;
      const due = (this.#polledAt.get(probe.source.id) ?? Number.NEGATIVE_INFINITY) + pause * 1000 - now;
      timers.later(Math.max(index * FIRST_POLL_GAP_MS, due), () => this.#poll(probe, generation));
    }
  }

  async #poll(probe: SourceProbe, generation: number): Promise<void> {
    const { monitor, instruments, timers, exchanged, random } = this.#ports;
    if (generation !== this.#generation || probe.stopped) return;
    if (probe.needsResolving) await this.#resolve(probe);
    this.#polledAt.set(probe.source.id, performance.now());
    const evidence = await pollOnce(probe, instruments);
    if (probe.stopped && !timers.stopped) this.#denied(probe);
    // What the windows hold goes into the record, also where a new policy has come meanwhile.
    if (monitor.probes.includes(probe)) monitor.learned(evidence);
    if (timers.stopped || generation !== this.#generation) return;
    exchanged(evidence.length > 0);
    const jitter = 1 + (random() * 2 - 1) * JITTER;
    timers.later(probe.pollSeconds * 1000 * jitter, () => this.#poll(probe, generation));
  }

  async #resolve(probe: SourceProbe): Promise<void> {
    const { monitor, resolve, observe } = this.#ports;
    const address = await resolve(probe.source);
    if (address === null || address === probe.address) return;
    probe.resolved(address);
    if (address === probe.source.host) return;
    monitor.note({ kind: "source_resolved", reading: observe(), source: probe.source.id, detail: { address } });
  }

  #denied({ source, address, troubles }: SourceProbe): void {
    const { monitor, observe, log } = this.#ports;
    const kiss = troubles.has("kiss_deny") ? "DENY" : "RSTR";
    log("warn", `${source.id} answers ${kiss}: it does not want our questions and is not asked again; remove it from the sources`);
    monitor.note({ kind: "source_denied", reading: observe(), source: source.id, detail: { address, kiss } });
  }
}

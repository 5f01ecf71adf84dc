import type { HostReading } from "@truebound/time";
import type { Finding } from "../bound/findings.ts";
import type { HostMonitor } from "../bound/host-monitor.ts";
import type { Log } from "../log/log-line.ts";
import type { Clocks } from "../probe/ports.ts";
import type { Timers } from "../timers.ts";
import type { Heard } from "./daemon-audit.ts";
import type { Asked } from "./daemon-says.ts";
import { addressOf, HarmGuard } from "./harm-guard.ts";
import type { Decision } from "./harm-watch.ts";
import type { DaemonWitness } from "./ports.ts";

export interface CarePorts {
  readonly witness: DaemonWitness;
  readonly monitor: HostMonitor;
  readonly clocks: Clocks;
  readonly timers: Timers;
  readonly note: (kind: Finding["kind"], detail: Finding["detail"], source: string | null) => void;
  /** Reads the clocks, and has that reading recorded. */
  readonly mark: () => HostReading;
  /** What was heard of the daemon between two marks. */
  readonly heard: (heard: Heard, asked: Asked) => void;
  readonly log: Log;
}

/** Looks now and then whether our polls cost the host's own daemon its answers, and says what the guard does about it. */
export class DaemonCare {
  readonly #ports: CarePorts;
  readonly #guard: HarmGuard;

  constructor(ports: CarePorts) {
    this.#ports = ports;
    this.#guard = new HarmGuard(ports.witness);
  }

  /** Resolves after the first look; the others follow by themselves. */
  async watch(): Promise<void> {
    const { monitor, clocks, timers, witness, mark, heard } = this.#ports;
    const decisions = await this.#guard.look(
      () => clocks.read().rawAfter,
      () => monitor.probes,
    );
    for (const decision of decisions) this.#tell(decision);
    const running = witness.running?.() ?? null;
    const asked = mark();
    const [tracking, others] = await Promise.all([witness.tracking(), running === null ? {} : (witness.others?.(running) ?? {})]);
    heard({ tracking, others, running }, { asked, answered: mark() });
    timers.later(this.#guard.everySeconds * 1000, () => this.watch());
  }

  /** The guard has set the pace; here it is said. */
  #tell({ kind, address, factor, why, before, now }: Decision): void {
    const { monitor, note, log } = this.#ports;
    const reach = { daemon_reach_before: before?.toString(8) ?? null, daemon_reach_now: now?.toString(8) ?? null };
    const because = why.replaceAll("_", " ");
    if (kind === "ease") return log("info", `polling ${address} ${factor} times slower than wanted: ${because}`);
    log("warn", `polling ${address} ${factor} times slower than wanted, for the sake of this host's own daemon: ${because}`);
    const shared = monitor.probes.find((probe) => addressOf(probe) === address);
    note("probe_harms_daemon", { address, why, slowed_by: factor, ...reach }, shared?.source.id ?? null);
  }
}

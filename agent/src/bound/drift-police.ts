import { type Drift, type HostBound, type HostReading, type Refutation, refute } from "@truebound/time";
import { BendWatch } from "./bend-watch.ts";
import { assumed, type DriftRules, type DriftState, driftFinding, nextDrift, refuted, renewed, sameAssumption } from "./drift-watch.ts";
import type { Finding } from "./findings.ts";
import { JumpMemory } from "./jump-memory.ts";
import type { WatchedSources } from "./watched-sources.ts";

export interface PolicePorts {
  readonly sources: WatchedSources;
  readonly rules: () => DriftRules;
  readonly faults: () => number;
  readonly sigmaPpb: () => number;
  readonly note: (finding: Finding) => void;
  /** Another assumption holds from here on: what was seen under the one before is reported under that. */
  readonly changing: () => void;
  /** What was proved under an assumption that fell is not built upon. */
  readonly fell: () => void;
}

/** What is assumed of the oscillator, held against every exchange. */
export class DriftPolice {
  readonly #ports: PolicePorts;
  readonly #bends = new BendWatch();
  readonly #jumps = new JumpMemory();
  #state: DriftState;

  constructor(ports: PolicePorts) {
    this.#ports = ports;
    this.#state = assumed(ports.rules());
  }

  get drift(): Drift {
    return this.#state.drift;
  }

  get basis(): DriftState["basis"] {
    return this.#state.basis;
  }

  /** Under other rules, or on another ruler. */
  renew(): void {
    this.#assume(renewed(this.#state, this.#ports.rules()));
  }

  /** Windows that joined are laid out under what is assumed. */
  reapply(): void {
    this.#assume(this.#state);
  }

  /** What a measured rate makes of the assumption. True = it is another one, and what was proved is to be proved anew. */
  follow(rate: HostBound["rate"], reading: HostReading): boolean {
    const before = this.#state;
    const next = nextDrift(before, this.#ports.rules(), rate, reading.rawAfter);
    this.#assume(next);
    if (sameAssumption(before, next)) return false;
    // What the windows still hold may contradict a narrower assumption: then it is too soon.
    if (this.#refutation(reading) !== null) {
      this.#assume({ ...before, goodSince: null, refutedAt: before.refutedAt && reading.rawAfter });
      return false;
    }
    this.#ports.note({ ...driftFinding(before, next, rate, null), reading, source: null });
    return true;
  }

  /**
   * Holds the drift assumption against the exchanges. Where more votes than can lie contradict themselves, it falls: a
   * calibrated one to rho, rho to what was measured. Where they stopped fitting a line it may be a jump: then only what
   * came after is kept, and judged again.
   */
  police(reading: HostReading): void {
    const { sources } = this.#ports;
    let found = this.#refutation(reading);
    if (found !== null && this.basis === "calibrated") found = this.#fall(found, reading) ?? this.#refutation(reading);
    if (found?.kind === "jump" && this.sinceJump(reading) !== "again") {
      this.jumped(reading);
      sources.dropBeforeBends(reading);
      found = this.#refutation(reading);
    }
    if (found !== null) found = this.#fall(found, reading) ?? this.#refutation(reading);
    // No rate explains it.
    if (found !== null) sources.keepNewest(reading);
  }

  /**
   * Where more sources than can lie stopped fitting one line at the same time, our own ruler moved by more than sigma: what
   * they said before says nothing of what came after, and what was calibrated is void.
   */
  noteBends(reading: HostReading): void {
    const { sources, faults, note, sigmaPpb, rules } = this.#ports;
    const { news, began, moved } = this.#bends.look(sources.facts(reading), faults(), reading.rawAfter);
    for (const source of news) note({ kind: "frequency_or_step_change", reading, source, detail: {} });
    if (moved && news.length > 0 && this.sinceJump(reading) !== "again") {
      this.jumped(reading);
      sources.dropBeforeBends(reading);
    }
    if (began === null) return;
    const detail = { why: "sigma", sigma_ppb: sigmaPpb(), sources: began };
    note({ kind: "drift_assumption_broken", reading, source: null, detail });
    if (this.basis === "calibrated") this.#assume(assumed(rules()));
  }

  sinceJump(reading: HostReading): ReturnType<JumpMemory["since"]> {
    return this.#jumps.since(reading, this.#ports.sources.slowestPoll(reading));
  }

  jumped(reading: HostReading): void {
    this.#jumps.jumped(reading, this.#ports.sources.slowestPoll(reading));
  }

  #refutation(reading: HostReading): Refutation | null {
    return refute(this.#ports.sources.facts(reading), this.#ports.faults(), reading.rawAfter);
  }

  /** Always null: what refuted the assumption before has to be asked of the next one. */
  #fall(refutation: Refutation, reading: HostReading): null {
    const before = this.#state;
    const next = refuted(before, this.#ports.rules(), refutation, reading.rawAfter);
    this.#assume(next);
    this.#ports.fell();
    const why = before.basis === "calibrated" ? "residual" : "rho";
    this.#ports.note({ ...driftFinding(before, next, refutation.rate, why), reading, source: null });
    return null;
  }

  #assume(state: DriftState): void {
    if (!sameAssumption(this.#state, state)) this.#ports.changing();
    this.#state = state;
    this.#ports.sources.assume(state.drift);
  }
}

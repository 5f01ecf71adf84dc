import type { HostReading, LeapCalendar, RawInstant } from "@truebound/time";
import type { Policy, Rehearsal, StampMode } from "@truebound/wire";
import { HostMonitor } from "../bound/host-monitor.ts";
import type { Surroundings } from "../bound/surroundings.ts";
import type { Sighting } from "../observe/ports.ts";
import type { SourceProbe } from "../probe/source-probe.ts";
import type { Evidence } from "../probe/source-window.ts";
import { longShown, shownReading, shownSamples } from "./shown.ts";

export interface RehearsedParts {
  readonly rehearsal: Rehearsal;
  /** The host as it is: observed before, during and after, and untouched by the fault. */
  readonly real: HostMonitor;
  readonly policy: Policy;
  readonly surroundings: Surroundings;
  readonly mode: StampMode;
  readonly calendar: LeapCalendar;
  /** The latest reading of the clocks. */
  readonly reading: HostReading;
}

/**
 * The host as a declared fault shows it: a second monitor beside the real one, with the same evidence at first, and from then on with
 * whatever the fault makes of what is read and heard. What it assumes and what it thinks broken ends with it.
 */
export class RehearsedHost {
  readonly rehearsal: Rehearsal;
  readonly monitor: HostMonitor;
  readonly #began: RawInstant;
  #isOver = false;
  /** Reports that were made under it. */
  reports = 0;

  constructor({ rehearsal, real, policy, surroundings, mode, calendar, reading }: RehearsedParts) {
    this.rehearsal = rehearsal;
    const apart = { ...surroundings, distrustSteering: () => undefined };
    this.monitor = new HostMonitor(
      real.probes.map((probe) => probe.copy((sample) => longShown(sample, rehearsal, probe.source.id))),
      policy,
      apart,
      mode,
    );
    this.monitor.learnLeaps(calendar);
    // What the real one has learned of its oscillator is not this one's: the copies are laid out under what is assumed at first.
    this.monitor.reconfigure(this.monitor.probes, policy);
    this.#began = reading.rawAfter;
    // How it stands without the fault: what is seen from here on is the fault's doing.
    this.monitor.observe(reading);
    this.monitor.drain();
  }

  /** A reading as the fault shows it. */
  show(reading: HostReading): HostReading {
    return this.#isOver ? reading : shownReading(reading, this.rehearsal, this.#began);
  }

  observe(reading: HostReading): void {
    this.monitor.observe(this.show(reading));
  }

  heed(sighting: Sighting, reading: HostReading): void {
    this.monitor.heed(sighting, this.show(reading));
  }

  /** What the real probe of a source learned by an exchange. Returns what of it is shown. */
  learned(probe: SourceProbe, evidence: readonly Evidence[]): readonly Evidence[] {
    const own = this.monitor.probes.find(({ source }) => source.id === probe.source.id);
    if (own === undefined) return [];
    const samples = evidence.map(({ sample }) => sample);
    const shown = this.#isOver ? samples : shownSamples(samples, this.rehearsal, probe.source.id);
    if (shown.length < samples.length) own.count("timeout");
    const heard = own.overhear(probe, shown);
    this.monitor.learned(heard);
    return heard;
  }

  /** From now on all is shown as it is: the last report under the fault says how it ended. */
  end(): void {
    this.#isOver = true;
  }
}
